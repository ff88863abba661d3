"""The two days that a day is compared with: one month before, and the same lunar week last year."""

from datetime import date, timedelta

from yujing.domain.calendar import spring_festival
from yujing.domain.days import month_end


def month_before(day: date) -> date:
    """Return the same day of the month before, or its last day.

    Examples
    --------
    >>> month_before(date(2026, 3, 31)), month_before(date(2026, 1, 5))
    (datetime.date(2026, 2, 28), datetime.date(2025, 12, 5))
    """
    last = day.replace(day=1) - timedelta(days=1)
    return last.replace(day=min(day.day, month_end(last.year * 12 + last.month - 1).day))


def lunar_year_before(day: date) -> date:
    """Return the day last year that lies as far from its Spring Festival.

    Migration follows the festival, not the solar calendar: in 2025 it was 29 January, in 2026 it is
    17 February, so the same solar week means something else.

    Examples
    --------
    >>> lunar_year_before(date(2026, 2, 24))   # a week after the festival of 2026
    datetime.date(2025, 2, 5)
    """
    return spring_festival(day.year - 1) + (day - spring_festival(day.year))
