"""Columns of event tables that write themselves as pieces of JSON, a whole column at once.

A piece is ``,"name":value``; a missing value gives an empty piece, so the field is left out.
"""

import json
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Self

import numpy as np

from streams.simulator.array import Array, Ints

MISSING = -(2**31)
_MOST_TABLED = 2**17


def given(values: Array, known: Array) -> Ints:
    """Return whole numbers, `MISSING` where they are not known."""
    return np.where(known, values.astype(np.int64), MISSING)


class Column:
    """A payload column: one array `data`, one row an event."""

    data: Array

    def take(self, rows: Ints) -> Self:
        """Return the column of the given rows."""
        return replace(self, data=self.data[rows])  # type: ignore[type-var]   # all are dataclasses

    def pieces(self, name: str) -> list[str]:
        """Return the JSON piece of each row."""
        raise NotImplementedError

    def is_constant(self) -> bool:
        """Return whether all rows are the same; false without rows."""
        return len(self.data) > 0 and bool((self.data == self.data[0]).all())

    def __len__(self) -> int:
        return len(self.data)


@dataclass(frozen=True)
class Words(Column):
    """Codes of a code set, written as its words; 0 (unknown) is left out."""

    code_set: type[StrEnum]
    data: Array

    def pieces(self, name: str) -> list[str]:
        """Return the JSON piece of each row."""
        table = [f',"{name}":"{code.value}"' for code in self.code_set]
        table[0] = ""
        return _looked_up(table, self.data)


@dataclass(frozen=True)
class WordSet(Column):
    """Bit masks of 1 << code, written as a list of words; an empty mask is left out."""

    code_set: type[StrEnum]
    data: Array

    def pieces(self, name: str) -> list[str]:
        """Return the JSON piece of each row."""
        words = [code.value for code in self.code_set]
        values, places = np.unique(self.data, return_inverse=True)
        table = [
            f',"{name}":{json.dumps([w for i, w in enumerate(words) if mask >> i & 1])}' if mask
            else "" for mask in values.tolist()
        ]
        return _looked_up(table, places)


@dataclass(frozen=True)
class Whole(Column):
    """Whole numbers; `MISSING` is left out. Codes of digits are `quoted`."""

    data: Array
    quoted: bool = False

    def as_text(self) -> "Whole":
        """Return the numbers as codes, written between quotes."""
        return replace(self, quoted=True)

    def pieces(self, name: str) -> list[str]:
        """Return the JSON piece of each row."""
        mark = '"' if self.quoted else ""
        head = f',"{name}":{mark}'
        tabled = _in_range(self.data)
        if tabled is not None:
            low, high, places = tabled
            return _looked_up([f"{head}{v}{mark}" for v in range(low, high + 1)] + [""], places)
        return [f"{head}{v}{mark}" if v != MISSING else "" for v in self.data.tolist()]


@dataclass(frozen=True)
class Dates(Column):
    """Day numbers, written as dates; `MISSING` is left out."""

    data: Array

    def pieces(self, name: str) -> list[str]:
        """Return the JSON piece of each row."""
        tabled = _in_range(self.data)
        if tabled is None:
            days, places = np.unique(self.data.astype(np.int64), return_inverse=True)
        else:
            low, high, places = tabled
            days = np.append(np.arange(low, high + 1), MISSING)
        words = np.datetime_as_string(np.where(days == MISSING, 0, days).astype("datetime64[D]"))
        table = [
            f',"{name}":"{word}"' if day != MISSING else ""
            for word, day in zip(words.tolist(), days.tolist(), strict=True)
        ]
        return _looked_up(table, places)


@dataclass(frozen=True)
class Months(Column):
    """Month numbers, written as YYYY-MM."""

    data: Array

    def pieces(self, name: str) -> list[str]:
        """Return the JSON piece of each row."""
        low, high = int(self.data.min()), int(self.data.max())
        table = [f',"{name}":"{m // 12:04d}-{m % 12 + 1:02d}"' for m in range(low, high + 1)]
        return _looked_up(table, self.data - low)


class Dictionary:
    """Texts that many rows share; their pieces are made once a name.

    Parameters
    ----------
    texts
        They need no escaping in JSON.
    """

    def __init__(self, texts: Array) -> None:
        self.texts = texts
        self._pieces: dict[str, Array] = {}

    def pieces(self, name: str) -> Array:
        """Return the piece of each text, and an empty one at the end."""
        if name not in self._pieces:
            table = [f',"{name}":"{text}"' for text in self.texts.tolist()]
            self._pieces[name] = np.array([*table, ""], dtype=object)
        return self._pieces[name]


@dataclass(frozen=True)
class Texts(Column):
    """Texts of a dictionary by place; below 0 is left out."""

    dictionary: Dictionary
    data: Array

    def pieces(self, name: str) -> list[str]:
        """Return the JSON piece of each row."""
        pieces: list[str] = self.dictionary.pieces(name)[np.maximum(self.data, -1)].tolist()
        return pieces


@dataclass(frozen=True)
class People(Column):
    """Other people by their row; `named` gives them their ID numbers."""

    data: Array

    def named(self, id_numbers: Dictionary) -> Texts:
        """Return the column as ID numbers."""
        return Texts(id_numbers, self.data)

    def pieces(self, name: str) -> list[str]:
        """Refuse: rows of the world are not written."""
        raise TypeError(f"{name} is written by ID number")


def _in_range(data: Array) -> tuple[int, int, Ints] | None:
    """Return lowest, highest and places in a table of all between; None when it would be long.

    The place of `MISSING` is after the highest.
    """
    values = data.astype(np.int64)
    known = values != MISSING
    low = int(values.min(where=known, initial=2**62))
    high = int(values.max(where=known, initial=MISSING))
    if high < low:
        return 0, -1, np.zeros(len(values), np.int64)
    if high - low >= min(_MOST_TABLED, 2 * len(values) + 64):
        return None
    return low, high, np.where(known, values - low, high - low + 1)


def _looked_up(table: list[str], places: Array) -> list[str]:
    pieces: list[str] = np.array(table, dtype=object)[places].tolist()
    return pieces
