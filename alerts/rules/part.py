"""A few households as a state of their own, so that rules can look at them alone."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from alerts.rules.situation import Ints, Keys, StateView


@dataclass(frozen=True)
class PartOfState:
    """The members of some households, as rules look at a state.

    Parameters
    ----------
    members
        Rows of the members.
    whole
        The state that they are taken from; it answers for households and areas.
    """

    members: npt.NDArray[np.void]
    whole: StateView

    @property
    def base_month(self) -> int:
        """First month of the bit maps."""
        return self.whole.base_month

    @property
    def households(self) -> npt.NDArray[np.void]:
        """All household rows."""
        return self.whole.households

    @property
    def areas(self) -> npt.NDArray[np.void]:
        """All disaster areas."""
        return self.whole.areas

    def household_rows(self, keys: Keys) -> Ints:
        """Return the row of each household key, -1 unknown."""
        return self.whole.household_rows(keys)


def part_of(state: StateView, households: Keys) -> PartOfState:
    """Return the part of a state that has the members of some households."""
    rows = np.flatnonzero(np.isin(state.members["household"], households))
    return PartOfState(state.members[rows], state)
