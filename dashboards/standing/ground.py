"""What standing numbers are counted on: one day's people, households and scores, as arrays."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from models.features.bits import lately
from models.features.household import monitored
from models.features.snapshot import Snapshot
from models.scoring import Scores
from streams.state import read
from yujing.domain.codes import Category, number
from yujing.domain.days import to_day

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

GROUPS = (  # 三类人员: whoever is in one of them is a member
    Category.EX_POOR, Category.MINIMUM_LIVING, Category.DESTITUTE, Category.MARGINAL,
    Category.UNSTABLE, Category.SUDDEN_HARDSHIP, Category.RELOCATED,
)  # fmt: skip


@dataclass(frozen=True)
class Ground:
    """Present people and their households on a day.

    Parameters
    ----------
    snapshot
        The state on that day, of all members.
    scores
        Of all members, in the order of the state's rows.
    """

    snapshot: Snapshot
    scores: Scores

    @cached_property
    def day(self) -> int:
        """Return the day number."""
        return to_day(self.snapshot.as_of)

    @cached_property
    def here(self) -> Ints:
        """Return the state's rows of present people who belong to a household."""
        return np.flatnonzero(self.snapshot.present & (self.snapshot.members["household"] != 0))

    @cached_property
    def _homes(self) -> tuple[npt.NDArray[np.uint64], Ints]:
        keys, of = np.unique(self.snapshot.members["household"][self.here], return_inverse=True)
        return keys, of.reshape(-1).astype(np.int64)

    @property
    def home_of(self) -> Ints:
        """Return the place of each present person's household among the households."""
        return self._homes[1]

    @property
    def n_homes(self) -> int:
        """Return the number of households with present people."""
        return len(self._homes[0])

    @cached_property
    def home_rows(self) -> Ints:
        """Return the row of each household in the state, -1 where no fact names it."""
        return self.snapshot.state.household_rows(self._homes[0])

    @cached_property
    def home_regions(self) -> Ints:
        """Return where each household is: its own place, else that of its members."""
        of_members = np.zeros(self.n_homes, dtype=np.int64)
        np.maximum.at(of_members, self.home_of, self.snapshot.members["region"][self.here])
        own = self.of_homes("region")
        return np.where(own != 0, own, of_members)

    @cached_property
    def regions(self) -> Ints:
        """Return where each present person's household is."""
        return self.home_regions[self.home_of]

    def of_people(self, column: str) -> npt.NDArray[np.int64]:
        """Return a column of the present people."""
        return self.snapshot.members[column][self.here].astype(np.int64)

    def of_homes(self, column: str) -> npt.NDArray[np.int64]:
        """Return a column of the households, 0 where no fact names one."""
        table = self.snapshot.state.households
        if not len(table):
            return np.zeros(self.n_homes, dtype=np.int64)
        values = table[column][np.maximum(self.home_rows, 0)].astype(np.int64)
        return np.where(self.home_rows >= 0, values, 0)

    @cached_property
    def labourer(self) -> Bools:
        """Return which present people are of working age, able and no students."""
        return self.snapshot.labourer[self.here]

    @cached_property
    def work(self) -> Ints:
        """Return NOT_APPLICABLE, EMPLOYED, JOBLESS or STALE of each present person."""
        return self.scores.work[self.here].astype(np.int64)

    @cached_property
    def reported(self) -> Bools:
        """Return of which present people the last month that ended was reported."""
        members = self.snapshot.members
        told = members["worked"][self.here] | members["idle"][self.here]
        return lately(told, self.snapshot.last_month, 1) > 0

    @cached_property
    def monitored(self) -> Bools:
        """Return which households are monitored (监测对象)."""
        rows = monitored(self.snapshot)
        if not len(rows):
            return np.zeros(self.n_homes, dtype=bool)
        return np.where(self.home_rows >= 0, rows[np.maximum(self.home_rows, 0)], False)

    def in_category(self, category: Category) -> Bools:
        """Return which present people are in a category, by themselves or by their household."""
        at = number(category)
        members, homes = self.snapshot.members, self.snapshot.state.households
        own = _held(
            members["category_open"][self.here], members["category_close"][self.here], at, self.day
        )
        if not len(homes):
            return own
        rows = np.maximum(self.home_rows, 0)
        of_home = _held(homes["category_open"][rows], homes["category_close"][rows], at, self.day)
        return own | (of_home & (self.home_rows >= 0))[self.home_of]

    @cached_property
    def p12(self) -> Floats:
        """Return the return-to-poverty risk of each household, NaN without a score."""
        of_rows = np.full(len(self.snapshot.state.households) + 1, np.nan)
        of_rows[self.scores.households] = self.scores.p12
        return of_rows[self.home_rows]

    @cached_property
    def u90(self) -> Floats:
        """Return the unemployment risk of each present person, NaN unless in work."""
        return self.scores.u90[self.here]

    def feature_of_homes(self, name: str) -> Floats:
        """Return a feature of each household as the score saw it, NaN unknown."""
        table = self.scores.household_table
        of_rows = np.full(len(self.snapshot.state.households) + 1, np.nan)
        of_rows[self.scores.households] = table.X[:, table.names.index(name)]
        return of_rows[self.home_rows]

    def any_of_home(self, people: Bools) -> Bools:
        """Return which households have such a person."""
        found = np.zeros(self.n_homes, dtype=bool)
        found[self.home_of[people]] = True
        return found


def _held(
    opened: npt.NDArray[np.uint16], closed: npt.NDArray[np.uint16], at: int, day: int
) -> Bools:
    held: Bools = np.asarray(read.in_category(opened, closed, day)[:, at])
    return held
