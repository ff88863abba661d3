"""What is asked with a sheet, and what comes back."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Literal

from streams.door.grant import Grant
from streams.sheets.table import LeftSheet
from yujing.app.intake import Counts

AnswerWriter = Callable[[Path | BinaryIO], None]


@dataclass(frozen=True)
class SheetOrder:
    """A sheet that somebody hands in.

    Parameters
    ----------
    name
        Name of the file.
    content
        Its bytes.
    grant
        What the sender may send.
    by
        Who sends it, an account or "system account N".
    via
        The way in: "cli", "web", "package".
    month
        Month number of the whole sheet where it does not say it itself.
    confirm_retractions
        Whether rows that are missing are withdrawn though they are many.
    """

    name: str
    content: bytes = field(repr=False)
    grant: Grant = field(default_factory=Grant)
    by: str = ""
    via: str = "cli"
    month: int | None = None
    confirm_retractions: bool = False


@dataclass(frozen=True)
class ScopeLoss:
    """What a scope would lose by a sheet.

    Parameters
    ----------
    mapping, scope
        Which scope.
    missing, held
        How many of its facts are missing now, and how many it holds.
    """

    mapping: str
    scope: str
    missing: int
    held: int


@dataclass
class Delivered:
    """What became of a sheet.

    Parameters
    ----------
    sha256
        Of the content.
    mappings
        Names of the mappings found.
    counts
        Of rows.
    months
        Month numbers that it spoke of, rising.
    left
        Sheets of the book that were not taken.
    notes_zh
        More that the sender should know, one Chinese sentence each.
    retracted
        How many facts were withdrawn because their row is missing now.
    held_back
        How many missing facts were left as they are.
    losses
        Scopes that would lose so much that it must be confirmed; nothing was taken then.
    error, error_zh
        Why the whole file was refused.
    question
        What the sender must say before it can be taken: its month, or that it is meant.
    kind
        "xlsx" or "csv".
    deliveries
        Numbers in the register.
    write_answer
        Writes the answer book; None when the file could not be read.
    """

    sha256: str
    mappings: list[str] = field(default_factory=list)
    counts: Counts = field(default_factory=Counts)
    months: list[int] = field(default_factory=list)
    left: list[LeftSheet] = field(default_factory=list)
    notes_zh: list[str] = field(default_factory=list)
    retracted: int = 0
    held_back: int = 0
    losses: list[ScopeLoss] = field(default_factory=list)
    error: str | None = None
    error_zh: str | None = None
    question: Literal["", "month", "retractions"] = ""
    kind: str = ""
    deliveries: list[int] = field(default_factory=list)
    write_answer: AnswerWriter | None = field(default=None, repr=False)


def month_text(month: int) -> str:
    """Return the text of a month number.

    Examples
    --------
    >>> month_text(2023 * 12 + 2)
    '2023-03'
    """
    return f"{month // 12}-{month % 12 + 1:02}"
