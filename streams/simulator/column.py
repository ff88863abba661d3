"""Columns of event tables that write themselves as pieces of JSON, a whole column at once.

A piece is ``,"name":value``; a missing value gives an empty piece, so the field is left out.
"""

import json
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol, Self

import numpy as np

from streams.simulator.array import Array, Ints

MISSING = -(2**31)
_MOST_TABLED = 2**17


def given(values: Array, known: Array) -> Ints:
    """Return whole numbers, `MISSING` where they are not known."""
    return np.where(known, values.astype(np.int64), MISSING)


class Column(Protocol):
    """A payload column."""

    def take(self, rows: Ints) -> Self:
        """Return the column of the given rows."""
        ...

    def pieces(self, name: str) -> list[str]:
        """Return the JSON piece of each row."""
        ...

    def __len__(self) -> int: ...


@dataclass(frozen=True)
class Words:
    """Codes of a code set, written as its words; 0 (unknown) is left out."""

    code_set: type[StrEnum]
    codes: Array

    def take(self, rows: Ints) -> Self:
        """Return the column of the given rows."""
        return replace(self, codes=self.codes[rows])

    def pieces(self, name: str) -> list[str]:
        """Return the JSON piece of each row."""
        table = [f',"{name}":"{code.value}"' for code in self.code_set]
        table[0] = ""
        return _looked_up(table, self.codes)

    def __len__(self) -> int:
        return len(self.codes)


@dataclass(frozen=True)
class WordSet:
    """Bit masks of 1 << code, written as a list of words; an empty mask is left out."""

    code_set: type[StrEnum]
    masks: Array

    def take(self, rows: Ints) -> Self:
        """Return the column of the given rows."""
        return replace(self, masks=self.masks[rows])

    def pieces(self, name: str) -> list[str]:
        """Return the JSON piece of each row."""
        words = [code.value for code in self.code_set]
        values, places = np.unique(self.masks, return_inverse=True)
        table = [
            f',"{name}":{json.dumps([w for i, w in enumerate(words) if mask >> i & 1])}' if mask
            else "" for mask in values.tolist()
        ]
        return _looked_up(table, places)

    def __len__(self) -> int:
        return len(self.masks)


@dataclass(frozen=True)
class Whole:
    """Whole numbers; `MISSING` is left out. Codes of digits are `quoted`."""

    values: Array
    quoted: bool = False

    def as_text(self) -> "Whole":
        """Return the numbers as codes, written between quotes."""
        return replace(self, quoted=True)

    def take(self, rows: Ints) -> Self:
        """Return the column of the given rows."""
        return replace(self, values=self.values[rows])

    def pieces(self, name: str) -> list[str]:
        """Return the JSON piece of each row."""
        values = self.values.astype(np.int64)
        mark = '"' if self.quoted else ""
        head = f',"{name}":{mark}'
        known = values != MISSING
        if known.any():
            low, high = int(values[known].min()), int(values[known].max())
            if high - low < min(_MOST_TABLED, 4 * len(values) + 64):
                table = [f"{head}{value}{mark}" for value in range(low, high + 1)]
                table.append("")
                return _looked_up(table, np.where(known, values - low, high - low + 1))
        return [f"{head}{v}{mark}" if v != MISSING else "" for v in values.tolist()]

    def __len__(self) -> int:
        return len(self.values)


@dataclass(frozen=True)
class Dates:
    """Day numbers, written as dates; `MISSING` is left out."""

    days: Array

    def take(self, rows: Ints) -> Self:
        """Return the column of the given rows."""
        return replace(self, days=self.days[rows])

    def pieces(self, name: str) -> list[str]:
        """Return the JSON piece of each row."""
        days = self.days.astype(np.int64)
        values, places = np.unique(days, return_inverse=True)
        words = np.datetime_as_string(
            np.where(values == MISSING, 0, values).astype("datetime64[D]")).tolist()
        table = [
            f',"{name}":"{word}"' if value != MISSING else ""
            for word, value in zip(words, values.tolist(), strict=True)
        ]
        return _looked_up(table, places)

    def __len__(self) -> int:
        return len(self.days)


@dataclass(frozen=True)
class Months:
    """Month numbers, written as YYYY-MM."""

    months: Array

    def take(self, rows: Ints) -> Self:
        """Return the column of the given rows."""
        return replace(self, months=self.months[rows])

    def pieces(self, name: str) -> list[str]:
        """Return the JSON piece of each row."""
        values, places = np.unique(self.months, return_inverse=True)
        table = [f',"{name}":"{value // 12:04d}-{value % 12 + 1:02d}"' for value in values.tolist()]
        return _looked_up(table, places)

    def __len__(self) -> int:
        return len(self.months)


@dataclass(frozen=True)
class Texts:
    """Texts out of a table by place; -1 is left out. The texts need no escaping in JSON."""

    texts: Array
    places: Array

    def take(self, rows: Ints) -> Self:
        """Return the column of the given rows."""
        return replace(self, places=self.places[rows])

    def pieces(self, name: str) -> list[str]:
        """Return the JSON piece of each row."""
        head = f',"{name}":"'
        used, places = np.unique(self.places, return_inverse=True)
        table = [
            f'{head}{text}"' if place >= 0 else ""
            for text, place in zip(self.texts[used].tolist(), used.tolist(), strict=True)
        ]
        return _looked_up(table, places)

    def __len__(self) -> int:
        return len(self.places)


@dataclass(frozen=True)
class People:
    """Other people by their row; `named` gives them their ID numbers."""

    people: Array

    def take(self, rows: Ints) -> Self:
        """Return the column of the given rows."""
        return replace(self, people=self.people[rows])

    def named(self, id_numbers: Array) -> Texts:
        """Return the column as ID numbers."""
        return Texts(id_numbers, self.people)

    def pieces(self, name: str) -> list[str]:
        """Refuse: rows of the world are not written."""
        raise TypeError(f"{name} is written by ID number")

    def __len__(self) -> int:
        return len(self.people)


def _looked_up(table: list[str], places: Array) -> list[str]:
    pieces: list[str] = np.array(table, dtype=object)[places].tolist()
    return pieces
