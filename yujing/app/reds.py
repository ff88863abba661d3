"""What cannot wait for the morning: reds and people's own reports among the touched households."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import structlog

from alerts.candidates import candidates
from alerts.dealing import COUNTY_UNIT, deal
from alerts.hysteresis import Standing
from alerts.rules import RED, REPORT, Signals
from alerts.rules.evaluation import evaluate_situation
from alerts.rules.situation import Situation
from alerts.view import DeskView
from streams.pipeline import Keys
from streams.state.state import State
from yujing.app.county import County
from yujing.app.ordered import Owned
from yujing.app.some_households import SomeHouseholds


def touched_households(state: State, touched: Keys) -> Keys:
    """Return the households of the persons and households among `touched`."""
    rows = state.person_rows(touched)
    homes = state.members["household"][rows[rows >= 0]]
    own = touched[state.household_rows(touched) >= 0]
    return np.unique(np.concatenate([homes, own]))


def _some_pass(signals: Signals) -> bool:
    """Return whether some signals open a card whenever they come."""
    return bool(((signals["level"] >= RED) | (signals["kind"] == REPORT)).any())


@dataclass(frozen=True)
class FileTouch:
    """The subjects that one file touched, so that a burst of one file can be held."""

    file: int
    touched: Keys


def deal_reds(
    county: County, touched: Keys, *, files: Sequence[FileTouch] = (), owned: Owned | None = None
) -> int:
    """Open cards at once for reds and reports of touched households; return how many.

    A duplicate touches its household too, so that a kill between log and desk loses no red. The
    caller holds `busy`.

    Parameters
    ----------
    touched
        Persons and households.
    files
        Which of them which file touched.
    owned
        Which households are this process's to look after; all when not given.
    """
    if not len(touched):
        return 0
    state, today = county.state, county.today()
    homes = touched_households(state, touched)
    if owned is not None:
        homes = homes[owned(homes)]
    if not len(homes):
        return 0
    seen = Situation(SomeHouseholds(state, homes), today, county.policy)
    signals = evaluate_situation(seen)
    if not len(signals):
        return 0
    if _some_pass(signals):
        view = county.desk.view(today)
        if not set((seen.regions // COUNTY_UNIT).tolist()) <= view.county_households.keys():
            # bursts are measured against the county, as large as its last deal knew it; before
            # the first one all that is in memory must do
            seen = Situation(state, today, county.policy)
    else:
        # what does not pass at once only renews a live card, whatever else the desk says; reading
        # all of it costs a dozen questions, and most batches have no red
        view = DeskView(open_households=county.desk.live_among(np.unique(signals["household"])))
        signals = signals.compress(np.isin(signals["household"], view.open_households))
        if not len(signals):
            return 0
    chosen = candidates(
        signals, None, standing=Standing(), population=seen.keys, regions=seen.regions,
        as_of=today, policy=county.policy, measured=county.desk.measured(before=today),
    )  # fmt: skip
    for one in files:
        of_file = np.isin(chosen.rows["household"], touched_households(state, one.touched))
        chosen.rows["file"][of_file] = one.file
    made = deal(
        chosen, view, as_of=today, policy=county.policy, calendar=county.calendar,
        seed=county.settings.seed, urgent=True,
    )  # fmt: skip
    applied = county.desk.apply_deal(made, at=county.now(), position=county.log.last_position())
    county.metrics.count("yujing_cards_total", len(applied.opened), what="opened")
    if applied.opened:
        structlog.get_logger().info("red_cards", cards=list(applied.opened))
    return len(applied.opened)
