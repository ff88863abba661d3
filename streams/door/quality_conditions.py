"""Conditions of rules that are data: a column, a comparison, a value; on whole columns.

The rules of rows at the door and those of the state share them; each says which columns there are.
"""

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from yujing.domain import codes
from yujing.domain.days import to_day
from yujing.errors import ReferenceDataError

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
    "!=": operator.ne,
    "in": lambda values, wanted: np.isin(values, wanted),
    "not in": lambda values, wanted: ~np.isin(values, wanted),
}


class Readable(Protocol):
    """Columns by name."""

    def read(self, name: str, at: slice) -> tuple[Ints, Bools | None]:
        """Return a column and which of its values are known, None if all are."""
        ...


@dataclass(frozen=True)
class Condition:
    """A comparison of a column with a number, a list of numbers or another column."""

    column: str
    comparison: str
    value: int | tuple[int, ...] | str

    def met(self, columns: Readable, at: slice) -> Bools:
        """Tell for which rows it holds; never where a value is unknown."""
        values, known = columns.read(self.column, at)
        wanted: Any = self.value
        if isinstance(self.value, str):
            wanted, also_known = columns.read(self.value, at)
            if also_known is not None:
                known = also_known if known is None else known & also_known
        found: Bools = COMPARISONS[self.comparison](values, wanted)
        return found if known is None else found & known


@dataclass(frozen=True)
class Vocabulary:
    """The words of which conditions are made.

    Parameters
    ----------
    is_column
        Tells whether there is a column of a name.
    code_sets
        The code set of each column that holds codes.
    """

    is_column: Callable[[str], bool]
    code_sets: Mapping[str, type[StrEnum]]


def conditions_of(
    where: str, triples: Sequence[Sequence[Any]], words: Vocabulary
) -> tuple[Condition, ...]:
    """Return the conditions of one rule.

    Parameters
    ----------
    where
        Names the rule in errors.
    triples
        Column, comparison, value each.
    words
        What they may name.

    Raises
    ------
    ReferenceDataError
        If one names a column or a code word that does not exist.
    """
    return tuple(_condition(where, words, *triple) for triple in triples)


def _condition(
    where: str, words: Vocabulary, column: str, comparison: str, value: Any
) -> Condition:
    if comparison not in COMPARISONS or not words.is_column(column):
        raise ReferenceDataError(f"{where}: cannot read {column} {comparison}")
    found = [
        _value(where, column, word, words)
        for word in (value if isinstance(value, list) else [value])
    ]
    if isinstance(value, list):
        return Condition(column, comparison, tuple(int(number) for number in found))
    return Condition(column, comparison, found[0])


def _value(where: str, column: str, value: Any, words: Vocabulary) -> int | str:
    if isinstance(value, date):
        return to_day(value)
    if isinstance(value, str):
        if column in words.code_sets:
            known = codes.numbers(words.code_sets[column])
            if value not in known:
                raise ReferenceDataError(f"{where}: {value} is no code of {column}")
            return known[value]
        if not words.is_column(value):
            raise ReferenceDataError(f"{where}: no column {value}")
        return value
    return int(value) * 100 if column.endswith("_yuan") else int(value)
