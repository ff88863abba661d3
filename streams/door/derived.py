"""Columns that the rules of data quality read: those of the facts and what follows from them.

An unknown value is NEVER in a derived column, MISSING_FEN in an amount; `known` says which are not.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from streams.door.identity import Persons
from streams.fact import FEN_COLUMNS, MISSING_FEN, FactArray
from yujing.domain.codes import Health, number
from yujing.domain.days import NEVER

CHINA_S = 8 * 3600  # known_at is UTC, days are those of China
_DAY_S = 86_400

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Background:
    """What is already known of persons and households, one row a key asked for.

    Parameters
    ----------
    birth
        Day numbers, NEVER unknown.
    student, skill
        Numbers of the code sets, 0 unknown.
    region
        12-digit codes of where they are registered, 0 unknown; the only one known of households.
    home
        Household keys, 0 unknown.
    """

    birth: npt.NDArray[np.int32]
    student: npt.NDArray[np.uint8]
    skill: npt.NDArray[np.uint8]
    region: npt.NDArray[np.int64]
    home: npt.NDArray[np.uint64]


Lookup = Callable[[npt.NDArray[np.uint64]], Background]


def know_nobody(keys: npt.NDArray[np.uint64]) -> Background:
    """Return a background in which everything is unknown."""
    n = len(keys)
    return Background(
        np.full(n, NEVER, np.int32),
        np.zeros(n, np.uint8),
        np.zeros(n, np.uint8),
        np.zeros(n, np.int64),
        np.zeros(n, np.uint64),
    )


class Columns:
    """The columns of a batch by name.

    Parameters
    ----------
    facts
        The batch.
    persons
        What the ID numbers of its rows say.
    lookup
        What is already known of persons.
    """

    def __init__(self, facts: FactArray, persons: Persons, lookup: Lookup) -> None:
        self.facts = facts
        self.persons = persons
        self._lookup = lookup
        self._background: dict[int, Background] = {}

    def read(self, name: str, at: slice) -> tuple[Ints, Bools | None]:
        """Return a column and which of its values are known, None if all are."""
        if name in DERIVED:
            derived = DERIVED[name](self, at).astype(np.int64)
            return derived, derived != NEVER
        if name.endswith("_yuan"):
            name = name.removesuffix("_yuan") + "_fen"
        values: Ints = self.facts[name][at].astype(np.int64)
        if name in FEN_COLUMNS:
            return values, values != MISSING_FEN
        return values, values != NEVER if name == "birth" else None

    def background(self, at: slice) -> Background:
        """Return what is already known of the subjects of a group."""
        start = at.start or 0
        if start not in self._background:
            self._background[start] = self._lookup(self.facts["subject"][at])
        return self._background[start]


def known_days(facts: FactArray) -> Ints:
    """Return the day in China of each `known_at`."""
    days: Ints = (facts["known_at"].astype(np.int64) + CHINA_S) // _DAY_S
    return days


def years_between(births: Ints, days: Ints) -> Ints:
    """Return completed years of life; NEVER where the birth is unknown.

    Examples
    --------
    >>> years_between(np.array([0, 0]), np.array([365 * 16 + 3, 365 * 16 + 4])).tolist()
    [15, 16]
    """
    known = births != NEVER
    months, day_of_month = _calendar(days)
    birth_months, birth_day_of_month = _calendar(np.where(known, births, 0))
    years = (months - birth_months - (day_of_month < birth_day_of_month)) // 12
    return np.where(known, years, NEVER)


def _calendar(days: Ints) -> tuple[Ints, Ints]:
    dates = days.astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    return months.astype(np.int64), (dates - months.astype("datetime64[D]")).astype(np.int64)


def _births(columns: Columns, at: slice) -> Ints:
    """Return the birth in the ID number, else the reported one, else the one in the state."""
    birth = columns.persons.numbers.birth[at].astype(np.int64)
    if (birth == NEVER).any():
        birth = np.where(birth == NEVER, columns.facts["birth"][at], birth)
    if (birth == NEVER).any():
        birth = np.where(birth == NEVER, columns.background(at).birth, birth)
    return birth


def _age(columns: Columns, at: slice) -> Ints:
    return years_between(_births(columns, at), columns.facts["occurred_from"][at].astype(np.int64))


def _age_now(columns: Columns, at: slice) -> Ints:
    return years_between(columns.facts["birth"][at].astype(np.int64), known_days(columns.facts[at]))


def _id_age_now(columns: Columns, at: slice) -> Ints:
    birth = columns.persons.numbers.birth[at].astype(np.int64)
    return years_between(birth, known_days(columns.facts[at]))


def _id_sex(columns: Columns, at: slice) -> Ints:
    sex = columns.persons.numbers.sex[at].astype(np.int64)
    told = (sex > 0) & (columns.facts["sex"][at] > 0)
    return np.where(told, sex, NEVER)


def _days_ahead(columns: Columns, at: slice) -> Ints:
    days: Ints = columns.facts["occurred_to"][at] - known_days(columns.facts[at])
    return days


def _months_ahead(columns: Columns, at: slice) -> Ints:
    known = known_days(columns.facts[at]).astype("datetime64[D]").astype("datetime64[M]")
    months: Ints = columns.facts["month"][at] - (known.astype(np.int64) + 1970 * 12)
    return months


def _years_ahead(columns: Columns, at: slice) -> Ints:
    known = known_days(columns.facts[at]).astype("datetime64[D]").astype("datetime64[Y]")
    years: Ints = columns.facts["month"][at] // 12 - (known.astype(np.int64) + 1970)
    return years


def _days_in_month(columns: Columns, at: slice) -> Ints:
    month = (columns.facts["month"][at].astype(np.int64) - 1970 * 12).astype("datetime64[M]")
    first, following = (m.astype("datetime64[D]").astype(np.int64) for m in (month, month + 1))
    days: Ints = following - first
    return days


def _least_income(columns: Columns, at: slice) -> Ints:
    names = ("income_wage_fen", "income_business_fen", "income_property_fen", "income_transfer_fen")
    least: Ints = np.min([columns.facts[name][at] for name in names], axis=0) // 100
    return least


def _only_healthy(columns: Columns, at: slice) -> Ints:
    healthy: Bools = columns.facts["health"][at] == 1 << number(Health.HEALTHY)
    return healthy.astype(np.int64)


def _other_home(columns: Columns, at: slice) -> Ints:
    """Tell whether a member is known in another household than the one of the row."""
    home = columns.background(at).home
    other: Bools = columns.facts["other"][at] != home
    return np.where(home == 0, NEVER, other.astype(np.int64))


DERIVED: dict[str, Callable[[Columns, slice], Ints]] = {
    "known_day": lambda columns, at: known_days(columns.facts[at]),
    "days_ahead": _days_ahead,
    "months_ahead": _months_ahead,
    "years_ahead": _years_ahead,
    "days_in_month": _days_in_month,
    "age": _age,
    "age_now": _age_now,
    "id_birth": lambda columns, at: columns.persons.numbers.birth[at].astype(np.int64),
    "id_age_now": _id_age_now,
    "id_sex": _id_sex,
    "id_converted": lambda columns, at: columns.persons.numbers.converted[at].astype(np.int64),
    "known_student": lambda columns, at: columns.background(at).student.astype(np.int64),
    "known_skill": lambda columns, at: columns.background(at).skill.astype(np.int64),
    "known_in_another_home": _other_home,
    "wage_known": lambda columns, at: (columns.facts["wage_fen"][at] != MISSING_FEN).astype(
        np.int64
    ),
    "employer_known": lambda columns, at: (columns.facts["employer"][at] != 0).astype(np.int64),
    "only_healthy": _only_healthy,
    "least_income": _least_income,
}

KNOWN_BEFORE = frozenset({"known_student", "known_skill", "known_in_another_home"})
"""Columns that tell what the register said of the person when the row came."""
