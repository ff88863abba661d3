"""What cannot wait for the morning: reds and people's own reports among the touched households."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from alerts.candidates import candidates
from alerts.dealing import deal
from alerts.hysteresis import Standing
from alerts.rules.evaluation import evaluate_situation
from alerts.rules.part import part_of
from alerts.rules.situation import Situation
from streams.pipeline import Keys
from streams.state.state import State
from yujing.app.county import County


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
    signals = evaluate_situation(Situation(part_of(state, homes), today, county.policy))
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
