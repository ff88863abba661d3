"""A simulated county in arrays, and its events to files, beside dicts encoded one by one.

Run with `python -m benchmarks.simulator [households]`. The baseline makes a dict a row from columns
of ready values, sorts, encodes with msgspec and writes.
"""

import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import msgspec

from benchmarks.figure import Figure
from streams.simulator.county import live
from streams.simulator.parameter import load
from streams.simulator.simulate import report
from streams.simulator.world import Order
from streams.simulator.writing import write

MONTHS, END = 36, date(2026, 11, 24)
SAMPLE = 200_000   # events of the baseline


def silent(_what: str, _share: float) -> None:
    """Say nothing."""


def main() -> None:
    """Print one line a figure."""
    households = int(sys.argv[1]) if len(sys.argv) > 1 else 8000
    start = time.perf_counter()
    county = live(Order(households, MONTHS, "base", 1, END), load("base"), silent)
    lived = time.perf_counter()
    tables, names = report(county)
    reported = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        counts = write(
            tables, names, out, until=county.world.last_day, progress=lambda _share: None)
        written = time.perf_counter()
        events = sum(counts.values())
        theirs = baseline(out)
    ours = events / (written - reported)
    print(Figure("simulator_arrays", round(lived - start, 1), "s", None, None).line())
    print(Figure("simulator_reports", round(reported - lived, 1), "s", None, None).line())
    ratio = round(ours / theirs, 2)
    print(Figure("simulator_writing", round(ours), "events/s", round(theirs), ratio).line())
    print(Figure(
        "simulator_whole", round(events / (written - start)), "events/s", None, None).line())


def baseline(folder: Path) -> float:
    """Return events a second that are made, sorted, encoded and written one by one."""
    events: list[dict[str, object]] = []
    for path in sorted(folder.iterdir()):
        events += [msgspec.json.decode(line) for line in path.read_bytes().splitlines()]
        if len(events) > SAMPLE:
            break
    names = sorted({name for event in events for name in event})
    columns = [[event.get(name) for event in events] for name in names]
    encoder = msgspec.json.Encoder()
    start = time.perf_counter()
    made = [
        {name: value for name, value in zip(names, row, strict=True) if value is not None}
        for row in zip(*columns, strict=True)
    ]
    made.sort(key=lambda event: str(event["reported_at"]))
    body = b"\n".join([encoder.encode(event) for event in made])
    (folder / "baseline.ndjson").write_bytes(body)
    return len(events) / (time.perf_counter() - start)


if __name__ == "__main__":
    main()
