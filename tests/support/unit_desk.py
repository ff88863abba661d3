"""Deals, members and facts in few words, for tests of the desk."""

from datetime import UTC, date, datetime

import numpy as np

from alerts.desk import Desk
from alerts.desk.dealt import Applied
from alerts.plans.plan import MONEY_DUE
from alerts.rules import Situation
from alerts.whereabouts import Whereabouts
from streams.fact import FactArray, empty_facts
from tests.support.cases import TODAY, Case, deal_of
from tests.support.small_state import SmallState, household, member
from yujing.domain.policy import Policy

POLICY = Policy.load()
ZERO, REPORT, PENSION = 4, 10, 9
NOTHING_DUE = np.empty(0, dtype=MONEY_DUE)


def at(day: date = TODAY, hour: int = 1) -> datetime:
    """Return a moment of a day."""
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def put(desk: Desk, *cases: Case, day: date = TODAY, urgent: bool = True) -> Applied:
    """Deal cases into the desk."""
    made = deal_of(cases, desk.view(day), as_of=day, urgent=urgent)
    return desk.apply_deal(made, at=at(day))


def a_card(desk: Desk, case: Case | None = None) -> int:
    """Open a card by a deal; UPPER has nine slots by TODAY."""
    applied = put(desk, case or Case(1, person=11), urgent=False)
    assert len(applied.opened) == 1
    return applied.opened[0]


def homes_of(members: dict[int, tuple[int, int]], as_of: date = TODAY) -> Whereabouts:
    """Return the whereabouts of members by key: (household, village)."""
    rows = [member(key, home, region) for key, (home, region) in members.items()]
    homes = dict(members.values())
    state = SmallState(rows, [household(key, region) for key, region in homes.items()])
    return Whereabouts.of(Situation(state, as_of, POLICY))


class Facts:
    """Effective facts without a log, none unless given."""

    def __init__(self, facts: FactArray | None = None) -> None:
        self.facts = empty_facts(0) if facts is None else facts

    def facts_of(self, subjects: np.ndarray) -> FactArray:
        """Return the facts of some subjects."""
        return self.facts[np.isin(self.facts["subject"], subjects)]
