"""SipHash-2-4 of many byte strings at once: a keyed hash that nobody without the key can guess."""

import numpy as np
import numpy.typing as npt
from numba import njit

U64 = npt.NDArray[np.uint64]


def siphash(key: bytes, values: list[bytes]) -> U64:
    """Return the keyed hash of each value.

    Parameters
    ----------
    key
        16 bytes.
    values
        Any byte strings.

    References
    ----------
    Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012.
    """
    if len(key) != 16:
        raise ValueError("SipHash takes a key of 16 bytes")
    k0, k1 = np.frombuffer(key, dtype="<u8")
    ends = np.cumsum(np.fromiter(map(len, values), dtype=np.int64, count=len(values)))
    text = np.frombuffer(b"".join(values), dtype=np.uint8)
    return _siphash(k0, k1, text, ends)  # type: ignore[no-any-return]   # numba is untyped


@njit(cache=True)
def _rotated(x, bits):  # type: ignore[no-untyped-def]   # compiled
    return (x << np.uint64(bits)) | (x >> np.uint64(64 - bits))


@njit(cache=True)
def _round(v0, v1, v2, v3):  # type: ignore[no-untyped-def]   # compiled
    v0 = v0 + v1
    v1 = _rotated(v1, 13) ^ v0
    v0 = _rotated(v0, 32)
    v2 = v2 + v3
    v3 = _rotated(v3, 16) ^ v2
    v0 = v0 + v3
    v3 = _rotated(v3, 21) ^ v0
    v2 = v2 + v1
    v1 = _rotated(v1, 17) ^ v2
    v2 = _rotated(v2, 32)
    return v0, v1, v2, v3


@njit(cache=True)
def _siphash(k0, k1, text, ends):  # type: ignore[no-untyped-def]   # compiled
    out = np.empty(len(ends), dtype=np.uint64)
    start = 0
    for i in range(len(ends)):
        end = ends[i]
        length = end - start
        v0 = k0 ^ np.uint64(0x736F6D6570736575)
        v1 = k1 ^ np.uint64(0x646F72616E646F6D)
        v2 = k0 ^ np.uint64(0x6C7967656E657261)
        v3 = k1 ^ np.uint64(0x7465646279746573)
        n_words = length // 8 + 1  # the last word holds the rest and the length
        for w in range(n_words):
            word = np.uint64(0)
            for b in range(8):
                at = start + w * 8 + b
                if at < end:
                    word |= np.uint64(text[at]) << np.uint64(8 * b)
            if w == n_words - 1:
                word |= np.uint64(length & 0xFF) << np.uint64(56)
            v3 ^= word
            v0, v1, v2, v3 = _round(v0, v1, v2, v3)
            v0, v1, v2, v3 = _round(v0, v1, v2, v3)
            v0 ^= word
        v2 ^= np.uint64(0xFF)
        for _ in range(4):
            v0, v1, v2, v3 = _round(v0, v1, v2, v3)
        out[i] = v0 ^ v1 ^ v2 ^ v3
        start = end
    return out
