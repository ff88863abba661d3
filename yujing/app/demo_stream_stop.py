"""How the demo of the stream is told to stop: by Ctrl-C or SIGTERM, once, in order."""

import signal
from types import FrameType, TracebackType
from typing import Any, Self

from yujing.app.output import Fields, Output


class Stop:
    """Ends a block in order at the first SIGINT or SIGTERM; more of them are not heeded.

    An exception out of a signal is lost when it falls into a finalizer; so it is raised again at
    the next `check`. It is an output as well: whoever tells of progress is at such a point.

    Parameters
    ----------
    output
        Hears of it, and of all else.
    """

    def __init__(self, output: Output) -> None:
        self._output = output
        self._asked = False
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Self:
        for number in (signal.SIGINT, signal.SIGTERM):
            self._before[number] = signal.signal(number, self._ask)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        if not self._asked or kind is not KeyboardInterrupt:
            return False
        self._output.message("stopped; nothing runs any more")
        return True

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        if not self._asked:
            self._asked = True
            self._output.message("stopping: workers, serve, Kafka, PostgreSQL")
            raise KeyboardInterrupt

    def check(self) -> None:
        """Go on only if nobody asked to stop.

        Raises
        ------
        KeyboardInterrupt
            If somebody did.
        """
        if self._asked:
            raise KeyboardInterrupt

    def result(self, fields: Fields, text: str | None = None) -> None:
        """Show one result."""
        self._output.result(fields, text)

    def message(self, text: str) -> None:
        """Say something that is no result."""
        self._output.message(text)

    def progress(self, task: str, done: int, total: int | None) -> None:
        """Say how far a task is; it ends here if somebody asked to stop."""
        self.check()
        self._output.progress(task, done, total)
