"""A state in the order of its keys, without rows that say nothing: what scores and deals look at.

Rows of a state stand in the order in which their subjects were met, and a subject whose facts were
all withdrawn leaves an empty row. Sums of floating point numbers depend on the order, so whoever
computes with a state computes with this view of it: then the order of arrival plays no part.
"""

from collections.abc import Callable, Collection
from functools import cached_property

import numpy as np
import numpy.typing as npt

from streams.kafka.bucket import bucket_of
from streams.state.state import State

Keys = npt.NDArray[np.uint64]
Rows = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Owned = Callable[[Keys], Bools]  # which of these households


def of_buckets(n: int, buckets: Collection[int]) -> Owned:
    """Return the question which households lie in some of `n` buckets; household 0 lies in none.

    Examples
    --------
    >>> of_buckets(4, {1, 2})(np.array([0, 1, 2, 3, 5], dtype=np.uint64)).tolist()
    [False, True, True, False, True]
    """
    held = np.zeros(n, dtype=bool)
    held[list(buckets)] = True

    def owned(households: Keys) -> Bools:
        mask: Bools = held[bucket_of(households, n)] & (households != 0)
        return mask

    return owned


class OrderedState:
    """Members and households of a state, rising by key.

    Parameters
    ----------
    state
        Settled; must not change while this view is used, unless `keep` was called.
    owned
        Which households to look at, with the members who live there; all, and those who live
        nowhere, when not given.
    """

    def __init__(self, state: State, owned: Owned | None = None) -> None:
        self.base_month = state.base_month
        self._state = state
        self._owned = owned

    @cached_property
    def _member_order(self) -> Rows:
        members = self._state.members
        said = members["n_facts"] > 0
        if self._owned is not None:
            said &= self._owned(np.ascontiguousarray(members["household"]))
        kept = np.flatnonzero(said)
        return kept[np.argsort(members["key"][kept], kind="stable")]

    @cached_property
    def members(self) -> npt.NDArray[np.void]:
        """Rows of members that have facts."""
        return self._state.members.take(self._member_order)

    @cached_property
    def households(self) -> npt.NDArray[np.void]:
        """Rows of households that have facts, or that a member names."""
        rows = self._state.households
        named = np.isin(rows["key"], np.unique(self.members["household"]))
        held = (rows["n_facts"] > 0) | named
        if self._owned is not None:
            held &= self._owned(np.ascontiguousarray(rows["key"]))
        kept = np.flatnonzero(held)
        return rows.take(kept[np.argsort(rows["key"][kept], kind="stable")])

    @cached_property
    def areas(self) -> npt.NDArray[np.void]:
        """Disaster areas, ordered by fact; every part of a county knows all of them."""
        return self._state.areas.copy()

    @cached_property
    def _member_places(self) -> Rows:
        """The place in `members` of each row of the state, -1 for one that says nothing."""
        places = np.full(len(self._state.members), -1, dtype=np.int64)
        places[self._member_order] = np.arange(len(self._member_order))
        return places

    def keep(self) -> None:
        """Take copies of what scores and rules read, so that the state may go on changing.

        Links are not kept: `person_rows` must not be asked then.
        """
        _ = self.members, self.households, self.areas

    def person_rows(self, keys: Keys) -> Rows:
        """Return the row of each person key, links followed; -1 where unknown."""
        rows = self._state.person_rows(keys)
        if not len(self._member_places):
            return np.full(len(keys), -1, dtype=np.int64)
        return np.where(rows >= 0, self._member_places[np.maximum(rows, 0)], -1)

    def household_rows(self, keys: Keys) -> Rows:
        """Return the row of each household key, -1 where unknown."""
        held = self.households["key"]
        if not len(held):
            return np.full(len(keys), -1, dtype=np.int64)
        places = np.minimum(np.searchsorted(held, keys), len(held) - 1)
        return np.where(held[places] == keys, places, -1).astype(np.int64)
