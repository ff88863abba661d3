"""Arrays as bytes inside a message, with their columns: another release notices a change."""

from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt


class Packed(msgspec.Struct, frozen=True, array_like=True):
    """An array: NumPy's description of its type, and its bytes."""

    descr: Any
    content: bytes


def packed(array: npt.NDArray[Any]) -> Packed:
    """Return an array as bytes; of the shape only the number of values is kept."""
    return Packed(np.lib.format.dtype_to_descr(array.dtype), np.ascontiguousarray(array).tobytes())


def unpacked(one: Packed) -> npt.NDArray[Any]:
    """Return the values of an array, in one dimension.

    Examples
    --------
    >>> unpacked(packed(np.array([[1, 2], [3, 4]], dtype=np.int32))).tolist()
    [1, 2, 3, 4]
    """
    descr = one.descr
    if not isinstance(descr, str):
        descr = [tuple(column) for column in descr]
    return np.frombuffer(one.content, dtype=np.lib.format.descr_to_dtype(descr)).copy()
