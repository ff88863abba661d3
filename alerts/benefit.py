"""Expected benefit of a card, in fen, and the precision that a rule has shown.

Benefit = P12 x loss of a poor household + sum over members of U90 x loss of a job. A rule counts as
its measured precision: where it says more than the score, it stands in for the score. Every part is
rounded to whole fen before it is summed, so that the sum does not depend on any order.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from alerts.rules import Rule, Signals, shipped_rules
from yujing.domain.policy import Policy

Ints = npt.NDArray[np.int64]
Keys = npt.NDArray[np.uint64]
Floats = npt.NDArray[np.float64]
_HOUSEHOLD, _JOB, _OTHER = 0, 1, 2   # parts of the benefit


@dataclass(frozen=True)
class RiskScores:
    """Both probabilities, and for each the feature that speaks loudest.

    Parameters
    ----------
    persons, u90
        Keys and probabilities of members; NaN where the score does not apply.
    household_of
        Household of each member.
    person_feature
        Place in `features` of the loudest feature of each member, -1 none.
    households, p12, household_feature
        The same for households.
    features
        Names of features.
    u90_model, p12_model
        Ids of the models.
    """

    persons: Keys
    u90: Floats
    household_of: Keys
    person_feature: Ints
    households: Keys
    p12: Floats
    household_feature: Ints
    features: tuple[str, ...]
    u90_model: str
    p12_model: str


def precision(rule: Rule, hits: int, misses: int) -> float:
    """Return the precision of a rule after `hits` right and `misses` wrong outcomes.

    Notes
    -----
    Mean of a beta distribution whose prior is worth `rule.weight` outcomes.

    Examples
    --------
    >>> from alerts.rules import rule_of
    >>> precision(rule_of(2), hits=30, misses=0)   # prior 0.5 worth 20 outcomes
    0.8
    """
    return (rule.prior * rule.weight + hits) / (rule.weight + hits + misses)


def precisions(
    measured: Mapping[int, tuple[int, int]], rules: tuple[Rule, ...] | None = None,
) -> Floats:
    """Return the precision of every rule by its number (0..31), from (hits, misses) by number."""
    table = np.zeros(32)
    for rule in shipped_rules() if rules is None else rules:
        table[rule.number] = precision(rule, *measured.get(rule.number, (0, 0)))
    return table


def benefit_fen(
    households: Keys, regions: Ints, signals: Signals, scores: RiskScores | None, *,
    precision_of: Floats, as_of: date, policy: Policy, rules: tuple[Rule, ...] | None = None,
) -> Ints:
    """Return the benefit of a card for each household.

    Parameters
    ----------
    households, regions
        Keys, rising, and village codes.
    signals
        Signals of these households.
    scores
        Scores of at least these households, None without a model.
    precision_of
        Precision of each rule by number.
    """
    parts = [_of_signals(households, signals, precision_of, as_of, policy, rules)]
    if scores is not None:
        parts.append(_of_scores(households, regions, scores, as_of, policy))
    place, part, who, fen = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    total = np.zeros(len(households), dtype=np.int64)
    if not len(place):
        return total
    order = np.lexsort((fen, who, part, place))
    place, part, who, fen = place[order], part[order], who[order], fen[order]
    last = np.ones(len(place), dtype=bool)   # the largest of each (household, part, member)
    last[:-1] = (place[1:] != place[:-1]) | (part[1:] != part[:-1]) | (who[1:] != who[:-1])
    np.add.at(total, place[last], fen[last])
    return total


def _of_signals(
    households: Keys, signals: Signals, precision_of: Floats, as_of: date, policy: Policy,
    rules: tuple[Rule, ...] | None,
) -> tuple[Ints, Ints, Keys, Ints]:
    """Return (household, part, member, fen) of every signal."""
    place = np.searchsorted(households, signals["household"]).astype(np.int64)
    part = np.zeros(len(signals), dtype=np.int64)
    fen = np.zeros(len(signals), dtype=np.int64)
    who = np.zeros(len(signals), dtype=np.uint64)
    for rule in shipped_rules() if rules is None else rules:
        mine = signals["rule"] == rule.number
        losses = policy.numbers(rule.loss, signals["region"][mine], day=as_of) * 100
        fen[mine] = np.rint(np.nan_to_num(losses) * precision_of[rule.number]).astype(np.int64)
        if rule.about == "job":
            part[mine], who[mine] = _JOB, signals["person"][mine]
        elif rule.about == "other":   # such losses add up, one for each rule
            part[mine], who[mine] = _OTHER, rule.number
    return place, part, who, fen


def _of_scores(
    households: Keys, regions: Ints, scores: RiskScores, as_of: date, policy: Policy,
) -> tuple[Ints, Ints, Keys, Ints]:
    """Return (household, part, member, fen) of both scores."""
    home, p12 = _within(households, scores.households, scores.p12)
    house_loss = policy.numbers("loss.poor_household", regions, day=as_of) * 100
    house = np.rint(p12[1] * house_loss[home]).astype(np.int64)
    place, u90 = _within(households, scores.household_of, scores.u90)
    job_loss = policy.numbers("loss.job", regions, day=as_of) * 100
    job = np.rint(u90[1] * job_loss[place]).astype(np.int64)
    part = np.concatenate([np.full(len(home), _HOUSEHOLD), np.full(len(place), _JOB)])
    who = np.concatenate([np.zeros(len(home), dtype=np.uint64), scores.persons[u90[0]]])
    return (
        np.concatenate([home, place]), part.astype(np.int64), who, np.concatenate([house, job]),
    )


def _within(households: Keys, keys: Keys, values: Floats) -> tuple[Ints, tuple[Ints, Floats]]:
    """Return the places in `households` of known `values`, their own places and the values."""
    at = np.searchsorted(households, keys)
    inside = np.flatnonzero(
        (at < len(households))
        & (households[np.minimum(at, max(len(households) - 1, 0))] == keys if len(households)
           else np.zeros(len(keys), dtype=bool))
        & ~np.isnan(values)
    )
    return at[inside].astype(np.int64), (inside.astype(np.int64), values[inside])
