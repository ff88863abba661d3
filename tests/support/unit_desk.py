"""A few members and no facts, for tests of the desk."""

from datetime import date

import numpy as np

from alerts.plans.plan import MONEY_DUE
from alerts.rules import Situation
from alerts.whereabouts import Whereabouts
from streams.fact import FactArray, empty_facts
from tests.support.small_state import SmallState, household, member
from yujing.domain.policy import Policy

_POLICY = Policy.load()


NOTHING_DUE = np.empty(0, dtype=MONEY_DUE)


def homes_of(members: dict[int, tuple[int, int]], as_of: date) -> Whereabouts:
    """Return the whereabouts of members by key: (household, village)."""
    rows = [member(key, home, region) for key, (home, region) in members.items()]
    homes = dict(members.values())
    state = SmallState(rows, [household(key, region) for key, region in homes.items()])
    return Whereabouts.of(Situation(state, as_of, _POLICY))


class NoFacts:
    """A log without facts."""

    def facts_of(self, subjects: np.ndarray) -> FactArray:
        """Return nothing."""
        return empty_facts(0)
