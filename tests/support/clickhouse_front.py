"""A ClickHouse server for tests: chDB in a process of its own, behind HTTP, that can be hurt.

No ClickHouse server package exists on the machines where the tests run; this one speaks enough of
the HTTP interface for `clickhouse_connect`, keeps its data through kills, and loses, delays and
refuses on order.
"""

import json
import signal
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import pytest

ROOT = Path(__file__).parents[2]


class ClickHouseFront:
    """The process; use it as a context manager.

    Parameters
    ----------
    directory
        Where the engine keeps its data; a restart finds it again.
    user, password
        What clients must name; without a user everybody may enter.
    key
        PEM file of a key and its certificate: then it speaks TLS, and takes no orders.
    """

    def __init__(
        self, directory: Path, *, user: str = "", password: str = "", key: Path | None = None
    ) -> None:
        self._directory = directory
        self._key = key
        self._user, self._password = user, password
        self._process: subprocess.Popen[str] | None = None
        self.port = 0

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def url(self, database: str = "yujing") -> str:
        """Return the address for `yujing.storage.clickhouse.connect_server`."""
        key = f"{self._user}:{self._password}@" if self._user else ""
        return f"http{'s' if self._key else ''}://{key}127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Start the process, on the port that it had before."""
        command = [sys.executable, "-m", "tests.support.clickhouse_front_server"]
        self._process = subprocess.Popen(
            [
                *(*command, str(self._directory), str(self.port), self._user, self._password),
                *([str(self._key)] if self._key else []),
            ],
            cwd=ROOT,
            stdin=subprocess.PIPE,  # closes with this process, however it ends
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        said = self._process.stdout.readline()
        if not said:
            raise RuntimeError(f"the ClickHouse front ended with {self._process.wait()}")
        self.port = int(said)

    def stop(self) -> None:
        """End it as a service manager would, and wait."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once, also when it is frozen."""
        self._end(signal.SIGKILL)

    def freeze(self) -> None:
        """Let it stand still: connections stay open and nothing is answered."""
        self._running.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let a frozen one go on."""
        self._running.send_signal(signal.SIGCONT)

    def restart(self) -> None:
        """Kill it and start it again on its data and port."""
        self.kill()
        self.start()

    def fault(
        self, kind: str, *, n: int = 1, seconds: float = 0.0, match: str = r"^INSERT INTO"
    ) -> None:
        """Order one fault, in place of all ordered before; see `clickhouse_front_server.Fault`."""
        self._control([{"kind": kind, "n": n, "seconds": seconds, "match": match}])

    def heal(self) -> None:
        """Take back the faults that are ordered."""
        self._control([])

    def counts(self) -> dict[str, Any]:
        """Return how many statements and inserts came, and the settings of the last one."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/control", timeout=30) as answer:
            counts: dict[str, Any] = json.load(answer)
        return counts

    @property
    def _running(self) -> subprocess.Popen[str]:
        assert self._process is not None, "the ClickHouse front is not running"
        return self._process

    def _control(self, faults: list[dict[str, Any]]) -> None:
        address = f"http://127.0.0.1:{self.port}/control"
        with urllib.request.urlopen(address, json.dumps(faults).encode(), timeout=30) as answer:
            answer.read()

    def _end(self, how: signal.Signals) -> None:
        if self._process is None:
            return
        process, self._process = self._process, None
        process.send_signal(how)
        with process:  # closes the pipes and waits
            pass


@contextmanager
def a_clickhouse_front(
    *, user: str = "", password: str = "", key: Path | None = None
) -> Iterator[ClickHouseFront]:
    """Run a front with data in a directory of its own, removed afterwards."""
    with (
        tempfile.TemporaryDirectory(prefix="clickhouse-front-") as directory,
        ClickHouseFront(Path(directory), user=user, password=password, key=key) as front,
    ):
        yield front


@pytest.fixture(scope="session")
def clickhouse_front() -> Iterator[ClickHouseFront]:
    """One front for all tests of a run: each takes a database of its own and heals what it hurt."""
    with a_clickhouse_front() as front:
        yield front
