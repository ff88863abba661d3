"""Unpack the state's packed registers, many rows at once (see streams.state.layout)."""

import numpy as np
import numpy.typing as npt

from streams.state.layout import DAY_SHIFT, SHORT_DAY_EPOCH
from yujing.domain.days import NEVER

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


def packed_day(register: Ints) -> Ints:
    """Return the day of each register, NEVER where it is empty.

    Examples
    --------
    >>> packed_day(np.array([(20_000 + DAY_SHIFT) << 40, 0]))[0]
    np.int64(20000)
    """
    return np.where(register > 0, (register >> 40) - DAY_SHIFT, NEVER)


def packed_value(register: Ints) -> Ints:
    """Return the 32-bit value of each register, 0 where it is empty."""
    return register & 0xFFFFFFFF


def short_day(day: int) -> int:
    """Return a day number as days since 2000-01-01, at least 1.

    Examples
    --------
    >>> short_day(SHORT_DAY_EPOCH + 9)
    9
    """
    return max(day - SHORT_DAY_EPOCH, 1)


def present(members: npt.NDArray[np.void], day: int) -> Bools:
    """Return who belongs to a household: registered, and not gone since, by `day`."""
    joined, left = packed_day(members["member_order"]), packed_day(members["exit"])
    result: Bools = (members["member_order"] > 0) & ~((left > joined) & (left <= day))
    return result
