"""Candidates: one row for each household that could be dealt a card, with everything merged."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from alerts.benefit import Floats, Ints, Keys, RiskScores, benefit_fen, precisions
from alerts.hysteresis import Standing, highest_u90
from alerts.rules import REPORT, SCORE, SEASONAL, Rule, Signals, shipped_rules
from yujing.domain.calendar import spring_festival
from yujing.domain.days import to_day
from yujing.domain.policy import PROVINCE, Policy

CANDIDATE = np.dtype([
    ("household", "u8"), ("person", "u8"),   # person 0: the whole household
    ("region", "i8"),                        # village code
    ("level", "u1"),                         # 1..3
    ("kind", "u1"),                          # of the leading reason: FACT, REPORT, SEASONAL, SCORE
    ("rule", "u1"),                          # number of the leading rule, 0 for a score
    ("reason", "i4"), ("score_reason", "i4"),   # places in Candidates.reasons, -1 none
    ("kinds", "u4"),                         # bit n: rule n holds; bit 0: score stands
    ("benefit_fen", "i8"),
    ("p12", "f8"), ("u90", "f8"),            # the household's, and the highest of its members
    ("since", "i4"),
    ("source", "u1"), ("employer", "u8"), ("file", "u8"),   # of the leading reason, 0 unknown
    ("waiting", "u1"),                       # 1: came home for the festival, not its turn yet
    ("first", "i8"), ("n", "i8"),            # its signals
])


@dataclass(frozen=True)
class Candidates:
    """All candidates of one county and day.

    Parameters
    ----------
    rows
        `CANDIDATE` rows by household key.
    signals
        Sorted by household; a row's are [first, first + n).
    reasons
        Words for reasons: a rule's code, or "u90 MODEL FEATURE".
    population, regions
        Every household that has present members, and its village: whom chance may pick.
    """

    rows: npt.NDArray[np.void]
    signals: Signals
    reasons: tuple[str, ...]
    population: Keys
    regions: Ints

    def signals_of(self, index: int) -> Signals:
        """Return the signals of one candidate."""
        row = self.rows[index]
        return self.signals[int(row["first"]) : int(row["first"] + row["n"])]


def candidates(
    signals: Signals, scores: RiskScores | None, *, standing: Standing, population: Keys,
    regions: Ints, as_of: date, policy: Policy,
    measured: Mapping[int, tuple[int, int]] | None = None,
    rules: tuple[Rule, ...] | None = None,
) -> Candidates:
    """Return one row for each household with a signal or a standing score.

    Parameters
    ----------
    signals
        Sorted by household, rule, person.
    scores
        None without a model.
    standing
        After this run's hysteresis.
    population, regions
        Households with present members, rising, and their villages.
    measured
        (hits, misses) of rules by number, from recorded outcomes.
    """
    known = np.isin(standing.households, population)
    keys = np.unique(np.concatenate([signals["household"], standing.households[known]]))
    rows = np.zeros(len(keys), dtype=CANDIDATE)
    rows["household"] = keys
    rows["region"] = regions[np.searchsorted(population, keys)] if len(keys) else 0
    rows["first"] = np.searchsorted(signals["household"], keys, side="left")
    rows["n"] = np.searchsorted(signals["household"], keys, side="right") - rows["first"]
    stands = np.isin(keys, standing.households)
    table = precisions(measured or {}, rules)
    rows["benefit_fen"] = benefit_fen(
        keys, rows["region"].astype(np.int64), signals, scores, precision_of=table, as_of=as_of,
        policy=policy, rules=rules,
    )
    reasons = _lead_by_signal(rows, signals, table, rules)
    reasons += _lead_by_score(rows, scores, stands, len(reasons), as_of, policy)
    rows["waiting"] = _waiting(rows, as_of, policy)
    return Candidates(rows, signals, tuple(reasons), population, regions)


def _lead_by_signal(
    rows: npt.NDArray[np.void], signals: Signals, table: Floats, rules: tuple[Rule, ...] | None,
) -> list[str]:
    """Fill the leading reason of households with signals and return the words.

    The most urgent leads, among equals a person's report, then the rule that is more often right.
    """
    names = {rule.number: rule.code for rule in (shipped_rules() if rules is None else rules)}
    numbers = sorted(names)
    if len(signals):
        place = np.searchsorted(rows["household"], signals["household"])
        sure = -table[signals["rule"]]
        order = np.lexsort((
            signals["person"], signals["rule"], sure, signals["kind"] != REPORT,
            -signals["level"].astype(np.int64), place,
        ))
        lead = order[np.unique(place[order], return_index=True)[1]]
        where = place[lead]
        for name in ("person", "level", "kind", "rule", "since", "source", "employer"):
            rows[name][where] = signals[name][lead]
        at = np.searchsorted(np.array(numbers), signals["rule"][lead])
        rows["reason"][where] = at
        bits = np.left_shift(np.uint32(1), signals["rule"].astype(np.uint32))
        kinds = np.zeros(len(rows), dtype=np.uint32)
        np.bitwise_or.at(kinds, place, bits)
        rows["kinds"] |= kinds
    return [names[number] for number in numbers]


def _lead_by_score(
    rows: npt.NDArray[np.void], scores: RiskScores | None, stands: npt.NDArray[np.bool_],
    offset: int, as_of: date, policy: Policy,
) -> list[str]:
    """Fill scores, and the leading reason of households that stand by a score alone."""
    rows["score_reason"] = -1
    if scores is None:
        return []
    keys = np.unique(np.concatenate([scores.households, scores.household_of, rows["household"]]))
    at = np.searchsorted(keys, rows["household"])
    rows["u90"] = highest_u90(scores, keys)[at]
    p12, feature = np.zeros(len(keys)), np.full(len(keys), -1, dtype=np.int64)
    home = np.searchsorted(keys, scores.households)
    p12[home], feature[home] = np.nan_to_num(scores.p12), scores.household_feature
    rows["p12"] = p12[at]

    worst = worst_member(keys, scores)[at]
    by_job = rows["u90"] * policy.number("loss.job", day=as_of) > (
        rows["p12"] * policy.number("loss.poor_household", day=as_of)
    )
    n = len(scores.features)
    member_feature = np.where(worst >= 0, scores.person_feature[np.maximum(worst, 0)], -1) if len(
        scores.persons) else np.full(len(rows), -1)
    loudest = np.where(by_job, member_feature, feature[at])
    reason = offset + np.where(by_job, 0, n + 1) + loudest + 1
    rows["score_reason"][stands] = reason[stands]
    rows["kinds"][stands] |= np.uint32(1)

    alone = stands & (rows["n"] == 0)
    rows["reason"][alone], rows["kind"][alone] = reason[alone], SCORE
    person = scores.persons[np.maximum(worst, 0)] if len(scores.persons) else np.zeros(len(rows))
    rows["person"][alone] = np.where(by_job & (worst >= 0), person, 0)[alone]
    rows["since"][alone] = to_day(as_of)
    high = (rows["u90"] >= policy.number("score.orange.u90", day=as_of)) | (
        rows["p12"] >= policy.number("score.orange.p12", day=as_of)
    )
    rows["level"][alone] = np.where(high, 2, 1)[alone]   # a score is never red
    words = ("-", *scores.features)
    return [f"u90 {scores.u90_model} {word}" for word in words] + [
        f"p12 {scores.p12_model} {word}" for word in words
    ]


def worst_member(keys: Keys, scores: RiskScores) -> Ints:
    """Return the place of the member with the highest U90 of each household, -1 none."""
    worst = np.full(len(keys), -1, dtype=np.int64)
    known = np.flatnonzero(~np.isnan(scores.u90))
    order = known[np.lexsort((scores.persons[known], -scores.u90[known]))]
    at = np.searchsorted(keys, scores.household_of[order])
    worst[at[::-1]] = order[::-1]   # the first written last
    return worst


def _waiting(rows: npt.NDArray[np.void], as_of: date, policy: Policy) -> npt.NDArray[np.uint8]:
    """Return who came home for the festival and has to wait for a later day.

    On day d of the n days of entry the best ceil(m x d / n) of a village's m may enter.
    """
    seasonal = np.flatnonzero(rows["kind"] == SEASONAL)
    waiting = np.zeros(len(rows), dtype=np.uint8)
    after = (as_of - spring_festival(as_of.year)).days
    entry = policy.whole("festival.entry_after", region=PROVINCE, day=as_of)
    over = policy.whole("festival.entry_over", region=PROVINCE, day=as_of)
    day = after - entry + 1
    if not len(seasonal) or day >= over:
        return waiting
    mine = rows[seasonal]
    order = np.lexsort((mine["household"], -mine["benefit_fen"], mine["region"]))
    _, start, size = np.unique(mine["region"][order], return_index=True, return_counts=True)
    rank = np.arange(len(order)) - np.repeat(start, size)
    turn = np.repeat(-(-size * max(day, 0) // over), size)
    waiting[seasonal[order]] = rank >= turn
    return waiting
