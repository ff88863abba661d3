"""Figures against hand-worked cases and plain loops."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.metrics import (
    Ranked,
    average_precision,
    calibration_curve,
    choose,
    lead_days,
    observed_to_expected,
    precision,
    recall,
    top_tenth,
)


@settings(deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 60), st.integers(1, 5))
def test_each_village_chooses_its_riskiest_households(seed: int, n: int, capacity: int) -> None:
    rng = np.random.default_rng(seed)
    scores = rng.permutation(n).astype(float)
    village = rng.integers(0, 4, n)
    household = (village * 100 + rng.integers(0, 9, n)).astype(np.uint64)

    chosen = choose(scores, village, household, capacity, seed)

    for place in range(4):
        mine = np.flatnonzero(village == place)
        homes = household[mine]
        best = sorted(scores[mine][homes == home].max() for home in np.unique(homes))
        assert sorted(scores[mine][chosen[mine]]) == best[::-1][:capacity][::-1]


def test_precision_and_recall_by_hand() -> None:
    y = np.array([1, 0, 1, 0, -1, 1])
    chosen = np.array([True, True, False, False, True, True])
    ranked = Ranked(y, np.array([0, 0, 0, 1, 1, 1]), chosen)

    assert precision(ranked, seed=0).value == pytest.approx(2 / 3)
    assert recall(ranked, seed=0).value == pytest.approx(2 / 3)
    assert precision(ranked, seed=0).low <= 2 / 3 <= precision(ranked, seed=0).high
    nobody = Ranked(y, ranked.village, np.zeros(6, dtype=bool))
    assert np.isnan(precision(nobody, seed=0).value)


def test_unknown_outcomes_are_left_out() -> None:
    scores = np.array([0.9, 0.8, 0.7, np.nan])

    assert average_precision(scores, np.array([1, -1, 0, 0])) == 1.0
    assert np.isnan(average_precision(scores, np.array([0, -1, 0, 0])))
    assert observed_to_expected(np.array([0.5, 0.5, 0.9]), np.array([1, 0, -1])) == 1.0
    assert np.isnan(observed_to_expected(np.array([0.0]), np.array([0])))


def test_calibration_by_hand() -> None:
    p = np.repeat([0.1, 0.6], [90, 10])
    y = np.concatenate([np.repeat([1, 0], [9, 81]), np.repeat([1, 0], [3, 7])])

    assert top_tenth(p, y) == pytest.approx(0.5)
    assert calibration_curve(p, y, 10)[-1] == (pytest.approx(0.6), pytest.approx(0.3), 10)


def test_lead_time_is_the_median_of_the_hits() -> None:
    onset, hits = np.array([110, 130, 500]), np.array([True, True, False])

    assert lead_days(onset, 100, hits) == 20
    assert np.isnan(lead_days(onset, 100, hits & False))
