"""Who lives where on a day, as far as the desk needs it to look after its cards."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from alerts.rules import Situation

Keys = npt.NDArray[np.uint64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Whereabouts:
    """Households with present members, and the households of some members.

    Parameters
    ----------
    as_of
        The day.
    keys, regions
        Every household with present members, rising, and its village.
    persons, homes
        Present members, rising, and the household of each: at least those who have a card, and
        everybody who lives where a card is or where one of these lives now.
    """

    as_of: date
    keys: Keys
    regions: Ints
    persons: Keys
    homes: Keys

    @classmethod
    def of(
        cls, situation: Situation, *, households: Keys | None = None, persons: Keys | None = None
    ) -> "Whereabouts":
        """Return the whereabouts in a situation.

        Parameters
        ----------
        households, persons
            Those that have a card; everybody is kept where neither is given.
        """
        keys, homes = situation.members["key"], situation.members["household"]
        rows = np.argsort(keys, kind="stable")
        if households is not None and persons is not None:
            moved_to = homes[np.isin(keys, persons)]
            wanted = np.isin(homes, np.concatenate([households, moved_to]))
            rows = rows[wanted[rows]]
        return cls(situation.as_of, situation.keys, situation.regions, keys[rows], homes[rows])

    def home_of(self, person: int) -> int:
        """Return the household of a member, 0 when it is not known."""
        place = int(np.searchsorted(self.persons, np.uint64(person)))
        if place >= len(self.persons) or int(self.persons[place]) != person:
            return 0
        return int(self.homes[place])

    def region_of(self, household: int) -> int | None:
        """Return the village of a household, None when nobody is present there."""
        place = int(np.searchsorted(self.keys, np.uint64(household)))
        if place >= len(self.keys) or int(self.keys[place]) != household:
            return None
        return int(self.regions[place])

    def members_of(self, household: int) -> Keys:
        """Return the present members of a household."""
        members: Keys = self.persons[self.homes == np.uint64(household)]
        return members
