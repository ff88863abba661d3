"""Reading the packed columns of the state for many rows at once: registers, months, short days."""

import numpy as np
import numpy.typing as npt

from streams.state.layout import DAY_SHIFT, SHORT_DAY_EPOCH

Bits = npt.NDArray[np.uint64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

NO_DAY = -(10**6)   # before every day of the system, so that comparisons with "never" are false


def register_day(register: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return the day of each packed register, `NO_DAY` where it was never set."""
    day = (register >> 40) - DAY_SHIFT
    return np.where(register > 0, day, NO_DAY)


def register_value(register: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return the 32-bit value of each packed register, 0 where it was never set."""
    return register & 0xFFFFFFFF


def short_day(days: npt.NDArray[np.uint16]) -> npt.NDArray[np.int64]:
    """Return day numbers of short days, `NO_DAY` where never."""
    return np.where(days > 0, days.astype(np.int64) + SHORT_DAY_EPOCH, NO_DAY)


def lately(bits: Bits, last: int, n: int) -> Bits:
    """Return the `n` months that end with month `last`, the newest as the highest bit.

    Parameters
    ----------
    bits
        Month maps; bit i = month i of the window.
    last
        Place of the newest month; months before the window count as not set.
    """
    first = last - n + 1
    if last < 0:
        return np.zeros_like(bits)
    if first < 0:
        kept = bits & np.uint64(2 ** (last + 1) - 1)
        return kept << np.uint64(-first)
    return (bits >> np.uint64(first)) & np.uint64(2**n - 1)


def months_counted(bits: Bits, last: int, n: int) -> Floats:
    """Return how many of the `n` months that end with `last` are set."""
    return np.bitwise_count(lately(bits, last, n)).astype(np.float64)


def months_since(bits: Bits, last: int, n: int) -> Floats:
    """Return the months from the newest set month to `last`, 0 = `last` itself; NaN when none.

    Parameters
    ----------
    n
        Months looked back, at most 52, so that the position of the highest bit is exact.
    """
    recent = lately(bits, last, n)
    _, exponent = np.frexp(recent.astype(np.float64))
    return np.where(recent > 0, n - exponent, np.nan)


def known(values: npt.NDArray[np.generic], is_known: Bools) -> Floats:
    """Return values as floats with NaN where they are not known."""
    return np.where(is_known, values.astype(np.float64), np.nan)


def code(values: npt.NDArray[np.generic]) -> Floats:
    """Return code numbers as floats, NaN for 0, the unknown of every code set."""
    return known(values, values != 0)
