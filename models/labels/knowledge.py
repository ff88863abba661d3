"""The history of facts, sorted once, so that what was known on many days is read off quickly."""

from datetime import date

import numpy as np
import numpy.typing as npt
from numba import njit

from models.features.snapshot import cutoff_s
from streams.fact import FactArray

Rows = npt.NDArray[np.int64]
Keys = npt.NDArray[np.uint64]

IDENTITY_LINK = 3


class Knowledge:
    """All versions of all facts, in the order of the fold's own rule.

    Parameters
    ----------
    history
        Every version of every fact, any order; duplicates are harmless.

    Notes
    -----
    Of a fact counts the highest version known; of two contents for one version the one with the
    smaller (`known_at`, content); a fact whose winner is retracted is absent.
    """

    def __init__(self, history: FactArray) -> None:
        order = np.lexsort((
            history["content"], history["known_at"], history["version"], history["fact"],
        ))
        self.history = history
        self._order = order
        self._fact = history["fact"][order]
        self._version = history["version"][order]
        self._known_at = history["known_at"][order]
        self._retracted = history["retracted"][order]

    def known_before(self, day: date) -> FactArray:
        """Return every version known before a day, for folding."""
        return self.history[self.history["known_at"] < cutoff_s(day)]

    def effective(self, day: date, kinds: tuple[int, ...]) -> FactArray:
        """Return the facts of some kinds that counted with the knowledge of a day.

        Notes
        -----
        A fact keeps its kind: versions of one fact are versions of one event type.
        """
        picked = _winners(
            self._fact, self._version, self._known_at, self._retracted, np.uint32(cutoff_s(day))
        )
        rows = self._order[picked]
        return self.history[rows[np.isin(self.history["kind"][rows], kinds)]]


@njit(cache=True, nogil=True)
def _winners(
    fact: Keys, version: npt.NDArray[np.uint32], known_at: npt.NDArray[np.uint32],
    retracted: npt.NDArray[np.uint8], before: np.uint32,
) -> Rows:
    """Return the places of the winning rows of sorted versions, those that withdraw left out."""
    n = len(fact)
    out = np.empty(n, dtype=np.int64)
    count = 0
    best = -1
    for i in range(n):
        if i > 0 and fact[i] != fact[i - 1]:
            if best >= 0 and retracted[best] == 0:
                out[count] = best
                count += 1
            best = -1
        if known_at[i] < before and (best < 0 or version[i] > version[best]):
            best = i
    if best >= 0 and retracted[best] == 0:
        out[count] = best
        count += 1
    return out[:count]


def resolve(keys: Keys, links: FactArray) -> Keys:
    """Return each person's smallest key among all keys that links join to it.

    Parameters
    ----------
    keys
        Person keys, any shape.
    links
        Effective identity links.
    """
    if not len(links):
        return keys
    nodes, ends = np.unique(
        np.concatenate([links["subject"], links["other"]]), return_inverse=True
    )
    first, second = ends.reshape(2, -1)
    lowest = np.arange(len(nodes))
    while True:
        before = lowest.copy()
        both = np.minimum(lowest[first], lowest[second])
        np.minimum.at(lowest, first, both)
        np.minimum.at(lowest, second, both)
        if np.array_equal(before, lowest):
            break
    place = np.minimum(np.searchsorted(nodes, keys), len(nodes) - 1)
    return np.where(nodes[place] == keys, nodes[lowest[place]], keys)
