"""Working days with 调休 and the distance to the Spring Festival (春节).

A day's kind comes from the override files first (shipped, then the county's), then from
`chinesecalendar`, and last from weekends alone. The last is a stated fallback:
`Calendar.warnings` names the years it stands for, so that deals, `doctor` and pages can say so.
"""

import csv
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path

import chinese_calendar
import numpy as np
from lunardate import LunarDate

from yujing.domain.days import Days, to_day
from yujing.errors import ReferenceDataError

FIRST_FESTIVAL_YEAR, LAST_FESTIVAL_YEAR = 1900, 2099   # what lunardate covers
_OVERRIDE_NAME = "holidays.csv"
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Calendar:
    """Which days are worked.

    Parameters
    ----------
    overrides
        Day -> True when it is worked, False when it is free; beats every other source.
    overridden_years
        Years that the override files state whole; no warning is given for them.
    """

    overrides: dict[date, bool] = field(default_factory=dict)
    overridden_years: frozenset[int] = frozenset()

    @classmethod
    def load(cls, override_dir: Path | None = None) -> "Calendar":
        """Return the calendar of the shipped file, with the county's `holidays.csv` over it.

        Parameters
        ----------
        override_dir
            Directory that may hold a `holidays.csv` (columns day, kind, source; kind is work,
            free or year; a row of kind year says that all free and worked days of the year of
            `day` are listed).

        Raises
        ------
        ReferenceDataError
            If a row cannot be read.
        """
        overrides: dict[date, bool] = {}
        years: set[int] = set()
        shipped = files("yujing.domain").joinpath("data", "calendar", _OVERRIDE_NAME)
        _read(shipped.read_text("utf-8"), "shipped " + _OVERRIDE_NAME, overrides, years)
        if override_dir is not None and (override_dir / _OVERRIDE_NAME).is_file():
            path = override_dir / _OVERRIDE_NAME
            _read(path.read_text("utf-8-sig"), str(path), overrides, years)
        return cls(overrides, frozenset(years))

    def is_workday(self, day: date) -> bool:
        """Return whether `day` is worked."""
        known = self.overrides.get(day)
        if known is not None:
            return known
        listed = None if day.year in self.overridden_years else _listed(day)
        return day.weekday() < 5 if listed is None else listed

    def covers(self, year: int) -> bool:
        """Return whether holidays of `year` are known, not guessed from weekends."""
        return year in self.overridden_years or _listed(date(year, 1, 1)) is not None

    def warnings(self, years: Iterable[int]) -> list[str]:
        """Return a sentence for each of `years` that only weekends stand for."""
        return [
            f"{year} 年放假安排未录入，暂按周一至周五为工作日（请在日历文件 {_OVERRIDE_NAME} 补录）"
            for year in sorted(set(years)) if not self.covers(year)
        ]

    def add_workdays(self, day: date, n: int) -> date:
        """Return the `n`-th working day after `day` (before it when `n` < 0); `day` when 0."""
        step = _ONE_DAY if n >= 0 else -_ONE_DAY
        left = abs(n)
        while left:
            day += step
            left -= self.is_workday(day)
        return day

    def workdays_between(self, first: date, last: date) -> int:
        """Return the number of working days in (first, last]; negative when they are swapped."""
        if last < first:
            return -self.workdays_between(last, first)
        days = (first + timedelta(days=i) for i in range(1, (last - first).days + 1))
        return sum(map(self.is_workday, days))

    def workdays_of_month(self, day: date) -> list[date]:
        """Return the working days of the month of `day`, rising."""
        first = day.replace(day=1)
        in_month = (first + timedelta(days=i) for i in range(31))
        return [other for other in in_month if other.month == day.month and self.is_workday(other)]


@lru_cache(maxsize=4096)   # the library looks through its whole table at every call
def _listed(day: date) -> bool | None:
    """Return what the library says of a day, None for a year that it does not have."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return None


def _read(text: str, name: str, overrides: dict[date, bool], years: set[int]) -> None:
    """Add the rows of one override file."""
    for number, row in enumerate(csv.DictReader(text.splitlines()), start=2):
        try:
            day, kind = date.fromisoformat(row["day"]), row["kind"]
        except (KeyError, TypeError, ValueError) as error:
            message = f"{name} line {number}: needs day (YYYY-MM-DD) and kind"
            raise ReferenceDataError(message) from error
        if kind == "year":
            years.add(day.year)
        elif kind in ("work", "free"):
            overrides[day] = kind == "work"
        else:
            message = f"{name} line {number}: kind must be work, free or year, not {kind!r}"
            raise ReferenceDataError(message)


@cache
def shipped_calendar() -> Calendar:
    """Return the calendar without county overrides."""
    return Calendar.load()


def is_workday(day: date) -> bool:
    """Return whether `day` is worked, by the shipped calendar.

    Examples
    --------
    >>> is_workday(date(2026, 2, 14))   # a Saturday worked for the Spring Festival
    True
    """
    return shipped_calendar().is_workday(day)


def add_workdays(day: date, n: int) -> date:
    """Return the `n`-th working day after `day`, by the shipped calendar.

    Examples
    --------
    >>> add_workdays(date(2026, 9, 30), 1)   # over the National Day week
    datetime.date(2026, 10, 8)
    """
    return shipped_calendar().add_workdays(day, n)


def workdays_between(first: date, last: date) -> int:
    """Return the number of working days in (first, last], by the shipped calendar."""
    return shipped_calendar().workdays_between(first, last)


def spring_festival(year: int) -> date:
    """Return the first day of the first lunar month in `year`.

    Raises
    ------
    ReferenceDataError
        If `year` is outside 1900..2099.

    Examples
    --------
    >>> spring_festival(2026)
    datetime.date(2026, 2, 17)
    """
    if not FIRST_FESTIVAL_YEAR <= year <= LAST_FESTIVAL_YEAR:
        raise ReferenceDataError(f"no lunar calendar for the year {year}")
    return _solar(year)


@cache
def _solar(year: int) -> date:
    solar: date = LunarDate(year, 1, 1).to_solar_date()
    return solar


@cache
def _festival_days() -> Days:
    years = range(FIRST_FESTIVAL_YEAR, LAST_FESTIVAL_YEAR + 1)
    days = np.array([to_day(_solar(year)) for year in years], dtype=np.int32)
    days.setflags(write=False)
    return days


def days_to_festival(days: Days) -> Days:
    """Return the days until the nearest Spring Festival; negative when it is past.

    Parameters
    ----------
    days
        Day numbers, any shape.

    Examples
    --------
    >>> days_to_festival(np.array([to_day(date(2026, 2, 7)), to_day(date(2026, 2, 20))])).tolist()
    [10, -3]
    """
    festivals = _festival_days()
    after = np.clip(np.searchsorted(festivals, days), 1, len(festivals) - 1)
    until, since = festivals[after] - days, festivals[after - 1] - days
    return np.where(np.abs(since) <= np.abs(until), since, until).astype(np.int32)
