"""The figures of one ranking over several origins, and of the scorecard's probabilities."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from models.datasets import Cohort
from models.metrics import (
    Ranked,
    Share,
    average_precision,
    calibration_curve,
    choose,
    lead_days,
    observed_to_expected,
    precision,
    recall,
    top_tenth,
)
from yujing.domain.codes import Ethnicity, Sex, members, zh
from yujing.domain.days import to_day

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

_AGES = (0, 30, 40, 50, 200)
_LEAST_EXPECTED = 10.0   # expected positives below which a group's ratio says nothing


@dataclass(frozen=True)
class Judged:
    """Figures of one ranking.

    Attributes
    ----------
    average_precision
        Over all origins, mean weighted by positives.
    precision, recall
        At the villages' capacity, with 95 % bootstrap intervals over villages.
    lead_days
        Median days from the choice to the onset, among the hits.
    chosen
        How many were chosen among those whose outcome is known; the others are left out of every
        figure but the next.
    unknown_share
        Share without a known outcome among those that would be chosen of all. For the loss of work
        most of them had lost it already, which became known only later.
    """

    average_precision: float
    precision: Share
    recall: Share
    lead_days: float
    chosen: int
    unknown_share: float

    def figures(self) -> dict[str, Any]:
        """Return the figures for JSON."""
        return asdict(self)


def judge(tests: list[Cohort], scores: list[Floats], capacity: int, seed: int) -> Judged:
    """Return the figures of one ranking, each origin ranked for itself.

    Parameters
    ----------
    tests
        Cohorts with outcomes, one an origin.
    scores
        Scores of each cohort, the larger the riskier.
    capacity
        Households that each village can look at.
    """
    chosen, leads, precisions, weights, unknown = [], [], [], [], []
    for test, values in zip(tests, scores, strict=True):
        of_all = choose(values, test.village, test.group, capacity, seed)
        unknown.append(test.y[of_all] < 0)
        known = np.flatnonzero(test.y >= 0)
        picked = np.zeros(len(values), dtype=bool)
        picked[known] = choose(
            values[known], test.village[known], test.group[known], capacity, seed)
        chosen.append(picked)
        hits = picked & (test.y == 1)
        onset = test.outcomes.onset if test.outcomes is not None else np.zeros(len(hits))
        leads.append(np.asarray(onset)[hits] - to_day(test.as_of))
        positives = int((test.y == 1).sum())
        if positives:
            precisions.append(average_precision(values, test.y.astype(np.int64)))
            weights.append(positives)
    y = np.concatenate([test.y for test in tests]).astype(np.int64)
    village = np.concatenate([test.village for test in tests])
    picked = np.concatenate(chosen)
    ranked = Ranked(y, village, picked)
    lead = np.concatenate(leads)
    return Judged(
        float(np.average(precisions, weights=weights)) if weights else float("nan"),
        precision(ranked, seed=seed), recall(ranked, seed=seed),
        lead_days(lead, 0, np.ones(len(lead), dtype=bool)),
        int(picked.sum()), float(np.concatenate(unknown).mean()) if len(picked) else 0.0,
    )


def calibration_of(tests: list[Cohort], probabilities: Floats) -> dict[str, Any]:
    """Return observed over expected overall, in the top tenth, by group, and the curve."""
    y = np.concatenate([test.y for test in tests]).astype(np.int64)
    by_group = {
        name: {
            "observed_to_expected": round(observed_to_expected(probabilities[rows], y[rows]), 3),
            "n": int((y[rows] >= 0).sum()),
        }
        for name, rows in _groups(tests)
        if probabilities[rows & (y >= 0)].sum() >= _LEAST_EXPECTED
    }
    return {
        "overall": observed_to_expected(probabilities, y),
        "top_tenth": top_tenth(probabilities, y),
        "groups": by_group,
        "curve": calibration_curve(probabilities, y),
    }


def _groups(tests: list[Cohort]) -> Iterator[tuple[str, Bools]]:
    """Yield groups of people by what is never an input, to see whom the card misjudges."""
    audit = np.concatenate([test.audit for test in tests])
    for column, code_set in (("sex", Sex), ("ethnicity", Ethnicity)):
        for number, code in enumerate(members(code_set)):
            if number:
                yield zh(code), audit[column] == number
    for low, high in pairwise(_AGES):
        aged = (audit["age"] >= max(low, 1)) & (audit["age"] < high)
        yield (f"{low}-{high - 1}岁" if high < 200 else f"{low}岁以上"), aged
