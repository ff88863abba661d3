"""A state of a few rows, written down by hand, for tests of pages and boards."""

from collections.abc import Iterable
from datetime import date

import numpy as np

from streams.state.fact_index import SAME
from streams.state.layout import DAY_SHIFT, HOUSEHOLD_ROW, MEMBER, SHORT_DAY_EPOCH, base_month_of
from yujing.domain.codes import Relation, Skill, Student, number
from yujing.domain.days import to_day, to_month

BASE_MONTH = base_month_of(2026)


def packed(day: date, value: int = 0) -> int:
    """Return a packed register."""
    return (to_day(day) + DAY_SHIFT) << 40 | value


def month_bit(year: int, month: int) -> int:
    """Return the bit of a month."""
    return 1 << (to_month(date(year, month, 1)) - BASE_MONTH)


def short(day: date) -> int:
    """Return a short day."""
    return to_day(day) - SHORT_DAY_EPOCH


def member(key: int, household: int, region: int, *, birth: date = date(1985, 5, 1),
           relation: Relation = Relation.HEAD, skill: Skill = Skill.ORDINARY,
           student: Student = Student.NO, joined: date = date(2024, 1, 1),
           **columns: int) -> np.ndarray:  # fmt: skip
    """Return a member row."""
    row = np.zeros(1, dtype=MEMBER)
    row["key"], row["household"], row["region"] = key, household, region
    row["birth"], row["member_order"] = to_day(birth), packed(joined)
    row["relation"], row["skill"] = number(relation), number(skill)
    row["student"] = number(student)
    for name, value in columns.items():
        row[name] = value
    return row


def household(key: int, region: int, **columns: int) -> np.ndarray:
    """Return a household row."""
    row = np.zeros(1, dtype=HOUSEHOLD_ROW)
    row["key"], row["region"] = key, region
    for name, value in columns.items():
        row[name] = value
    return row


class EveryVersionWins:
    """A fact index in which whatever is asked for is the newest version."""

    def ask(self, facts: np.ndarray) -> np.ndarray:
        return np.full(len(facts), SAME)


class SmallState:
    """What pages and boards read of the state."""

    def __init__(self, members: Iterable[np.ndarray], households: Iterable[np.ndarray]) -> None:
        self.base_month = BASE_MONTH
        self.index = EveryVersionWins()
        self.members = np.concatenate([np.zeros(0, dtype=MEMBER), *members])
        self.households = np.concatenate([np.zeros(0, dtype=HOUSEHOLD_ROW), *households])
        self.areas = np.zeros(0)

    def person_rows(self, keys: np.ndarray) -> np.ndarray:
        return self._rows(self.members["key"], keys)

    def household_rows(self, keys: np.ndarray) -> np.ndarray:
        return self._rows(self.households["key"], keys)

    @staticmethod
    def _rows(have: np.ndarray, keys: np.ndarray) -> np.ndarray:
        places = {int(key): row for row, key in enumerate(have)}
        return np.array([places.get(int(key), -1) for key in keys], dtype=np.int64)
