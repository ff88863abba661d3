"""What the rules look at: present members and their households at `as_of`, from the state.

Only evidence before `as_of` counts. A member *works* when the latest evidence says so; a member is
*jobless* only when something says so (a job ended, a month reported without work, an unemployment
registration, a visit) and nothing later says otherwise. Who was not reported on is neither.
"""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from streams.state import read
from streams.state.layout import LINES
from yujing.domain.codes import Answer, Category, Skill, Student, number
from yujing.domain.days import NEVER, month_start, to_day, to_month
from yujing.domain.policy import Policy

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
Keys = npt.NDArray[np.uint64]
Floats = npt.NDArray[np.float64]
_ABLE = tuple(number(skill) for skill in (Skill.ORDINARY, Skill.SKILLED, Skill.WEAK))
_NOT_STUDYING = (number(Student.UNKNOWN), number(Student.NO))
REGISTERED = 1   # value of the unemployment register


class StateView(Protocol):
    """What rules need of the state."""

    @property
    def base_month(self) -> int:
        """First month of the bit maps."""
        ...

    @property
    def members(self) -> npt.NDArray[np.void]:
        """One row a member."""
        ...

    @property
    def households(self) -> npt.NDArray[np.void]:
        """One row a household that facts name."""
        ...

    @property
    def areas(self) -> npt.NDArray[np.void]:
        """One row a disaster."""
        ...

    def household_rows(self, keys: Keys) -> Ints:
        """Row of each household key, -1 unknown."""
        ...


def highest_bit(bits: Keys) -> Ints:
    """Return the number of the highest bit set, -1 where none is.

    Examples
    --------
    >>> highest_bit(np.array([0, 1, 6, 2**63], dtype=np.uint64)).tolist()
    [-1, 0, 2, 63]
    """
    high = (bits >> np.uint64(32)).astype(np.float64)   # halves are exact in a double
    low = (bits & np.uint64(0xFFFFFFFF)).astype(np.float64)
    return np.where(high > 0, np.frexp(high)[1] + 31, np.frexp(low)[1] - 1).astype(np.int64)


def lowest_bit(bits: Keys) -> Ints:
    """Return the number of the lowest bit set, -1 where none is.

    Examples
    --------
    >>> lowest_bit(np.array([0, 6, 2**63], dtype=np.uint64)).tolist()
    [-1, 1, 63]
    """
    return highest_bit(bits & (~bits + np.uint64(1)))


class Columns:
    """Some rows of a table, column by column, each gathered once when it is first asked for.

    Parameters
    ----------
    table
        Structured array.
    rows
        Which rows, in which order; -1 is a row of zeros.
    """

    def __init__(self, table: npt.NDArray[np.void], rows: Ints) -> None:
        self._table, self._rows = table, rows
        self._missing = rows < 0
        self._gathered: dict[str, Any] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, name: str) -> Any:
        """Return a column, contiguous, shape (n, ...)."""
        if name not in self._gathered:
            column = self._table[name][self._rows]
            column[self._missing] = 0
            self._gathered[name] = column
        return self._gathered[name]

    def row(self, place: int) -> Any:
        """Return one whole row that is not missing."""
        return self._table[self._rows[place]]


@dataclass(frozen=True)
class Situation:
    """Members present at `as_of` and their households.

    Parameters
    ----------
    state
        The folded state.
    as_of
        Cut-off: evidence of this day itself is not looked at.
    policy
        Where thresholds come from.
    """

    state: StateView
    as_of: date
    policy: Policy

    @cached_property
    def day(self) -> int:
        """Return `as_of` as a day number."""
        return to_day(self.as_of)

    @cached_property
    def month(self) -> int:
        """Return the month number of `as_of`."""
        return to_month(self.as_of)

    @cached_property
    def rows(self) -> Ints:
        """Return the rows of the state's members that are present in a household."""
        members = self.state.members
        present = read.present(members, self.day) & (members["household"] != 0)
        return np.flatnonzero(present).astype(np.int64)

    @cached_property
    def members(self) -> Columns:
        """Return the present members' rows; every member array below has this order."""
        return Columns(self.state.members, self.rows)

    @cached_property
    def _grouping(self) -> tuple[Keys, Ints]:
        keys, inverse = np.unique(self.members["household"], return_inverse=True)
        return keys, inverse.reshape(-1).astype(np.int64)

    @property
    def keys(self) -> Keys:
        """Return the keys of the households with present members, rising."""
        return self._grouping[0]

    @property
    def household(self) -> Ints:
        """Return the place in `keys` of each member's household."""
        return self._grouping[1]

    @cached_property
    def households(self) -> Columns:
        """Return the household rows by `keys`; all zero where no fact names the household."""
        return Columns(self.state.households, self.state.household_rows(self.keys))

    @cached_property
    def regions(self) -> Ints:
        """Return the village code of each household: its own, else its members'."""
        own = self.households["region"].astype(np.int64)
        of_members = np.zeros(len(self.keys), dtype=np.int64)
        np.maximum.at(of_members, self.household, self.members["region"])
        return np.where(own != 0, own, of_members)

    @cached_property
    def _places(self) -> tuple[Ints, Ints]:
        places, inverse = np.unique(self.regions, return_inverse=True)
        return places, inverse.reshape(-1).astype(np.int64)

    def of_households(self, key: str) -> Floats:
        """Return a policy value for each household, NaN where none holds."""
        places, inverse = self._places
        if not len(places):
            return np.empty(0)
        return self.policy.numbers(key, places, day=self.as_of)[inverse]

    def of_members(self, key: str) -> Floats:
        """Return a policy value for each member, NaN where none holds."""
        return self.of_households(key)[self.household]

    def count(self, mask: Bools) -> Ints:
        """Return how many members of each household `mask` picks."""
        return np.bincount(self.household[mask], minlength=len(self.keys)).astype(np.int64)

    def bits(self, column: npt.NDArray[np.uint64]) -> Keys:
        """Return a month bit map without the months after `as_of`."""
        last = self.month - self.state.base_month
        if last >= 63:
            return column.astype(np.uint64)
        return column.astype(np.uint64) & np.uint64((1 << (last + 1)) - 1)

    def month_day(self, bit: Ints) -> Ints:
        """Return the first day of each month bit, NEVER for -1."""
        starts = np.array(
            [to_day(month_start(self.state.base_month + i)) for i in range(64)], dtype=np.int64
        )
        return np.where(bit >= 0, starts[np.maximum(bit, 0)], NEVER)

    @cached_property
    def age(self) -> Ints:
        """Return the age in whole years, -1 unknown."""
        birth = self.members["birth"].astype(np.int64)
        known = birth > NEVER
        day = np.where(known, birth, 0).astype("datetime64[D]")
        month = day.astype("datetime64[M]")
        year = month.astype("datetime64[Y]")
        month_of_year = (month - year).astype(np.int64) + 1
        day_of_month = (day - month).astype(np.int64) + 1
        later = (month_of_year > self.as_of.month) | (
            (month_of_year == self.as_of.month) & (day_of_month > self.as_of.day)
        )
        years = self.as_of.year - (year.astype(np.int64) + 1970) - later
        return np.where(known, years, -1)

    @cached_property
    def labour(self) -> Bools:
        """Return who is of working age, able to work and not a student; unknown is not."""
        lowest, highest = self.of_members("labour.age_from"), self.of_members("labour.age_to")
        return (
            (self.age >= lowest) & (self.age <= highest)
            & np.isin(self.members["skill"], _ABLE)
            & np.isin(self.members["student"], _NOT_STUDYING)
        )

    @cached_property
    def paid(self) -> Keys:
        """Return the months with a contribution to any employee line."""
        return self.bits(np.bitwise_or.reduce(self.members["paid"][:, : len(LINES)], axis=1))

    @cached_property
    def visit_answer(self) -> tuple[Ints, Ints]:
        """Return day and answer of the last visit about work."""
        register = self.members["visit"]
        return packed_days(register), (read.packed_value(register).astype(np.int64) >> 8) & 0xF

    @cached_property
    def working_since(self) -> Ints:
        """Return the latest day that speaks for work, NEVER when nothing does."""
        visited, answer = self.visit_answer
        latest: Ints = np.maximum.reduce([
            packed_days(self.members["job_order"]),
            self.month_day(highest_bit(self.bits(self.members["worked"]))),
            self.month_day(highest_bit(self.paid)),
            np.where(answer == number(Answer.YES), visited, NEVER),
        ])
        return latest

    @cached_property
    def jobless_since(self) -> Ints:
        """Return the first day that speaks against work after all that speak for it, else NEVER."""
        working = self.working_since
        idle = self.bits(self.members["idle"])
        month = np.maximum(working, 0).astype("datetime64[D]").astype("datetime64[M]")
        bit = month.astype(np.int64) + 1970 * 12 - self.state.base_month
        over = np.clip(np.where(working > NEVER, bit, -1) + 1, 0, 64)
        shifted = np.left_shift(np.uint64(1), np.minimum(over, 63).astype(np.uint64))
        later = np.where(over >= 64, np.uint64(0), ~(shifted - np.uint64(1)))
        visited, answer = self.visit_answer
        unemployed = read.packed_value(self.members["unemployment"]).astype(np.int64) & 0xFF
        against = [
            packed_days(self.members["end"]),
            self.month_day(lowest_bit(idle & later)),
            np.where(unemployed == REGISTERED, packed_days(self.members["unemployment"]), NEVER),
            np.where(answer == number(Answer.NO), visited, NEVER),
        ]
        never_after = np.iinfo(np.int64).max
        first = np.minimum.reduce([
            np.where((days > working) & (days > NEVER), days, never_after) for days in against
        ])
        return np.where((first == never_after) | (first >= self.day), NEVER, first)

    @cached_property
    def works(self) -> Bools:
        """Return who works as far as the latest evidence says."""
        works: Bools = (self.working_since > NEVER) & (self.jobless_since == NEVER)
        return works

    def categories(self, wanted: tuple[Category, ...]) -> Bools:
        """Return which members are in one of the groups, by themselves or by their household."""
        short_day = read.short_day(self.day)
        numbers = [number(category) for category in wanted]
        found = np.zeros(len(self.members), dtype=bool)
        for table, spread in ((self.members, False), (self.households, True)):
            opened = table["category_open"][:, numbers]
            closed = table["category_close"][:, numbers]
            held = ((opened > 0) & (opened <= short_day) & (closed < opened)).any(axis=1)
            found |= held[self.household] if spread else held
        return found


def packed_days(register: npt.NDArray[np.int64]) -> Ints:
    """Return the day of each packed register, NEVER where it is empty."""
    days: Ints = read.packed_day(register).astype(np.int64)
    return days
