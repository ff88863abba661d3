"""Persons of a batch by their ID numbers, and the keys that stand for them.

Hashing an ID number costs more than all else that the door does with an event, and the same people
come back month after month; so keys that were made are kept in a table of fixed size in memory.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from streams.door import id_number
from streams.vault.keys import Keys

U64 = npt.NDArray[np.uint64]

TABLE_SLOTS = 2**19  # 8 MiB; holds a county of 260,000 people at half load
_SPREAD = np.uint64(0x9E3779B97F4A7C15)  # 2**64 / golden ratio


class Persons(NamedTuple):
    """For each row the key of its person and what the ID number alone says; 0 for nobody."""

    key: U64
    numbers: id_number.IdNumbers


class PersonKeys:
    """Makes the key of each ID number once and remembers the latest.

    Parameters
    ----------
    keys
        The vault's keys.
    n_slots
        Size of the table, a power of two; it starts anew when half full.
    """

    def __init__(self, keys: Keys, n_slots: int = TABLE_SLOTS) -> None:
        self._keys = keys
        self._packed: U64 = np.zeros(n_slots, dtype=np.uint64)
        self._known: U64 = np.zeros(n_slots, dtype=np.uint64)
        self._n = 0

    def of(self, texts: list[str | None]) -> Persons:
        """Return the persons of a batch.

        Parameters
        ----------
        texts
            ID numbers as they came, None for a row that names none.
        """
        numbers = id_number.read(texts)
        key = _find(self._packed, self._known, numbers.packed)
        missing = np.unique(numbers.packed[(key == 0) & (numbers.packed != 0)])
        if len(missing):
            made = self._keys.person_keys(id_number.unpacked(missing))
            self._remember(missing, made)
            new = np.flatnonzero((key == 0) & (numbers.packed != 0))
            key[new] = made[np.searchsorted(missing, numbers.packed[new])]
        return Persons(key, numbers)

    def _remember(self, packed: U64, made: U64) -> None:
        room = len(self._packed) // 2
        if self._n + len(packed) > room:
            self._packed[:] = 0
            self._n = 0
        packed, made = packed[:room], made[:room]
        _insert(self._packed, self._known, packed, made)
        self._n += len(packed)


@njit(cache=True)
def _find(packed, known, wanted):  # type: ignore[no-untyped-def]   # compiled
    out = np.zeros(len(wanted), dtype=np.uint64)
    mask = np.uint64(len(packed) - 1)
    for i in range(len(wanted)):
        if wanted[i] == 0:
            continue
        slot = ((wanted[i] * _SPREAD) >> np.uint64(32)) & mask
        while packed[slot] != 0 and packed[slot] != wanted[i]:
            slot = (slot + np.uint64(1)) & mask
        if packed[slot] == wanted[i]:
            out[i] = known[slot]
    return out


@njit(cache=True)
def _insert(packed, known, new, made):  # type: ignore[no-untyped-def]   # compiled
    mask = np.uint64(len(packed) - 1)
    for i in range(len(new)):
        slot = ((new[i] * _SPREAD) >> np.uint64(32)) & mask
        while packed[slot] != 0:
            slot = (slot + np.uint64(1)) & mask
        packed[slot] = new[i]
        known[slot] = made[i]
