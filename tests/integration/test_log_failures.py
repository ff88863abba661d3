"""The log when its process is killed and when its disk is full."""

import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from streams.fact import FactArray
from streams.log.log import EventLog
from tests.integration.appending_child import ROWS_OF_A_BATCH
from tests.support.engines import engine
from tests.support.histories import some_facts

pytestmark = pytest.mark.integration
ROOT = Path(__file__).parents[2]


def a_child(directory: Path, first_batch: int, *more: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [
            sys.executable,
            "-m",
            "tests.integration.appending_child",
            str(directory),
            str(first_batch),
            *more,
        ],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def batch(number: int) -> FactArray:
    return some_facts(ROWS_OF_A_BATCH, seed=number, first=1 + number * ROWS_OF_A_BATCH)


def killed_after(directory: Path, first_batch: int, seconds: float) -> list[int]:
    """Let a child append for a while, kill it, and return the batches that it acknowledged."""
    child = a_child(directory, first_batch)
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n"
    lines = [child.stdout.readline()]  # the first batch takes a second of imports
    time.sleep(seconds)
    child.kill()
    with child:
        lines += child.stdout.read().split("\n")[:-1]  # a line without its end was never said
    return [int(line.split()[1]) for line in lines if line.startswith("acknowledged")]


@pytest.mark.parametrize("n_kills", [6, pytest.param(60, marks=pytest.mark.soak)])
def test_no_acknowledged_batch_is_lost_by_kills(n_kills: int, tmp_path: Path) -> None:
    moments = random.Random(7)
    acknowledged: list[int] = []
    for round_number in range(n_kills):
        first_batch = round_number * 10_000
        acknowledged += killed_after(tmp_path, first_batch, moments.uniform(0.0, 0.4))

    (tmp_path / "tmp" / "left.native").touch()  # whether or not a kill hit the moment
    with engine(tmp_path) as client:
        assert list((tmp_path / "tmp").iterdir()) == []
        log = EventLog(client)
        history = np.sort(log.history(), order="fact")
        whole = len(history)

        assert len(acknowledged) > 12
        for number in acknowledged:
            wanted = batch(number)
            at = np.searchsorted(history["fact"], wanted["fact"])
            held = history[at]
            held["position"] = 0
            assert np.array_equal(held, wanted)
        assert (
            log.append(some_facts(1, first=2**40), ["after"]) == int(history["position"].max()) + 1
        )
        assert log.count() == whole + 1
        assert len(np.unique(history["position"])) == whole


@contextmanager
def a_small_disk(path: Path) -> Iterator[None]:
    path.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(path)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode != 0:
        pytest.skip("mounting a small disk needs root")
    try:
        yield
    finally:
        subprocess.run(["umount", str(path)], check=True)


def refused_once(directory: Path, make_room: Callable[[], None], *more: str) -> None:
    """Let a child append until it is refused, make room, and check what the log holds."""
    n_acknowledged = 0
    with a_child(directory, 0, *more) as child:
        assert child.stdout is not None
        assert child.stdin is not None
        assert child.stdout.readline() == "ready\n"
        while (line := child.stdout.readline()).startswith("acknowledged"):
            n_acknowledged += 1
        word, count, position, reason = line.split(maxsplit=3)
        make_room()
        child.stdin.write("go on\n")
        child.stdin.flush()
        retried = child.stdout.readline()
        child.wait(timeout=60)

    assert word == "refused"
    assert "appending to the log failed" in reason
    assert int(count) == int(position) == n_acknowledged * ROWS_OF_A_BATCH
    whole = (n_acknowledged + 1) * ROWS_OF_A_BATCH
    assert retried == f"retried {whole} {whole}\n"
    assert child.returncode == 0
    with engine(directory) as client:
        assert EventLog(client).count() == whole


def test_a_file_that_may_not_grow_refuses_the_batch_and_the_log_goes_on(tmp_path: Path) -> None:
    refused_once(tmp_path, lambda: None, str(200 * 1024))  # a batch takes 500 kB


def test_a_full_disk_refuses_the_batch_and_the_log_goes_on(tmp_path: Path) -> None:
    disk = tmp_path / "log"

    def make_room() -> None:
        subprocess.run(["mount", "-o", "remount,size=64m", str(disk)], check=True)

    with a_small_disk(disk):
        refused_once(tmp_path, make_room)
