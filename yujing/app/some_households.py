"""A few households of a state with their members, at a cost that does not grow with the state."""

import numpy as np
import numpy.typing as npt

from streams.pipeline import Keys
from streams.state.state import State

Rows = npt.NDArray[np.int64]
Structured = npt.NDArray[np.void]


class SomeHouseholds:
    """What `OrderedState` shows of some households, found by who lives in them.

    Parameters
    ----------
    state
        Settled; must not change while this view is used.
    households
        Keys, rising, each once, none 0.
    """

    def __init__(self, state: State, households: Keys) -> None:
        self.base_month, self.areas = state.base_month, state.areas
        rows = state.members_of(households)
        rows = rows[state.members["n_facts"][rows] > 0]
        self.members: Structured = state.members.take(rows[np.argsort(state.members["key"][rows])])
        found = state.household_rows(households)
        homes = state.households.take(found[found >= 0])
        held = (homes["n_facts"] > 0) | np.isin(homes["key"], self.members["household"])
        self.households: Structured = homes.compress(held)

    def household_rows(self, keys: Keys) -> Rows:
        """Return the row of each household key, -1 where unknown."""
        held = self.households["key"]
        if not len(held):
            return np.full(len(keys), -1, dtype=np.int64)
        places = np.minimum(np.searchsorted(held, keys), len(held) - 1)
        return np.where(held[places] == keys, places, -1).astype(np.int64)
