import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from yujing.app.demo_stream_processes import Process, Processes
from yujing.app.local_postgres.server import runs
from yujing.app.output import Silence
from yujing.errors import DependencyError
from yujing.settings import Settings

WITHIN_S = 60


class Heard(Silence):
    def __init__(self) -> None:
        self.words: list[str] = []

    def message(self, text: str) -> None:
        self.words.append(text)


def until(there: Callable[[], bool]) -> None:
    end = time.monotonic() + WITHIN_S
    while not there():
        assert time.monotonic() < end
        time.sleep(0.05)


def serving(place: Path) -> Process:
    return Process("serve", ["serve"], Settings(data=place / "serve", port=0))


def test_one_that_was_killed_is_started_again_and_leaving_stops_it(tmp_path: Path) -> None:
    heard, process = Heard(), serving(tmp_path)
    with Processes([[process]], heard, stop_within_s=[30]) as processes:
        processes.until_ready()
        first = process.pid
        assert first is not None
        os.kill(first, signal.SIGKILL)

        def started_again() -> bool:  # its threads may die a moment after it
            processes.revive()
            return process.pid != first

        until(started_again)
        processes.until_ready()
        second = process.pid

    assert heard.words == [f"serve ended with -9 and is started again; see {process.log}"]
    assert second is not None
    assert not runs(second)
    assert "serving at" in process.log.read_text()


@pytest.mark.soak
def test_one_that_ends_again_and_again_is_given_up_with_its_last_words(tmp_path: Path) -> None:
    process = Process("worker-1", ["worker"], Settings(data=tmp_path / "worker-1"))

    with pytest.raises(DependencyError, match=r"worker-1 ended 6 times: .*needs kafka"):  # noqa: SIM117
        with Processes([[process]], Silence(), stop_within_s=[30]) as processes:
            processes.until_ready()


def test_one_that_does_not_stop_is_killed(tmp_path: Path) -> None:
    process = serving(tmp_path)
    with Processes([[process]], Silence(), stop_within_s=[0.2]) as processes:
        processes.until_ready()
        pid = process.pid
        assert pid is not None
        os.kill(pid, signal.SIGSTOP)

    assert not runs(pid)
