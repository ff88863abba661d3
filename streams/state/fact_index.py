"""The winning version of every fact in 24 bytes, so that duplicates are known without a query."""

from typing import Any

import numba
import numpy as np
import numpy.typing as npt

from streams.content import mix
from streams.fact import FactArray

ENTRY = np.dtype([("fact", "u8"), ("content", "u8"), ("version", "u4"), ("known_at", "u4")])

# What the index alone can say of a row. A version higher than the one that wins stands nowhere in
# the log; of a lower one, or another content of this one, only the log can tell.
NEW, SAME, HIGHER, KNOWN = 0, 1, 2, 3
# What became of the index when a row was entered.
FRESH, REPLACED, UNCHANGED = 0, 1, 2

Entries = npt.NDArray[np.void]
Records = Any  # an array of records inside compiled code
Codes = npt.NDArray[np.uint8]


# Keys keep the order of their hashes from table to table, so moving to a larger table reads and
# writes in order; that is cheap enough to grow in small steps and keep the table nearly full.
MOST_FULL, FULL_AFTER_GROWTH = 0.8, 0.7
FACTS_AT_ONCE = 2**18  # room is made for so many new facts, though many of them may be known


@numba.njit(cache=True, inline="always")  # type: ignore[misc, unused-ignore]  # numba has no types
def _slot(entries: Records, fact: np.uint64) -> np.uint64:
    n = np.uint64(entries.shape[0])
    slot = ((mix(fact) >> np.uint64(32)) * n) >> np.uint64(32)
    while entries[slot].version != 0 and entries[slot].fact != fact:
        slot += np.uint64(1)
        if slot == n:
            slot = np.uint64(0)
    return slot


@numba.njit(cache=True)  # type: ignore[misc, unused-ignore]  # numba has no types
def _ask(entries: Records, facts: Records) -> Codes:
    answers = np.empty(facts.shape[0], dtype=np.uint8)
    for i in range(facts.shape[0]):
        entry = entries[_slot(entries, facts[i].fact)]
        if entry.version == 0:
            answers[i] = NEW
        elif entry.version == facts[i].version and entry.content == facts[i].content:
            answers[i] = SAME
        elif facts[i].version > entry.version:
            answers[i] = HIGHER
        else:
            answers[i] = KNOWN
    return answers


@numba.njit(cache=True)  # type: ignore[misc, unused-ignore]  # numba has no types
def _standing(entries: Records, facts: npt.NDArray[np.uint64], found: Records) -> None:
    for i in range(facts.shape[0]):
        found[i] = entries[_slot(entries, facts[i])]


@numba.njit(cache=True)  # type: ignore[misc, unused-ignore]  # numba has no types
def _earlier(entries: Records, facts: Records) -> Any:
    earlier = np.zeros(facts.shape[0], dtype=np.bool_)
    for i in range(facts.shape[0]):
        entry = entries[_slot(entries, facts[i].fact)]
        earlier[i] = (
            entry.version == facts[i].version
            and entry.content == facts[i].content
            and facts[i].known_at < entry.known_at
        )
    return earlier


@numba.njit(cache=True)  # type: ignore[misc, unused-ignore]  # numba has no types
def _enter(entries: Records, facts: Records, changes: Codes) -> int:
    n_new = 0
    for i in range(facts.shape[0]):
        fact = facts[i]
        slot = _slot(entries, fact.fact)
        entry = entries[slot]
        if entry.version == 0:
            changes[i] = FRESH
            n_new += 1
        elif fact.version > entry.version or (
            fact.version == entry.version
            and (
                fact.known_at < entry.known_at
                or (fact.known_at == entry.known_at and fact.content < entry.content)
            )
        ):
            changes[i] = REPLACED
        else:
            changes[i] = UNCHANGED
            continue
        entries[slot].fact = fact.fact
        entries[slot].content = fact.content
        entries[slot].version = fact.version
        entries[slot].known_at = fact.known_at
    return n_new


@numba.njit(cache=True)  # type: ignore[misc, unused-ignore]  # numba has no types
def _move(old: Records, new: Records) -> None:
    for i in range(old.shape[0]):
        if old[i].version != 0:
            new[_slot(new, old[i].fact)] = old[i]


class FactIndex:
    """Winning version and content of each fact; open addressing, 70 to 80 % full."""

    def __init__(self) -> None:
        self._n = 0
        self._entries = np.zeros(1024, dtype=ENTRY)

    def __len__(self) -> int:
        return self._n

    @property
    def nbytes(self) -> int:
        """Bytes held, free slots included."""
        return self._entries.nbytes

    def ask(self, facts: FactArray) -> Codes:
        """Return `NEW`, `SAME` (version and content win here), `HIGHER` or `KNOWN` of each row."""
        answers: Codes = _ask(self._entries, facts)
        return answers

    def standing(self, facts: npt.NDArray[np.uint64]) -> Entries:
        """Return the entry of the winner of each fact; its version is 0 where none is known."""
        found = np.zeros(len(facts), dtype=ENTRY)
        _standing(self._entries, np.ascontiguousarray(facts), found)
        return found

    def earlier(self, facts: FactArray) -> npt.NDArray[np.bool_]:
        """Return which rows are copies of a winner that were known before it was."""
        answer: npt.NDArray[np.bool_] = _earlier(self._entries, facts)
        return answer

    def enter(self, facts: FactArray) -> Codes:
        """Enter rows one after the other.

        Returns
        -------
        `FRESH` (a fact not seen before), `REPLACED` (the row now wins) or `UNCHANGED` for each.
        """
        changes = np.empty(len(facts), dtype=np.uint8)
        for start in range(0, len(facts), FACTS_AT_ONCE):
            some = slice(start, start + FACTS_AT_ONCE)
            self._reserve(self._n + len(facts[some]))
            self._n += _enter(self._entries, facts[some], changes[some])
        return changes

    def _reserve(self, n: int) -> None:
        if n > len(self._entries) * MOST_FULL:
            grown = np.zeros(int(n / FULL_AFTER_GROWTH) + 1, dtype=ENTRY)
            _move(self._entries, grown)
            self._entries = grown

    def entries(self) -> Entries:
        """Return the entries, ordered by fact; shape (n_facts,)."""
        held = self._entries.compress(self._entries["version"] != 0)
        return held.take(np.argsort(held["fact"]))

    def slots(self) -> Entries:
        """Return the table as it lies, free slots included; `of` takes it back."""
        return self._entries

    @classmethod
    def of(cls, slots: Entries, n: int) -> "FactIndex":
        """Return the index of `n` facts whose table this is; it is not read for that."""
        index = cls()
        index._entries = slots
        index._n = n
        return index
