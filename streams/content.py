"""Hashes of what an event version says: two contents differ if and only if these differ.

The hash runs over the bytes of the content columns of `FACT`, so the spelling of the JSON (order of
fields, spaces) plays no part. It is not keyed: nothing personal is in these columns.
"""

import numba
import numpy as np
import numpy.typing as npt

from streams.fact import CONTENT_OFFSET, FACT, FactArray

Hashes = npt.NDArray[np.uint64]

# Constants of MurmurHash3's 64-bit finaliser (Appleby 2011): full avalanche over 64 bits.
_MIX_1 = np.uint64(0xFF51AFD7ED558CCD)
_MIX_2 = np.uint64(0xC4CEB9FE1A85EC53)
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)   # 2**64 / golden ratio: zero words count
_SHIFT = np.uint64(33)


@numba.njit(cache=True, inline="always")  # type: ignore[misc, unused-ignore]  # numba has no types
def mix(value: np.uint64) -> np.uint64:
    """Return a 64-bit value whose every bit depends on every bit of `value`."""
    value = (value ^ (value >> _SHIFT)) * _MIX_1
    value = (value ^ (value >> _SHIFT)) * _MIX_2
    return value ^ (value >> _SHIFT)


@numba.njit(cache=True)  # type: ignore[misc, unused-ignore]  # numba has no types
def _hash_rows(words: npt.NDArray[np.uint64]) -> Hashes:
    hashes = np.empty(words.shape[0], dtype=np.uint64)
    for row in range(words.shape[0]):
        value = _GOLDEN
        for column in range(words.shape[1]):
            value = mix(value ^ words[row, column]) + _GOLDEN
        hashes[row] = value
    return hashes


@numba.njit(cache=True)  # type: ignore[misc, unused-ignore]  # numba has no types
def _hash_versions(
    facts: Hashes, versions: npt.NDArray[np.uint32], contents: Hashes
) -> Hashes:
    hashes = np.empty(facts.shape[0], dtype=np.uint64)
    for row in range(facts.shape[0]):
        hashes[row] = mix(mix(mix(facts[row]) ^ np.uint64(versions[row])) ^ contents[row])
    return hashes


def content_hashes(facts: FactArray) -> Hashes:
    """Return the hash of the content columns of each row.

    Parameters
    ----------
    facts
        Array of `FACT`, shape (n,); the header columns play no part.

    Returns
    -------
    Shape (n,).
    """
    width = FACT.itemsize - CONTENT_OFFSET
    padded = np.zeros((len(facts), (width + 7) // 8 * 8), dtype=np.uint8)
    raw = np.ascontiguousarray(facts).view(np.uint8).reshape(len(facts), FACT.itemsize)
    padded[:, :width] = raw[:, CONTENT_OFFSET:]
    hashes: Hashes = _hash_rows(padded.view(np.uint64))
    return hashes


def fact_version_hash(facts: FactArray) -> Hashes:
    """Return one hash for (fact, version, content) of each row; XOR sums up a set of them.

    Parameters
    ----------
    facts
        Array of `FACT` with `content` filled, shape (n,).
    """
    hashes: Hashes = _hash_versions(
        np.ascontiguousarray(facts["fact"]),
        np.ascontiguousarray(facts["version"]),
        np.ascontiguousarray(facts["content"]),
    )
    return hashes
