"""What cannot wait for the morning: reds and people's own reports among the touched households."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from alerts.candidates import candidates
from alerts.dealing import deal
from alerts.hysteresis import Standing
from alerts.rules.evaluation import evaluate_situation
from alerts.rules.situation import Situation
from streams.pipeline import Keys
from streams.state.state import State
from yujing.app.county import County


@dataclass(frozen=True)
class PartOfState:
    """The members of some households, as rules look at a state."""

    base_month: int
    members: npt.NDArray[np.void]
    whole: State

    @property
    def households(self) -> npt.NDArray[np.void]:
        """All household rows."""
        return self.whole.households

    @property
    def areas(self) -> npt.NDArray[np.void]:
        """All disaster areas."""
        return self.whole.areas

    def household_rows(self, keys: Keys) -> npt.NDArray[np.int64]:
        """Return the row of each household key, -1 unknown."""
        return self.whole.household_rows(keys)


def touched_households(state: State, touched: Keys) -> Keys:
    """Return the households of the persons and households among `touched`."""
    rows = state.person_rows(touched)
    homes = state.members["household"][rows[rows >= 0]]
    own = touched[state.household_rows(touched) >= 0]
    return np.unique(np.concatenate([homes, own]))


@dataclass(frozen=True)
class FileTouch:
    """The subjects that one file touched, so that a burst of one file can be held."""

    file: int
    touched: Keys


def deal_reds(county: County, touched: Keys, *, files: Sequence[FileTouch] = ()) -> int:
    """Open cards at once for reds and reports of touched households; return how many.

    A duplicate touches its household too, so that a kill between log and desk loses no red. The
    caller holds `busy`.
    """
    if not len(touched):
        return 0
    state, today = county.state, county.today()
    homes = touched_households(state, touched)
    if not len(homes):
        return 0
    rows = np.flatnonzero(np.isin(state.members["household"], homes))
    part = PartOfState(state.base_month, state.members[rows], state)
    signals = evaluate_situation(Situation(part, today, county.policy))
    if not len(signals):
        return 0
    whole = Situation(state, today, county.policy)  # bursts are measured against the county
    chosen = candidates(
        signals, None, standing=Standing(), population=whole.keys, regions=whole.regions,
        as_of=today, policy=county.policy, measured=county.desk.measured(before=today),
    )  # fmt: skip
    for one in files:
        of_file = np.isin(chosen.rows["household"], touched_households(state, one.touched))
        chosen.rows["file"][of_file] = one.file
    made = deal(
        chosen, county.desk.view(today), as_of=today, policy=county.policy,
        calendar=county.calendar, seed=county.settings.seed, urgent=True,
    )  # fmt: skip
    applied = county.desk.apply_deal(made, at=county.now(), position=county.log.last_position())
    county.metrics.count("yujing_cards_total", len(applied.opened), what="opened")
    return len(applied.opened)
