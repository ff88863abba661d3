"""What a use case says while it works: results, messages and progress, wherever they are shown.

The same use case runs in the caller's process or inside a running `serve`; in the second case
`yujing.app.proxy` carries what it says over the socket and the caller shows it in the same words.
"""

from collections.abc import Mapping
from typing import Protocol

Fields = Mapping[str, object]

DONE, FAILED, WRONG_USAGE, PARTLY = 0, 1, 2, 3  # exit statuses; 3: done, but something was refused


class Output(Protocol):
    """Where a use case speaks to.

    May block while the reader is slow; raises `CallerGoneError` when nobody listens any more.
    """

    def result(self, fields: Fields, text: str | None = None) -> None:
        """Show one result.

        Parameters
        ----------
        fields
            What `--json` prints, one object.
        text
            How a person reads it; the fields themselves when not given.
        """
        ...

    def message(self, text: str) -> None:
        """Say something that is no result; ends up on standard error."""
        ...

    def progress(self, task: str, done: int, total: int | None) -> None:
        """Say how far a task is; cheap enough to be called for every batch.

        Parameters
        ----------
        task
            What is being done, in a few words; the same text for the same task.
        done, total
            In any unit; without a total when it is not known.
        """
        ...


class Silence:
    """An output for use cases whose words nobody needs."""

    def result(self, fields: Fields, text: str | None = None) -> None:
        """Show nothing."""

    def message(self, text: str) -> None:
        """Say nothing."""

    def progress(self, task: str, done: int, total: int | None) -> None:
        """Say nothing."""


class Collected(Silence):
    """An output that keeps the results; used by use cases that need another's."""

    def __init__(self) -> None:
        self.results: list[Fields] = []

    def result(self, fields: Fields, text: str | None = None) -> None:
        """Keep the result."""
        self.results.append(fields)
