"""Signals, candidates and deals for tests of dealing and of the desk: few households, any mix."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from alerts.candidates import Candidates, candidates
from alerts.dealing import Deal, deal
from alerts.hysteresis import Standing
from alerts.rules import SIGNAL, rule_of
from alerts.view import DeskView
from yujing.domain.calendar import Calendar
from yujing.domain.codes import number
from yujing.domain.days import to_day
from yujing.domain.policy import Policy

UPPER, LOWER = 520526100001, 520526100002
TODAY = date(2026, 11, 24)


@dataclass(frozen=True)
class Case:
    """One signal: a rule on a household."""

    household: int
    rule: int = 2
    person: int = 0
    region: int = UPPER
    level: int = 0      # 0: the rule's own
    employer: int = 0
    value: float = 40.0


def signals_of(cases: Sequence[Case], as_of: date = TODAY) -> np.ndarray:
    """Return the signals of cases, sorted as the rules give them."""
    table = np.zeros(len(cases), dtype=SIGNAL)
    for place, case in enumerate(cases):
        rule = rule_of(case.rule)
        table[place] = (
            case.household, case.person, case.region, rule.number, case.level or rule.level,
            rule.kind, number(rule.source), to_day(as_of) - 40, case.employer, case.value, 3.0,
            rule.prior,
        )
    return table[np.lexsort((table["person"], table["rule"], table["household"]))]


def candidates_of(
    cases: Sequence[Case], *, others: int = 0, as_of: date = TODAY, policy: Policy | None = None,
) -> Candidates:
    """Return candidates; `others` more households of UPPER are flagged by nothing."""
    place = {case.household: case.region for case in cases}
    place.update({10_000 + n: UPPER for n in range(others)})
    keys = np.array(sorted(place), dtype=np.uint64)
    regions = np.array([place[int(key)] for key in keys], dtype=np.int64)
    return candidates(
        signals_of(cases, as_of), None, standing=Standing(), population=keys, regions=regions,
        as_of=as_of, policy=policy or Policy.load(),
    )


def deal_of(
    cases: Sequence[Case], view: DeskView | None = None, *, others: int = 0, as_of: date = TODAY,
    seed: int = 1, urgent: bool = False, policy: Policy | None = None,
) -> Deal:
    """Return the deal among cases."""
    ground = policy or Policy.load()
    return deal(
        candidates_of(cases, others=others, as_of=as_of, policy=ground), view or DeskView(),
        as_of=as_of, policy=ground, calendar=Calendar(), seed=seed, urgent=urgent,
    )
