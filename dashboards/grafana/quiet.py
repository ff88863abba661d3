"""When nobody is to be woken: days off, and the weeks around Spring Festival."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from dashboards.grafana.places import TIMEZONE
from yujing.domain.calendar import Calendar, spring_festival

BEFORE, AFTER = timedelta(days=14), timedelta(days=60)
# from the first leavers for home to a month after the last month of reports that the feast delayed
_FEAST = range(-1, 7)  # the eve and the days that are off in any year
DAYS_OFF = "yujing-days-off"


def outside_festival(day: str, years: Sequence[int]) -> str:
    """Return the SQL that a day is not near Spring Festival, when reports and people are late.

    Parameters
    ----------
    day
        SQL of a date.
    years
        Whose festivals are asked for.
    """
    feasts = ", ".join(f"toDate('{spring_festival(year)}')" for year in years)
    return (
        f"NOT arrayExists(feast -> {day} >= feast - {BEFORE.days} "
        f"AND {day} <= feast + {AFTER.days}, [{feasts}])"
    )


def days_off(calendar: Calendar, years: Iterable[int]) -> list[date]:
    """Return the days of the years on which nobody works, 调休 counted.

    A year that the calendar does not know yet has its weekends and the days of Spring Festival.
    """
    found = []
    for year in years:
        feast = {spring_festival(year) + timedelta(days=n) for n in _FEAST}
        for n in range((date(year + 1, 1, 1) - date(year, 1, 1)).days):
            day = date(year, 1, 1) + timedelta(days=n)
            if not calendar.is_workday(day) or (not calendar.covers(year) and day in feast):
                found.append(day)
    return found


def intervals(days: Sequence[date]) -> list[dict[str, Any]]:
    """Return days in the words of Grafana's and Alertmanager's time intervals, a month each."""
    return [
        {
            "location": TIMEZONE,
            "years": [str(year)],
            "months": [str(month)],
            "days_of_month": [str(day.day) for day in of_month],
        }
        for (year, month), of_month in groupby(sorted(days), lambda day: (day.year, day.month))
    ]
