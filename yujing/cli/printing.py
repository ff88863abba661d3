"""How results, messages and progress look on a terminal, in a pipe and with `--json`.

Results go to standard output, all else to standard error. With `--json` a result is one JSON
object a line and nothing else is on standard output.
"""

import sys
from time import monotonic
from types import TracebackType
from typing import TYPE_CHECKING, Any

from yujing.app.output import Fields

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

SILENT_S = 2.0  # a task shorter than this shows nothing where lines cannot be drawn anew
BETWEEN_LINES_S = 5.0


class Terminal:
    """The output of a command.

    Parameters
    ----------
    as_json
        Whether results are JSON objects.
    """

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json
        self._bars: Progress | None = None
        self._tasks: dict[str, TaskID] = {}
        self._spoken: dict[str, float] = {}
        self._began: dict[str, tuple[float, int]] = {}

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop_bars()

    def result(self, fields: Fields, text: str | None = None) -> None:
        """Print one result on standard output."""
        self._stop_bars()
        if self._as_json:
            import msgspec

            sys.stdout.write(msgspec.json.encode(fields).decode("utf8") + "\n")
        else:
            sys.stdout.write((in_words(fields) if text is None else text) + "\n")
        sys.stdout.flush()

    def message(self, text: str) -> None:
        """Print a line on standard error."""
        self._stop_bars()
        sys.stderr.write(text + "\n")
        sys.stderr.flush()

    def progress(self, task: str, done: int, total: int | None) -> None:
        """Draw a bar on a terminal, or say a line now and then in a pipe."""
        if sys.stderr.isatty():
            self._draw(task, done, total)
            return
        now = monotonic()
        pace = self._pace(task, done, now)
        last = self._spoken.setdefault(task, now - BETWEEN_LINES_S + SILENT_S)
        if now - last >= BETWEEN_LINES_S:
            self._spoken[task] = now
            self.message(
                f"{task}: {done:,}"
                + (f" of {total:,}" if total else "")
                + (f", {pace:,.0f}/s" if pace >= 1 else "")
            )

    def _pace(self, task: str, done: int, now: float) -> float:
        """Return how many a second were done since the task was first heard of."""
        began, first = self._began.setdefault(task, (now, done))
        return (done - first) / (now - began) if now > began else 0.0

    def _draw(self, task: str, done: int, total: int | None) -> None:
        if self._bars is None:
            from rich.console import Console
            from rich.progress import (
                BarColumn,
                MofNCompleteColumn,
                Progress,
                TextColumn,
                TimeElapsedColumn,
            )

            self._bars = Progress(
                "{task.description}",
                BarColumn(),
                MofNCompleteColumn(),
                TextColumn("{task.fields[pace]}"),
                TimeElapsedColumn(),
                console=Console(file=sys.stderr),
                transient=True,
            )
            self._bars.start()
        if task not in self._tasks:
            self._tasks[task] = self._bars.add_task(task, total=total, pace="")
        pace = self._pace(task, done, monotonic())
        self._bars.update(
            self._tasks[task], completed=done, total=total,
            pace=f"{pace:,.0f}/s" if pace >= 1 else "",
        )  # fmt: skip
        if total is not None and done >= total:
            self._bars.remove_task(self._tasks.pop(task))

    def _stop_bars(self) -> None:
        if self._bars is not None:
            self._bars.stop()
            self._bars, self._tasks = None, {}


def in_words(fields: Fields) -> str:
    """Return the fields as a line for a person.

    Examples
    --------
    >>> in_words({"rows": 1200, "error": None, "ok": True})
    'rows 1,200  ok yes'
    """
    return "  ".join(
        f"{name} {_word(value)}" for name, value in fields.items() if value is not None
    )


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, dict):
        return "(" + ", ".join(f"{key} {_word(held)}" for key, held in value.items()) + ")"
    if isinstance(value, list):
        return ", ".join(_word(held) for held in value) or "-"
    return str(value)
