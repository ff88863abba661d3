"""Reading the state: packed registers, short days, bit maps, presence; all on arrays."""

import numpy as np
import numpy.typing as npt

from streams.state.layout import DAY_SHIFT, N_MONTHS, SHORT_DAY_EPOCH
from yujing.domain.days import NEVER, Days

Registers = npt.NDArray[np.int64]
Bits = npt.NDArray[np.uint64]
Bools = npt.NDArray[np.bool_]


def packed_day(registers: Registers) -> Days:
    """Return the day number of packed registers, `NEVER` where empty; any shape."""
    days = (registers >> 40) - DAY_SHIFT
    return np.where(registers == 0, NEVER, days).astype(np.int32)


def packed_value(registers: Registers) -> npt.NDArray[np.uint32]:
    """Return the 32-bit value of packed registers, 0 where empty; any shape."""
    return (registers & 0xFFFFFFFF).astype(np.uint32)


def short_day(day: int) -> int:
    """Return the short form (days since 2000-01-01, 1 at least) of a day number.

    Examples
    --------
    >>> short_day(10958)
    1
    """
    return min(max(day - SHORT_DAY_EPOCH, 1), 65535)


def day_of_short(short_days: npt.NDArray[np.uint16]) -> Days:
    """Return the day number of short days, `NEVER` where 0; any shape."""
    days = short_days.astype(np.int32) + SHORT_DAY_EPOCH
    return np.where(short_days == 0, NEVER, days).astype(np.int32)


def present(members: npt.NDArray[np.void], day: int) -> Bools:
    """Return who is a member on a day: registered, and not gone after the latest registration.

    Parameters
    ----------
    members
        Rows of `MEMBER`, shape (n,).
    day
        Day number; an exit dated later has not happened yet. Who is registered on the day of an
        exit came back on it.
    """
    joined = packed_day(members["member_order"])
    gone = packed_day(members["exit"])
    return (members["member_order"] > 0) & ~((gone > joined) & (gone <= day))


def in_category(opened: npt.NDArray[np.uint16], closed: npt.NDArray[np.uint16], day: int) -> Bools:
    """Return which categories are open on a day.

    Parameters
    ----------
    opened, closed
        `category_open` and `category_close` of members or households, shape (n, N_CATEGORIES).
    day
        Day number.

    Returns
    -------
    Shape (n, N_CATEGORIES). A closing on the day of the last opening closes.
    """
    today = short_day(day)
    return (opened > 0) & (opened <= today) & ~((closed >= opened) & (closed <= today))


def window(base_month: int, first: int, last: int) -> np.uint64:
    """Return the bits of the months `first` to `last`, both included, cut to the window."""
    low, high = max(first - base_month, 0), min(last - base_month, N_MONTHS - 1)
    if low > high:
        return np.uint64(0)
    return np.uint64(((1 << (high - low + 1)) - 1) << low)


def months_between(bits: Bits, base_month: int, first: int, last: int) -> npt.NDArray[np.uint8]:
    """Return how many months from `first` to `last`, both included, are set in each bit map."""
    counts: npt.NDArray[np.uint8] = np.bitwise_count(bits & window(base_month, first, last))
    return counts


def latest_month(bits: Bits, base_month: int) -> Days:
    """Return the latest month set in each bit map, `NEVER` where none is."""
    # A number just below a power of two may round up to it as a float.
    high = np.minimum(np.frexp(bits.astype(np.float64))[1] - 1, N_MONTHS - 1)
    reached = (bits >> np.maximum(high, 0).astype(np.uint64)) & np.uint64(1)
    months = np.where(reached > 0, high, high - 1) + base_month
    return np.where(bits == 0, NEVER, months).astype(np.int32)
