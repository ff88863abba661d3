"""A sheet of 100,000 people by the real `ingest`: read, mapped, validated, entered and answered.

Run with `python -m benchmarks.sheets [rows]`. A county registers the people first; then one fresh
process takes in the sheet (15 columns of the monthly sheet of work) and writes the answer beside
it. Its wall time and its peak memory are the figures; the baseline is another fresh process in
which `pandas.read_excel` reads the same file and does nothing else. Both must see the same rows.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from python_calamine import CalamineWorkbook

from benchmarks.county import YUJING, Installation
from benchmarks.figure import Figure
from streams.simulator.county import live
from streams.simulator.parameter import load
from streams.simulator.sheets.export import Export
from streams.simulator.sheets.page import workbook
from streams.simulator.sheets.work import monthly
from streams.simulator.sheets.writing import register_of
from streams.simulator.simulate import report
from streams.simulator.world import Order
from streams.simulator.writing import write
from yujing.domain.region import Regions

ORDER = Order(households=0, months=2, world="base", seed=9, end=date(2026, 6, 30))
LABOURERS_A_HOUSEHOLD = 1.9  # fewer than in truth, so that there are enough
LEFT_OUT = ("人编号", "姓名", "户类型")  # of 18 columns, so that there are 15
REGISTER = ("household.upsert", "member.upsert")
PANDAS = (  # its engine by default, named because another will be the default
    "import sys, pandas; print(len(pandas.read_excel(sys.argv[1], dtype=str, engine='openpyxl')))"
)


@dataclass(frozen=True)
class Ran:
    """One process: its output, how long it took, on how many cores, its memory at the most."""

    output: str
    seconds: float
    peak_mb: float
    cores: float


def run(command: list[str], environment: dict[str, str]) -> Ran:
    """Run a process to its end."""
    start = time.perf_counter()
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        output = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command[:4]} ended with {process.returncode}: {output[-500:]}")
    seconds = time.perf_counter() - start
    cores = (usage.ru_utime + usage.ru_stime) / seconds
    return Ran(output, seconds, usage.ru_maxrss / 1000, cores)


def make(n_rows: int, folder: Path) -> None:
    """Write the sheet, and into a folder `events` those that register its people."""
    order = Order(int(n_rows / LABOURERS_A_HOUSEHOLD), *list(vars(ORDER).values())[1:])
    county = live(order, load("base"), lambda _what, _share: None)
    tables, names = report(county)
    register = register_of(
        county.world, tables, names, Regions.load(), county.world.last_month - 1)
    whole = monthly(register)
    if whole is None or len(whole) < n_rows:
        raise SystemExit(f"the county has {len(whole or ())} labourers, fewer than {n_rows}")
    export = whole.take(np.arange(n_rows))
    columns = {name: cells for name, cells in export.columns.items() if name not in LEFT_OUT}
    export = Export(export.mapping, export.title, export.month, columns, export.villages)
    sheet = folder / "已外出务工-2026年05月.xlsx"
    sheet.write_bytes(workbook([export.page()]))
    told = [table for table in tables if table.event in REGISTER]
    write(told, names, folder / "events", until=county.world.last_day, progress=lambda _: None)


def main() -> None:
    """Print one line a figure."""
    n_rows = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        installation = Installation(folder)
        # A process of its own: the peak of a child begins with that of the parent that forked it.
        run([sys.executable, "-m", "benchmarks.sheets", "make", str(n_rows), name],
            dict(os.environ))
        (sheet,) = folder.glob("*.xlsx")
        events = folder / "events"
        installation.run("ingest", "--backfill", *map(str, sorted(events.iterdir())))
        results = folder / "results"
        results.mkdir()

        ours = run([*YUJING, "ingest", str(sheet), "--results", str(results), "--json"],
                   installation.environment)
        theirs = run([sys.executable, "-c", PANDAS, str(sheet)], dict(os.environ))
        again = run([*YUJING, "ingest", str(sheet), "--results", str(results), "--json"],
                    installation.environment)

        check(n_rows, ours, theirs, again, results)
    show("sheet", ours.seconds, theirs.seconds, "s")
    show("sheet_peak_memory", ours.peak_mb, theirs.peak_mb, "MB")
    show("sheet_again", again.seconds, theirs.seconds, "s")
    show("sheet_again_peak_memory", again.peak_mb, theirs.peak_mb, "MB")
    print(f"{ours.cores:.2f} cores in use, pandas {theirs.cores:.2f}", file=sys.stderr)


def check(n_rows: int, ours: Ran, theirs: Ran, again: Ran, results: Path) -> None:
    """Stop unless every row was accepted, then a duplicate, answered, and read by the baseline."""
    first, second = json.loads(ours.output), json.loads(again.output)
    said = (first["rows"], first["accepted"], second["duplicate"], int(theirs.output))
    if said != (n_rows,) * 4:
        raise SystemExit(f"rows, accepted, duplicates, read by pandas: {said}; {first}")
    (answer,) = results.iterdir()
    written = CalamineWorkbook.from_path(answer).get_sheet_by_index(1).to_python()
    if len(written) != n_rows + 1:
        raise SystemExit(f"the answer has {len(written) - 1} rows")


def show(bench: str, value: float, baseline: float, unit: str) -> None:
    """Print a figure of which less is better."""
    print(Figure(bench, round(value, 2), unit, round(baseline, 2), round(baseline / value, 2))
          .line())


if __name__ == "__main__":
    if sys.argv[1:2] == ["make"]:
        make(int(sys.argv[2]), Path(sys.argv[3]))
    else:
        main()
