"""Differences of facts written down by hand, with the log's part played by the facts themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from alerts.comparisons import Differences, Told, compare, told_by
from alerts.rules import Situation
from streams.fact import FactArray
from streams.state.effective import effective
from streams.wire import identity_link
from tests.support.written import state_of
from yujing.domain.days import to_day
from yujing.domain.policy import Policy


@dataclass(frozen=True)
class WholeLog:
    """A log that gives every effective fact, whatever is asked; who asks looks again."""

    facts: FactArray

    def facts_where(
        self, claim: str, known_before: int | None = None, *, columns: Sequence[str] = ()
    ) -> FactArray:
        """Return the effective facts."""
        assert claim
        assert columns
        return self.facts.take(effective(self.facts, known_before))

    def links(self) -> FactArray:
        """Return every version of facts of which one is a link."""
        linked = self.facts["fact"][self.facts["kind"] == identity_link.KIND]
        return self.facts.compress(np.isin(self.facts["fact"], linked))


def told_of(facts: FactArray, as_of: date) -> Told:
    """Return what sources said."""
    return told_by(WholeLog(facts), to_day(as_of))


def differences_of(facts: FactArray, as_of: date, policy: Policy | Any) -> Differences:
    """Return the differences of facts on a day."""
    return compare(Situation(state_of(facts, as_of), as_of, policy), told_of(facts, as_of))
