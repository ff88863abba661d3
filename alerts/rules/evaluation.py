"""Every rule on every household, in one pass."""

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType

import numpy as np

from alerts.rules import means, told, work
from alerts.rules.catalogue import Rule, shipped_rules
from alerts.rules.signal import SIGNAL, Hits, Signals
from alerts.rules.situation import Situation, StateView
from yujing.domain.codes import number
from yujing.domain.policy import Policy

EVALUATORS: Mapping[str, Callable[[Situation], Hits]] = MappingProxyType({
    "insurance_stopped": work.insurance_stopped,
    "job_ended": work.job_ended,
    "stayed_home": work.stayed_home,
    "zero_employment": work.zero_employment,
    "income_under_line": means.income_under_line,
    "self_pay": means.self_pay,
    "wage_drop": work.wage_drop,
    "department_warning": told.department_warning,
    "pension_unpaid": means.pension_unpaid,
    "own_report": told.own_report,
    "disaster": told.disaster,
    "two_households": told.two_households,
})


def evaluate(
    state: StateView, *, as_of: date, policy: Policy, rules: tuple[Rule, ...] | None = None,
) -> Signals:
    """Return every signal at `as_of`, sorted by household, rule, person.

    Parameters
    ----------
    state
        The state of all facts known before `as_of`.
    as_of
        Cut-off.
    policy
        Thresholds and lines.
    rules
        The rules; the shipped ones by default.

    Notes
    -----
    Array operations over members and households; no loop over either.
    """
    return evaluate_situation(Situation(state, as_of, policy), rules)


def evaluate_situation(situation: Situation, rules: tuple[Rule, ...] | None = None) -> Signals:
    """Return every signal of a situation; see `evaluate`."""
    found = [
        _signals(situation, rule, EVALUATORS[rule.code](situation))
        for rule in (shipped_rules() if rules is None else rules)
    ]
    signals = np.concatenate(found) if found else np.empty(0, dtype=SIGNAL)
    return signals[np.lexsort((signals["person"], signals["rule"], signals["household"]))]


def _signals(situation: Situation, rule: Rule, hits: Hits) -> Signals:
    """Return the hits of one rule as signals."""
    signals = np.zeros(len(hits.household), dtype=SIGNAL)
    one = hits.member >= 0
    signals["household"] = situation.keys[hits.household]
    signals["region"] = situation.regions[hits.household]
    signals["person"][one] = situation.members["key"][hits.member[one]]
    signals["employer"][one] = situation.members["employer"][hits.member[one]]
    signals["rule"], signals["kind"] = rule.number, rule.kind
    signals["level"] = np.where(hits.level > 0, hits.level, rule.level)
    signals["source"] = number(rule.source)
    signals["since"], signals["value"], signals["extra"] = hits.since, hits.value, hits.extra
    signals["precision"] = rule.prior
    return signals
