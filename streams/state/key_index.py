"""From a 64-bit key to a row number: open addressing in two arrays, compiled."""

import numba
import numpy as np
import numpy.typing as npt

from streams.content import mix

Keys = npt.NDArray[np.uint64]
Rows = npt.NDArray[np.int64]
SlotRows = npt.NDArray[np.int32]

KEYS_AT_ONCE = 2**16  # room is made for so many new keys: most of a long history are known


@numba.njit(cache=True)  # type: ignore[misc, unused-ignore]  # numba has no types
def _lookup(keys: Keys, slot_keys: Keys, slot_rows: SlotRows) -> Rows:
    mask = np.uint64(slot_keys.shape[0] - 1)
    rows = np.full(keys.shape[0], -1, dtype=np.int64)
    for i in range(keys.shape[0]):
        slot = mix(keys[i]) & mask
        while slot_rows[slot] >= 0:
            if slot_keys[slot] == keys[i]:
                rows[i] = slot_rows[slot]
                break
            slot = (slot + np.uint64(1)) & mask
    return rows


@numba.njit(cache=True)  # type: ignore[misc, unused-ignore]  # numba has no types
def _add(keys: Keys, slot_keys: Keys, slot_rows: SlotRows, n_rows: int) -> tuple[Rows, int]:
    mask = np.uint64(slot_keys.shape[0] - 1)
    rows = np.empty(keys.shape[0], dtype=np.int64)
    for i in range(keys.shape[0]):
        slot = mix(keys[i]) & mask
        while slot_rows[slot] >= 0 and slot_keys[slot] != keys[i]:
            slot = (slot + np.uint64(1)) & mask
        if slot_rows[slot] < 0:
            slot_keys[slot] = keys[i]
            slot_rows[slot] = n_rows
            n_rows += 1
        rows[i] = slot_rows[slot]
    return rows, n_rows


class KeyIndex:
    """Keys in the order in which they came; a key's row never changes."""

    def __init__(self) -> None:
        self._n_rows = 0
        self._allocate(1024)

    def __len__(self) -> int:
        return self._n_rows

    @property
    def nbytes(self) -> int:
        """Bytes held, free slots included."""
        return self._slot_keys.nbytes + self._slot_rows.nbytes

    def _allocate(self, size: int) -> None:
        self._slot_keys = np.zeros(size, dtype=np.uint64)
        self._slot_rows = np.full(size, -1, dtype=np.int32)

    def lookup(self, keys: Keys) -> Rows:
        """Return the row of each key, -1 where unknown."""
        rows: Rows = _lookup(np.ascontiguousarray(keys), self._slot_keys, self._slot_rows)
        return rows

    def add(self, keys: Keys) -> Rows:
        """Return the row of each key, giving new keys the next rows in the order given."""
        keys = np.ascontiguousarray(keys)
        rows = np.empty(len(keys), dtype=np.int64)
        for start in range(0, len(keys), KEYS_AT_ONCE):
            some = keys[start : start + KEYS_AT_ONCE]
            self._reserve(self._n_rows + len(some))
            rows[start : start + KEYS_AT_ONCE], self._n_rows = _add(
                some, self._slot_keys, self._slot_rows, self._n_rows
            )
        return rows

    def _reserve(self, n: int) -> None:
        size = len(self._slot_keys)
        if n * 3 > size * 2:
            held = self.keys()
            while n * 2 > size:
                size *= 2
            self._allocate(size)
            _add(held, self._slot_keys, self._slot_rows, 0)

    @classmethod
    def of(cls, keys: Keys) -> "KeyIndex":
        """Return an index that gives these keys, each named once, the rows 0, 1, 2, ..."""
        index = cls()
        index._reserve(len(keys))
        _, index._n_rows = _add(np.ascontiguousarray(keys), index._slot_keys, index._slot_rows, 0)
        return index

    def keys(self) -> Keys:
        """Return all keys in the order of their rows."""
        taken = self._slot_rows >= 0
        keys = np.empty(self._n_rows, dtype=np.uint64)
        keys[self._slot_rows[taken]] = self._slot_keys[taken]
        return keys
