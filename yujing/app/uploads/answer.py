"""What the sender of a file is told: counts, sentences, a question; and who delivers a file."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, Protocol

import msgspec

from yujing.app.output import Output

Question = Literal["", "month", "retractions"]


class Told(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a page says about a file when it was delivered, refused, or waits for an answer.

    Parameters
    ----------
    zh
        Why the whole file was refused, or what is asked; "" when it was taken.
    question
        What the sender must say before it goes on.
    sheets
        Titles of the sheets that were recognised.
    months
        Months that they speak of, `2026-10`.
    counts
        Rows by outcome, in the words of `Counts`; warnings and events too.
    retracted
        Facts taken back because the sheet no longer holds them.
    held_back
        Rows missing from the sheet that were not taken back, or would be if it is confirmed.
    notes
        Sentences about sheets that were left, columns that are not known, rows that were kept.
    result_name
        Name of the file that goes back; "" for none.
    """

    zh: str = ""
    question: Question = ""
    sheets: tuple[str, ...] = ()
    months: tuple[str, ...] = ()
    counts: dict[str, int] = {}
    retracted: int = 0
    held_back: int = 0
    notes: tuple[str, ...] = ()
    result_name: str = ""


@dataclass(frozen=True)
class Order:
    """A file to deliver, and on whose behalf.

    Parameters
    ----------
    name
        Of the file.
    content
        The whole file.
    source
        Word of the only source that it may come from; "" for any.
    region
        Beginning of the region codes that it may speak of.
    by
        Account that sent it.
    month
        Number of the month that the sender named, None when not asked.
    confirmed
        Whether the sender confirmed that many rows are taken back.
    """

    name: str
    content: bytes
    source: str
    region: str
    by: str
    month: int | None = None
    confirmed: bool = False


@dataclass(frozen=True)
class Delivery:
    """What became of a file; `result` is the file that goes back, piece by piece."""

    told: Told
    result: Iterable[bytes] = ()


class Deliverer(Protocol):
    """Takes one file in and answers it; the same file again, after a kill, ends the same."""

    def __call__(self, order: Order, output: Output) -> Delivery:
        """Deliver a file.

        Raises
        ------
        DependencyError
            If a store refused; tried again later unless it is permanent.
        """
        ...
