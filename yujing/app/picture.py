"""What models and rules say of a county on a day, from one state: the ground of every decision."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import numpy.typing as npt

from alerts.benefit import RiskScores
from alerts.rules import Signals
from alerts.rules.evaluation import evaluate_situation
from alerts.rules.situation import Situation
from models.card import Kind, Scorecard
from models.expert import expert_card
from models.features.context import Context
from models.features.snapshot import cutoff_s
from models.features.tables import FeatureTable
from models.registry import Registry
from models.scoring import Scores, score
from streams.state.layout import base_month_of
from streams.state.state import State
from yujing.app.county import County
from yujing.app.ordered import OrderedState
from yujing.domain.policy import Policy

EXPERT_SINCE = date(2026, 11, 24)  # when the expert cards were written: part of their ids

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Picture:
    """State, scores and signals of one day.

    Parameters
    ----------
    state
        Folded from what was known before the cut-off.
    as_of
        The day.
    policy
        Dated values.
    u90, p12
        The cards in force.
    context
        Of the whole county, where the state is a part of it; the state's own when not given.
    """

    state: OrderedState
    as_of: date
    policy: Policy
    u90: Scorecard
    p12: Scorecard
    context: Context | None = None

    @cached_property
    def situation(self) -> Situation:
        """Who is present where."""
        return Situation(self.state, self.as_of, self.policy)

    @cached_property
    def scores(self) -> Scores:
        """Both risks of everybody."""
        return score(
            self.state, as_of=self.as_of, u90=self.u90, p12=self.p12, policy=self.policy,
            context=self.context,
        )  # fmt: skip

    @cached_property
    def signals(self) -> Signals:
        """Every rule that holds."""
        return evaluate_situation(self.situation)

    @cached_property
    def risks(self) -> RiskScores:
        """The scores of present people as dealing wants them."""
        scores, state = self.scores, self.state
        names = tuple(dict.fromkeys((*self.u90.names, *self.p12.names)))
        home = scores.household_of >= 0
        homes = scores.households
        present = np.isin(state.households["key"][homes], self.situation.keys)
        return RiskScores(
            persons=state.members["key"][scores.members[home]],
            u90=scores.u90[home],
            household_of=state.members["household"][scores.members[home]],
            person_feature=loudest(self.u90, scores.member_table, names)[home],
            households=homes_keys(state, homes)[present],
            p12=scores.p12[present],
            household_feature=loudest(self.p12, scores.household_table, names)[present],
            features=names,
            u90_model=self.u90.id,
            p12_model=self.p12.id,
        )


def homes_keys(state: OrderedState, rows: Ints) -> npt.NDArray[np.uint64]:
    """Return the keys of household rows."""
    keys: npt.NDArray[np.uint64] = state.households["key"][rows]
    return keys


def loudest(card: Scorecard, table: FeatureTable, names: tuple[str, ...]) -> Ints:
    """Return the place in `names` of the feature that adds most to each score, -1 for none."""
    points = card.contributions(table)
    if not points.size:
        return np.full(len(table.rows), -1, dtype=np.int64)
    best = points.argmax(axis=1)
    places = np.array([names.index(name) for name in card.names], dtype=np.int64)[best]
    speaks = points[np.arange(len(points)), best] > 0
    return np.where(speaks, places, -1).astype(np.int64)


def card_in_force(registry: Registry, kind: Kind) -> Scorecard:
    """Return the promoted card of a kind, or the expert's before the first training."""
    card_id = registry.active_id(kind)
    return expert_card(kind, as_of=EXPERT_SINCE) if card_id is None else registry.load(card_id)


def picture(
    county: County, as_of: date, *, state: State | OrderedState | None = None,
    context: Context | None = None,
) -> Picture:  # fmt: skip
    """Return the picture of a day.

    Parameters
    ----------
    state
        The state to look at, or a part of it; that of `state_at` when not given.
    context
        Of the whole county, where the state is a part of it.
    """
    whole = state_at(county, as_of) if state is None else state
    return Picture(
        whole if isinstance(whole, OrderedState) else OrderedState(whole),
        as_of,
        county.policy,
        card_in_force(county.registry, "u90"),
        card_in_force(county.registry, "p12"),
        context,
    )


def state_at(county: County, as_of: date) -> State:
    """Return the state of what was known before a day; for today, of all that is known.

    The state in memory serves whenever it knows nothing that was learned later.
    """
    cut, base_month = cutoff_s(as_of), base_month_of(as_of.year)
    if county.state.base_month == base_month and (
        as_of >= county.today() or county.log.last_known_at() < cut
    ):
        return county.state
    return State.build(county.log.history(known_before=cut), base_month)
