"""The processes of the demo of the stream: started, started again when they end, stopped."""

import subprocess
import sys
from collections.abc import Callable, Sequence
from time import monotonic, sleep
from typing import Self

from yujing.app.local_kafka.broker import outlives_nobody
from yujing.app.output import Output
from yujing.app.serve import ADDRESS_FILE
from yujing.errors import DependencyError
from yujing.settings import Settings, environment_of

_STARTS_WITHIN_S = 120
_MOST_RESTARTS = 5
_TURN_S = 0.1


class Process:
    """A `yujing` command with a data directory and a log of its own.

    Parameters
    ----------
    name
        How it is called in messages and files.
    arguments
        Of `yujing`.
    settings
        Its settings; standard output and error go to `<data>.log`.
    """

    def __init__(self, name: str, arguments: Sequence[str], settings: Settings) -> None:
        self.name, self.data = name, settings.data
        self.log = settings.data.with_name(f"{settings.data.name}.log")
        self._command = [*outlives_nobody(), sys.executable, "-m", "yujing.cli", *arguments]
        self._environment = environment_of(settings)
        self._address = settings.data / ADDRESS_FILE
        self._process: subprocess.Popen[bytes] | None = None
        self._restarts = 0

    @property
    def pid(self) -> int | None:
        """The process while it is started."""
        return None if self._process is None else self._process.pid

    @property
    def address(self) -> str | None:
        """Where it answers, None before it does."""
        try:
            return self._address.read_text(encoding="utf8").strip() or None
        except FileNotFoundError:
            return None

    def start(self) -> None:
        """Start it; Ctrl-C does not reach it, and it is killed when this process ends."""
        self._address.unlink(missing_ok=True)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, env=self._environment, stdin=subprocess.DEVNULL, stdout=log,
                stderr=log, start_new_session=True,
            )  # fmt: skip

    def revive(self) -> int | None:
        """Start it again if it ended; return its exit status then.

        Raises
        ------
        DependencyError
            If it ended too often.
        """
        status = None if self._process is None else self._process.poll()
        if status is None:
            return None
        self._restarts += 1
        if self._restarts > _MOST_RESTARTS:
            last = " ".join(self.log.read_text("utf8", "replace").strip().splitlines()[-2:])
            raise DependencyError(f"{self.name} ended {self._restarts} times: {last[-400:]}")
        self.start()
        return status

    def ask_to_stop(self) -> None:
        """Ask it to stop in order."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()

    def wait(self, within_s: float) -> None:
        """Wait until it ended; kill it after the time."""
        if self._process is None:
            return
        try:
            self._process.wait(max(0.0, within_s))
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None


class Processes:
    """Some processes under one supervisor; leaving the block stops them, the last first.

    Parameters
    ----------
    every
        In the order of their start.
    output
        Hears of those that ended.
    stop_within_s
        How long one may take to stop; those of one group stop together.
    """

    def __init__(
        self, every: Sequence[Sequence[Process]], output: Output, *, stop_within_s: Sequence[float]
    ) -> None:
        self._groups, self._output, self._stop_within_s = every, output, stop_within_s

    def __enter__(self) -> Self:
        """Start all."""
        try:
            for process in self._all:
                process.start()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """Stop all."""
        self._stop()

    @property
    def _all(self) -> list[Process]:
        return [process for group in self._groups for process in group]

    def revive(self) -> None:
        """Start again what ended.

        Raises
        ------
        DependencyError
            If one ends again and again.
        """
        for process in self._all:
            status = process.revive()
            if status is not None:
                self._output.message(
                    f"{process.name} ended with {status} and is started again; see {process.log}"
                )

    def until_ready(self, check: Callable[[], None] = lambda: None) -> None:
        """Wait until every process answers.

        Parameters
        ----------
        check
            Called now and then; what it raises ends the waiting.

        Raises
        ------
        DependencyError
            If one does not.
        """
        until = monotonic() + _STARTS_WITHIN_S
        while silent := [process for process in self._all if process.address is None]:
            check()
            self.revive()
            if monotonic() > until:
                raise DependencyError(f"{silent[0].name} does not answer; see {silent[0].log}")
            sleep(_TURN_S)

    def _stop(self) -> None:
        for group, within_s in zip(
            reversed(self._groups), reversed(self._stop_within_s), strict=True
        ):
            for process in group:
                process.ask_to_stop()
            until = monotonic() + within_s
            for process in group:
                process.wait(until - monotonic())
