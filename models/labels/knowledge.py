"""The history of facts, sorted once, so that what was known on many days is read off quickly."""

from datetime import date

import numpy as np
import numpy.typing as npt
from numba import njit

from models.features.snapshot import cutoff_s
from streams.fact import FACT, FEN_COLUMNS, FactArray
from yujing.domain.days import NEVER, from_day, to_month

Rows = npt.NDArray[np.int64]
Keys = npt.NDArray[np.uint64]

IDENTITY_LINK = 3


_COLUMNS = [
    "fact", "version", "known_at", "content", "retracted", "kind", "subject_kind", "subject",
    "region", "occurred_from", "occurred_to", "month", "other", "reason", "worked", "n_members",
    "category", "insurance", *(name for name in FEN_COLUMNS if name.startswith((
        "income_", "expense_", "claim_", "self_pay_"))),
]
_DTYPE = np.dtype([(name, FACT[name]) for name in _COLUMNS])


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
        known_at = history["known_at"]
        rising = bool((known_at[1:] >= known_at[:-1]).all())
        self.history = history if rising else history[np.argsort(known_at, kind="stable")]
        self._sorted: dict[tuple[int, ...], FactArray] = {}

    def known_before(self, day: date) -> FactArray:
        """Return every version known before a day, for folding; a view, not a copy."""
        end = np.searchsorted(self.history["known_at"], cutoff_s(day))
        return self.history[:end]

    def effective(self, day: date, kinds: tuple[int, ...], *, since: int = NEVER) -> FactArray:
        """Return the facts of some kinds that counted with the knowledge of a day.

        Parameters
        ----------
        day
            Facts known before it.
        kinds
            Numbers of event types.
        since
            Facts that speak only of the time before this day number are left out.

        Returns
        -------
        The columns that labels read.

        Notes
        -----
        A fact keeps its kind: versions of one fact are versions of one event type.
        """
        if kinds not in self._sorted:
            self._sorted[kinds] = self._of_kinds(kinds)
        rows = self._sorted[kinds]
        picked = _winners(
            np.ascontiguousarray(rows["fact"]), np.ascontiguousarray(rows["version"]),
            np.ascontiguousarray(rows["known_at"]), np.ascontiguousarray(rows["retracted"]),
            cutoff_s(day),
        )
        if since == NEVER:
            return rows[picked]
        of_late = rows["occurred_to"] >= since
        of_late |= rows["month"] >= to_month(from_day(since))
        return rows[picked[of_late[picked]]]

    def _of_kinds(self, kinds: tuple[int, ...]) -> FactArray:
        """Return the versions of some kinds, those of a fact together in the order of the rule."""
        rows = np.flatnonzero(np.isin(self.history["kind"], kinds))
        compact = np.empty(len(rows), dtype=_DTYPE)
        for name in _COLUMNS:
            compact[name] = self.history[name][rows]
        order = np.lexsort((
            compact["content"], compact["known_at"], compact["version"], compact["fact"],
        ))
        return compact[order]


@njit(cache=True, nogil=True)
def _winners(
    fact: Keys, version: npt.NDArray[np.uint32], known_at: npt.NDArray[np.uint32],
    retracted: npt.NDArray[np.uint8], before: int,
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
