"""A state in the order of its keys, without rows that say nothing: what scores and deals look at.

Rows of a state stand in the order in which their subjects were met, and a subject whose facts were
all withdrawn leaves an empty row. Sums of floating point numbers depend on the order, so whoever
computes with a state computes with this view of it: then the order of arrival plays no part.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from streams.kafka.bucket import bucket_of
from streams.state.state import State

Keys = npt.NDArray[np.uint64]
Rows = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Structured = npt.NDArray[np.void]
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


@dataclass(frozen=True)
class Instead:
    """Some subjects as another state has them.

    Parameters
    ----------
    subjects
        Keys of persons and households, rising.
    state
        Where to look for them, and for nobody else.
    areas
        Whether its disaster areas count instead.
    """

    subjects: Keys
    state: State
    areas: bool


class OrderedState:
    """Members and households of a state, rising by key.

    Parameters
    ----------
    state
        Settled; must not change while this view is used, unless `keep` was called.
    owned
        Which households to look at, with the members who live there; all, and those who live
        nowhere, when not given.
    instead
        Whom to look for in another state; then `person_rows` must not be asked.
    """

    def __init__(
        self, state: State, owned: Owned | None = None, instead: Instead | None = None
    ) -> None:
        self.base_month = state.base_month
        self._state = state
        self._owned = owned
        self._instead = instead

    @cached_property
    def _member_order(self) -> Rows:
        members = self._state.members
        said = members["n_facts"] > 0
        if self._owned is not None:
            said &= self._owned(np.ascontiguousarray(members["household"]))
        if self._instead is not None:
            said &= ~np.isin(members["key"], self._instead.subjects)
        kept = np.flatnonzero(said)
        return kept[np.argsort(members["key"][kept], kind="stable")]

    @cached_property
    def members(self) -> Structured:
        """Rows of members that have facts."""
        members = self._state.members.take(self._member_order)
        if self._instead is None:
            return members
        return _inserted(members, OrderedState(self._instead.state, self._owned).members)

    @cached_property
    def households(self) -> Structured:
        """Rows of households that have facts, or that a member names."""
        named = np.unique(self.members["household"])
        rows = self._chosen(self._state.households, named)
        if self._instead is None:
            return rows
        other = self._instead.state.households
        known = self._state.household_rows(np.ascontiguousarray(other["key"])) >= 0
        told = np.isin(other["key"], self._instead.subjects)
        rows = rows.compress(~np.isin(rows["key"], self._instead.subjects))
        return _inserted(rows, self._chosen(other.compress(told | ~known), named))

    def _chosen(self, rows: Structured, named: Keys) -> Structured:
        """Return the household rows to look at, rising by key."""
        held = (rows["n_facts"] > 0) | np.isin(rows["key"], named)
        if self._owned is not None:
            held &= self._owned(np.ascontiguousarray(rows["key"]))
        kept = np.flatnonzero(held)
        return rows.take(kept[np.argsort(rows["key"][kept], kind="stable")])

    @cached_property
    def areas(self) -> Structured:
        """Disaster areas, ordered by fact; every part of a county knows all of them."""
        if self._instead is not None and self._instead.areas:
            return self._instead.state.areas
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


def _inserted(rows: Structured, others: Structured) -> Structured:
    """Return two tables as one, both rising by key and without a common one."""
    if not len(others):
        return rows
    places = np.searchsorted(rows["key"], others["key"])
    whole = np.dtype((np.void, rows.dtype.itemsize))  # not field by field
    both: Structured = np.insert(rows.view(whole), places, others.view(whole)).view(rows.dtype)
    return both
