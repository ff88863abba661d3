"""A small made-up state and policy for tests of features and scores."""

from dataclasses import dataclass, field
from datetime import date

import numpy as np
import numpy.typing as npt

from streams.fact import MISSING_FEN
from streams.state.layout import AREA_ROW, DAY_SHIFT, HOUSEHOLD_ROW, MEMBER, base_month_of
from yujing.domain.codes import Industry, Skill, Student, number
from yujing.domain.days import NEVER, to_day
from yujing.errors import ReferenceDataError

AS_OF = date(2026, 6, 1)
VILLAGE = 520526101001


@dataclass
class FlatPolicy:
    """One line for some years."""

    line: int = 900_000
    years: range = field(default_factory=lambda: range(2020, 2028))

    def income_line_fen(self, region: int, year: int) -> int:
        if year not in self.years:
            raise ReferenceDataError(f"no income line for the year {year} in region {region}")
        return self.line

    def whole(self, key: str, *, region: int = 0, day: date) -> int:
        return {"labour.age_from": 16, "labour.age_to": 59}[key]


@dataclass
class FlatState:
    """Rows without a log behind them."""

    members: npt.NDArray[np.void]
    households: npt.NDArray[np.void]
    areas: npt.NDArray[np.void] = field(default_factory=lambda: np.zeros(0, AREA_ROW))
    base_month: int = base_month_of(AS_OF.year)

    def household_rows(self, keys: npt.NDArray[np.uint64]) -> npt.NDArray[np.int64]:
        own = self.households["key"]
        order = np.argsort(own)
        place = np.minimum(np.searchsorted(own[order], keys), len(own) - 1)
        return np.where(own[order][place] == keys, order[place], -1)


def register(day: date, value: int = 0, priority: int = 1) -> int:
    """Return a packed register."""
    return (to_day(day) + DAY_SHIFT) << 40 | priority << 32 | value


def bits(*months_ago: int) -> int:
    """Return a month map with the months before AS_OF's month set (1 = last month)."""
    now = AS_OF.year * 12 + AS_OF.month - 1 - base_month_of(AS_OF.year)
    return sum(1 << (now - ago) for ago in months_ago)


def one_member(**columns: object) -> npt.NDArray[np.void]:
    """Return a present, able member of 30 in household 1, with some columns set."""
    row = np.zeros(1, MEMBER)
    row["key"], row["household"], row["region"] = 11, 1, VILLAGE
    row["member_order"] = register(date(2022, 1, 1))
    row["birth"] = to_day(date(1996, 1, 1))
    row["skill"], row["student"] = number(Skill.ORDINARY), number(Student.NO)
    row["health"] = 2
    for name, value in columns.items():
        row[name] = value
    return row


def one_household(**columns: object) -> npt.NDArray[np.void]:
    """Return household 1 without any assessment, with some columns set."""
    row = np.zeros(1, HOUSEHOLD_ROW)
    row["key"], row["region"] = 1, VILLAGE
    for name in HOUSEHOLD_ROW.names or ():
        if name.endswith("_fen"):
            row[name] = MISSING_FEN
    for name, value in columns.items():
        row[name] = value
    return row


def random_state(n: int, seed: int) -> FlatState:
    """Return a state of `n` members in about n / 3 households with everything filled at random."""
    rng = np.random.default_rng(seed)
    members = np.zeros(n, MEMBER)
    households = np.zeros(max(n // 3, 1), HOUSEHOLD_ROW)
    households["key"] = np.arange(1, len(households) + 1)
    households["region"] = VILLAGE + rng.integers(0, 5, len(households)) * 1000
    home = rng.integers(0, len(households), n)
    day = to_day(AS_OF)
    members["key"] = np.arange(n) + 1000
    members["household"] = households["key"][home]
    members["region"] = households["region"][home]
    members["member_order"] = _registers(rng, n, day - 1500, day - 400, 0)
    members["birth"] = np.where(rng.random(n) < 0.02, NEVER, day - rng.integers(0, 29000, n))
    for name, top in (("relation", 10), ("schooling", 7), ("student", 3), ("skill", 4),
                      ("industry", len(Industry)), ("form", 6), ("area", 5), ("channel", 8),
                      ("contract", 3), ("organised", 3), ("contract_months", 25), ("sex", 3),
                      ("ethnicity", 10)):
        members[name] = rng.integers(0, top, n)
    members["health"] = 1 << rng.integers(0, 5, n)
    members["employer"] = rng.integers(0, 40, n)
    members["job_order"] = _registers(rng, n, day - 900, day - 5, 0)
    members["end"] = _registers(rng, n, day - 900, day - 5, 12) * (rng.random(n) < 0.3)
    members["return_"] = _registers(rng, n, day - 500, day - 5, 2000) * (rng.random(n) < 0.3)
    members["depart"] = _registers(rng, n, day - 500, day - 5, 2000) * (rng.random(n) < 0.5)
    members["visit"] = _registers(rng, n, day - 500, day - 5, 2000) * (rng.random(n) < 0.1)
    for name in ("worked", "idle", "started", "ended", "returned"):
        members[name] = rng.integers(0, 2**52, n, dtype=np.uint64)
    members["paid"] = rng.integers(0, 2**52, (n, 4), dtype=np.uint64)
    members["wage_yuan"] = rng.integers(0, 6000, (n, 24)) * (rng.random((n, 24)) < 0.7)
    members["self_pay_yuan"] = rng.integers(0, 900, (n, 24)) * (rng.random((n, 24)) < 0.1)
    m = len(households)
    households["income_order"] = _registers(rng, m, day - 400, day - 30, 0) * (rng.random(m) < 0.9)
    households["income_members"] = rng.integers(1, 6, m)
    for name in ("income_wage_fen", "income_business_fen", "income_property_fen",
                 "income_transfer_fen", "expense_fen", "claim_fen", "self_pay_fen"):
        households[name] = rng.integers(0, 4_000_000, m)
    return FlatState(members, households)


def _registers(
    rng: np.random.Generator, n: int, first: int, last: int, top: int
) -> npt.NDArray[np.int64]:
    days = rng.integers(first, last, n) + DAY_SHIFT
    values = rng.integers(0, top, n) if top else np.zeros(n, np.int64)
    return days << 40 | np.int64(1) << 32 | values
