"""The state seen on one day: who is present, who can work, who belongs to which household.

Everything that several features share is computed here once. The state must be folded from facts
known before `cutoff_s(as_of)`; nothing here can check that.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Protocol

import numpy as np
import numpy.typing as npt

from models.features.bits import NO_DAY, Bools, Floats
from models.features.policy import PROVINCE, IncomePolicy, line_fen
from streams.state.read import present
from yujing.domain.codes import Skill, Student, number
from yujing.domain.days import NEVER, to_day, to_month

Rows = npt.NDArray[np.int64]
Structured = npt.NDArray[np.void]

_CHINA = timedelta(hours=8)
_DAYS_A_YEAR = 365.25


class StateRows(Protocol):
    """The part of `streams.state.state.State` that features read."""

    @property
    def base_month(self) -> int:
        """Return the month of bit 0."""
        ...

    @property
    def members(self) -> Structured:
        """Return the member rows in use."""
        ...

    @property
    def households(self) -> Structured:
        """Return the household rows in use."""
        ...

    @property
    def areas(self) -> Structured:
        """Return the disaster areas."""
        ...

    def household_rows(self, keys: npt.NDArray[np.uint64]) -> Rows:
        """Return the row of each household key, -1 unknown."""
        ...


def cutoff_s(as_of: date) -> int:
    """Return the second before which a fact must be known: the day's midnight in China.

    Examples
    --------
    >>> cutoff_s(date(1970, 1, 2))
    57600
    """
    midnight = datetime(as_of.year, as_of.month, as_of.day, tzinfo=UTC) - _CHINA
    return int(midnight.timestamp())


@dataclass(frozen=True)
class Snapshot:
    """A state and the day it is looked at.

    Parameters
    ----------
    state
        Folded from facts known before `cutoff_s(as_of)`.
    as_of
        The day of the question.
    policy
        Income lines and the ages of labour.
    rows
        Member rows looked at, rising; None = all. To be right about households it must hold every
        member of each household concerned (see `household_members`).
    """

    state: StateRows
    as_of: date
    policy: IncomePolicy
    rows: Rows | None = None

    @cached_property
    def members(self) -> Structured:
        """Return the member rows looked at."""
        members = self.state.members
        return members if self.rows is None else members[self.rows]

    @cached_property
    def day(self) -> int:
        """Return the day number of `as_of`."""
        return to_day(self.as_of)

    @cached_property
    def last_month(self) -> int:
        """Return the place in the window of the last month that ended before `as_of`."""
        return to_month(self.as_of) - self.state.base_month - 1

    @cached_property
    def present(self) -> Bools:
        """Return who belongs to a household and has not left later."""
        return present(self.members, self.day)

    @cached_property
    def household_of(self) -> Rows:
        """Return the household row of each present member, -1 for who has none."""
        rows = self.state.household_rows(np.ascontiguousarray(self.members["household"]))
        return np.where(self.present, rows, -1)

    @cached_property
    def age(self) -> Floats:
        """Return ages in years, NaN unknown."""
        birth = self.members["birth"].astype(np.int64)
        return np.where(birth != NEVER, (self.day - birth) / _DAYS_A_YEAR, np.nan)

    @cached_property
    def in_school(self) -> Bools:
        """Return who is said to be a student."""
        student = self.members["student"]
        enrolled: Bools = (student != number(Student.UNKNOWN)) & (student != number(Student.NO))
        return enrolled

    @cached_property
    def labourer(self) -> Bools:
        """Return who is present, of working age, no student and able to work.

        Notes
        -----
        Ability unknown counts as able: leaving somebody out needs a statement.
        """
        first = self.policy.whole("labour.age_from", region=PROVINCE, day=self.as_of)
        last = self.policy.whole("labour.age_to", region=PROVINCE, day=self.as_of)
        skill = self.members["skill"]
        unable = (skill == number(Skill.LOST)) | (skill == number(Skill.NONE))
        of_age = (self.age >= first) & (self.age < last + 1)
        able: Bools = self.present & of_age & ~self.in_school & ~unable
        return able

    @cached_property
    def line_fen(self) -> Floats:
        """Return the income line of this year for each household in fen, NaN unknown."""
        return line_fen(self.policy, self.state.households["region"], self.as_of.year)


def household_members(state: StateRows, households: Rows) -> Rows:
    """Return the member rows whose latest household is among the household rows `households`."""
    keys = state.households["key"][households]
    return np.flatnonzero(np.isin(state.members["household"], keys))


def days_before(day: int, earlier: npt.NDArray[np.int64], within: int) -> Floats:
    """Return the days since `earlier`, NaN where never, later, or more than `within`."""
    gap = day - earlier
    return np.where((earlier > NO_DAY) & (gap >= 0) & (gap <= within), gap, np.nan)
