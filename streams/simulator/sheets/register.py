"""Who lives where at the end of a month, as the register says, and what people are called."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from streams.simulator.array import Array, Flags, Ints
from streams.simulator.column import Texts, Words
from streams.simulator.sheets.said import said
from streams.simulator.table import Table
from streams.simulator.writing import Names
from yujing.domain.codes import MONITORED, Category, Relation, Source, number
from yujing.domain.days import month_end, to_day
from yujing.domain.region import Regions

_REGISTER = number(Source.NATIONAL_MONITORING)
_NAMELESS = "某某"   # a stranger, whom no register names
_PLACE_DIGITS = 2


@dataclass(frozen=True)
class Register:
    """The register at the end of a month, of all that is reported of a county.

    Attributes
    ----------
    tables, names, regions
        All reports, and what people, households and places are called.
    until
        Day number; what is reported later does not count.
    month
        Month number.
    living
        Household of each person of the world on the first day of the month, -1 none.
    """

    tables: Sequence[Table]
    names: Names
    regions: Regions
    until: int
    month: int
    living: Array

    @property
    def last_day(self) -> int:
        """The last day of the month."""
        return to_day(month_end(self.month))

    def said(self, event: str) -> Table | None:
        """Return what holds of an event type, as far as it is reported."""
        return said(self.tables, event, self.until)

    @cached_property
    def members(self) -> Table:
        """The members, one row each, by household and person."""
        told = self.said("member.upsert")
        if told is None:
            raise ValueError("a county without members has no sheets")
        known = (told.source == _REGISTER) & (told.first <= self.last_day)
        known &= told.person < len(self.living)
        told = told.take(np.flatnonzero(known))
        told = told.take(_latest(told.person, told.first))
        there = self.living[told.person] == told.household
        told = told.take(np.flatnonzero(there))
        return told.take(np.lexsort((told.person, told.household)))

    @cached_property
    def households(self) -> Table:
        """The households, one row each."""
        told = self.said("household.upsert")
        if told is None:
            raise ValueError("a county without households has no sheets")
        told = told.take(np.flatnonzero(told.first <= self.last_day))
        return told.take(_latest(told.household, told.first))

    @cached_property
    def member_row(self) -> Ints:
        """Row of `members` for each row of the names, -1 for nobody there."""
        return _rows(self.members.person, len(self.names.id_numbers))

    @cached_property
    def household_row(self) -> Ints:
        """Row of `households` for each household, -1 for an unknown one."""
        return _rows(self.households.household, len(self.names.household_numbers))

    @cached_property
    def head(self) -> Ints:
        """Row of `members` of the head of each household, of any member where there is none."""
        relation = self.members.payload["relation"]
        if not isinstance(relation, Words):
            raise TypeError("members have other columns")
        order = np.argsort(relation.data != number(Relation.HEAD), kind="stable")
        heads = np.full(len(self.names.household_numbers), -1)
        heads[self.members.household[order[::-1]]] = order[::-1]
        return heads

    @cached_property
    def member_numbers(self) -> Array:
        """Number (人编号) of each row of `members`: that of the household, then two digits."""
        household = self.members.household
        starts = np.flatnonzero(np.r_[True, household[1:] != household[:-1]])
        counts = np.diff(np.r_[starts, len(household)])
        place = np.arange(len(household)) - np.repeat(starts, counts) + 1
        return np.char.add(self.names.household_numbers[household],
                           np.char.zfill(place.astype("U2"), _PLACE_DIGITS))

    @cached_property
    def people_names(self) -> Array:
        """Name of each row of the names."""
        called = np.full(len(self.names.id_numbers), _NAMELESS, dtype="U4")
        told = self.said("member.upsert")
        if told is not None:
            texts = told.payload["name"]
            if not isinstance(texts, Texts):
                raise TypeError("members have other columns")
            called[told.person] = texts.dictionary.texts[texts.data]
        return called

    def category(self, wanted: Sequence[Category]) -> tuple[Ints, Ints, Flags]:
        """Return which of some categories each household is in at the end of the month.

        Returns
        -------
        Number of the category and day of its opening for each household, and whether there is one.
        """
        n = len(self.names.household_numbers)
        kind, since = np.zeros(n, np.int64), np.zeros(n, np.int64)
        opened, closed = self.said("category.open"), self.said("category.close")
        for category in wanted:
            ends = np.full(n, -1)
            for table, out in ((closed, ends), (opened, None)):
                if table is None:
                    continue
                words = table.payload["category"]
                if not isinstance(words, Words):
                    raise TypeError("categories have other columns")
                rows = np.flatnonzero((words.data == number(category)) & (table.household >= 0)
                                      & (table.first <= self.last_day))
                household, day = table.household[rows], table.first[rows]
                if out is not None:
                    np.maximum.at(out, household, day)
                else:
                    stands = day > ends[household]
                    kind[household[stands]] = number(category)
                    since[household[stands]] = day[stands]
        return kind, since, kind > 0

    @cached_property
    def monitored(self) -> tuple[Ints, Ints, Flags]:
        """Return kind of monitoring and day of identification of each household, and whether."""
        return self.category(MONITORED)


def _latest(keys: Ints, days: Ints) -> Ints:
    """Return of each key the row with the latest day."""
    order = np.lexsort((days, keys))
    ordered = keys[order]
    ends = np.r_[ordered[1:] != ordered[:-1], True] if len(keys) else np.zeros(0, bool)
    rows: Ints = order[ends]
    return rows


def _rows(keys: Ints, n: int) -> Ints:
    rows = np.full(n, -1)
    rows[keys] = np.arange(len(keys))
    return rows
