"""A whole county on disk for tests: a tiny simulated one, opened here or by real commands."""

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from streams.door.grant import Grant
from streams.simulator.simulate import simulate
from tests.support.pages import MovableClock
from yujing.app.county import County
from yujing.app.digest import digest
from yujing.app.ingest import ingest_files
from yujing.app.output import Fields, Silence
from yujing.app.serve import ADDRESS_FILE
from yujing.settings import Settings

END = date(2026, 11, 20)  # a Friday; the clock of the tests stands a little later
NOW = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)
HOUSEHOLDS, MONTHS = 60, 26
BACKFILL = Grant(backfill=True)
_STARTS_WITHIN_S = 120


def simulated(folder: Path, households: int = HOUSEHOLDS, seed: int = 3) -> list[Path]:
    """Return the event files of a simulated county, made in `folder`."""
    made = simulate(households, MONTHS, "base", seed, END, folder, lambda _what, _share: None)
    return list(made.files)


def lines_of(files: Sequence[Path]) -> list[bytes]:
    return [line for path in files for line in path.read_bytes().splitlines()]


def written(folder: Path, name: str, lines: Sequence[bytes]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(b"".join(line + b"\n" for line in lines))
    return path


def shuffled(lines: Sequence[bytes], seed: int, repeated: float = 0.1) -> list[bytes]:
    """Return the lines in another order, some of them twice."""
    chance = random.Random(seed)
    out = [*lines, *chance.sample(list(lines), int(len(lines) * repeated))]
    chance.shuffle(out)
    return out


def settings_for(data: Path, **more: Any) -> Settings:
    return Settings(data=data, key_file=data.parent / "test.key", memory_bytes=2**30, **more)


@contextmanager
def open_county(data: Path, now: datetime = NOW, **more: Any) -> Iterator[County]:
    clock = MovableClock()
    clock.at = now
    with County.open(settings_for(data, **more), clock=clock) as county:
        yield county


def ingest(county: County, files: Sequence[Path], grant: Grant = BACKFILL) -> list[Fields]:
    return ingest_files(county, files, grant, Silence())


def digest_of(data: Path) -> dict[str, str | None]:
    with open_county(data) as county:
        return digest(county)


@dataclass(frozen=True)
class Ran:
    """What a command left: its exit status, results and messages."""

    status: int
    results: list[dict[str, Any]]
    messages: str


def environment(data: Path, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("YUJING_")}
    return kept | {
        "YUJING_DATA": str(data),
        "YUJING_KEY_FILE": str(data.parent / "test.key"),
        "YUJING_MEMORY_BYTES": str(2**30),
        **more,
    }


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "yujing.cli", *arguments]


def run(data: Path, *arguments: str, **more: str) -> Ran:
    """Run `yujing` as a process of its own."""
    done = subprocess.run(
        command(*arguments),
        env=environment(data, **more),
        capture_output=True,
        text=True,
        check=False,
    )
    results = (
        [json.loads(line) for line in done.stdout.splitlines()] if "--json" in arguments else []
    )
    return Ran(done.returncode, results, done.stderr)


@contextmanager
def serving(data: Path, **more: str) -> Iterator["subprocess.Popen[bytes]"]:
    """A running `yujing serve` on a free port."""
    with subprocess.Popen(
        command("serve", "--port", "0"),
        env=environment(data, **{"YUJING_DEAL_AT": "23:59", **more}),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            until = time.monotonic() + _STARTS_WITHIN_S
            while not (data / ADDRESS_FILE).exists():
                assert process.poll() is None
                assert time.monotonic() < until
                time.sleep(0.1)
            yield process
        finally:
            if process.poll() is None:
                process.terminate()
            process.wait(60)
