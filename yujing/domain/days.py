"""Days and months as integers, the only form of dates inside arrays.

A *day* is the number of days since 1970-01-01 (int32; negative before). A *month* is
``year * 12 + month - 1`` (int32). `NEVER` stands for "no such day is known".
"""

from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

NEVER = -(2**31)
EPOCH = date(1970, 1, 1)
_EPOCH_ORDINAL = EPOCH.toordinal()

Days = npt.NDArray[np.int32]


def to_day(day: date) -> int:
    """Return the day number of a date.

    Examples
    --------
    >>> to_day(date(1970, 1, 2))
    1
    """
    return day.toordinal() - _EPOCH_ORDINAL


def from_day(day: int) -> date:
    """Return the date of a day number.

    Examples
    --------
    >>> from_day(1)
    datetime.date(1970, 1, 2)
    """
    return EPOCH + timedelta(days=int(day))


def to_month(day: date) -> int:
    """Return the month number of a date.

    Examples
    --------
    >>> to_month(date(2026, 1, 31)) - 2026 * 12
    0
    """
    return day.year * 12 + day.month - 1


def month_start(month: int) -> date:
    """Return the first day of a month number.

    Examples
    --------
    >>> month_start(2026 * 12 + 10)
    datetime.date(2026, 11, 1)
    """
    return date(month // 12, month % 12 + 1, 1)


def month_end(month: int) -> date:
    """Return the last day of a month number.

    Examples
    --------
    >>> month_end(2024 * 12 + 1)
    datetime.date(2024, 2, 29)
    """
    return month_start(month + 1) - timedelta(days=1)


def months_of_days(days: Days) -> Days:
    """Return the month number of each day number.

    Parameters
    ----------
    days
        Day numbers, any shape.
    """
    since_epoch = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    return (since_epoch + 1970 * 12).astype(np.int32)
