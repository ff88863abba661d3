"""Unsigned 64-bit keys as the signed integers that SQLite knows, bit for bit."""

import numpy as np
import numpy.typing as npt

_SIGN = 2**63
_WHOLE = 2**64


def to_signed(key: int) -> int:
    """Return the signed number with the same 64 bits.

    Examples
    --------
    >>> to_signed(2**64 - 1)
    -1
    """
    key = int(key)
    return key - _WHOLE if key >= _SIGN else key


def from_signed(number: int) -> int:
    """Return the unsigned number with the same 64 bits.

    Examples
    --------
    >>> from_signed(-1) == 2**64 - 1
    True
    """
    return number % _WHOLE


def all_signed(keys: npt.NDArray[np.uint64]) -> list[int]:
    """Return the signed numbers of an array of keys.

    Examples
    --------
    >>> all_signed(np.array([1, 2**64 - 1], dtype=np.uint64))
    [1, -1]
    """
    signed: list[int] = np.ascontiguousarray(keys, dtype=np.uint64).view(np.int64).tolist()
    return signed
