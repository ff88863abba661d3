"""The classifier is a table, and the table is scikit-learn's own model."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.utils.estimator_checks import estimator_checks_generator

from models.scorecard import BOOSTED, LOGIT, ScorecardClassifier

EXACT = 1e-9


def made_up(n: int, seed: int, n_features: int = 5) -> tuple[Any, Any]:
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, n_features))
    X[:, 1] = np.round(X[:, 1] * 2)
    X[rng.random((n, n_features)) < 0.15] = np.nan
    score = -1 + np.nan_to_num(X[:, 0]) - np.isnan(X[:, 2]) + (np.nan_to_num(X[:, 1]) > 1)
    return X, (rng.random(n) < 1 / (1 + np.exp(-score))).astype(int)


# Arrays of other libraries are a switch of scipy's that we do not turn on; its check would skip.
NOT_OURS = ("check_array_api_input",)
CHECKS = [
    pytest.param(estimator, check, id=check.func.__name__ + f"-{place}")
    for place, (estimator, check) in enumerate(estimator_checks_generator(ScorecardClassifier()))
    if check.func.__name__ not in NOT_OURS
]


@pytest.mark.parametrize(("estimator", "check"), CHECKS)
def test_it_keeps_to_the_rules_of_scikit_learn(estimator: Any, check: Any) -> None:
    check(estimator)


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 10**6), direction=st.sampled_from([-1, 0, 1]))
def test_the_table_is_the_decision_function_of_the_boosted_model(seed: int, direction: int) -> None:
    X, y = made_up(1200, seed)
    model = ScorecardClassifier(
        monotonic=[1, direction, 0, 0, 1], n_trees=40, few_trees=40, n_folds=2
    ).fit(X, y)
    slope, shift = model.calibration_

    rows, _ = made_up(300, seed + 1)
    own = slope * model.stumps_.decision_function(model.table_.cells(rows)) + shift

    assert model.method_ == BOOSTED
    assert np.abs(own - model.decision_function(rows)).max() < EXACT
    assert model.read_out_error_ < EXACT


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10**6), rounded=st.sampled_from([None, 0.01]), n=st.integers(150, 900))
def test_contributions_add_up_to_the_score_to_the_last_bit(
    seed: int, rounded: float | None, n: int
) -> None:
    X, y = made_up(n, seed)
    model = ScorecardClassifier(round_to=rounded, few_trees=20, n_trees=20).fit(X, y)

    parts = model.explain(X)

    assert np.array_equal(parts.sum(axis=1) + model.table_.intercept, model.decision_function(X))
    assert np.array_equal(
        parts[:, ::-1].sum(axis=1) + model.table_.intercept, model.decision_function(X)
    )


def test_unknown_has_a_cell_of_its_own_beside_a_constrained_feature() -> None:
    # the unknown are the safest, which an order among the known could not say
    rng = np.random.default_rng(5)
    x = rng.normal(size=6000)
    x[rng.random(6000) < 0.2] = np.nan
    rate = np.where(np.isnan(x), 0.02, 1 / (1 + np.exp(-np.nan_to_num(x))))
    y = (rng.random(6000) < rate).astype(int)

    model = ScorecardClassifier(monotonic=[1]).fit(x[:, None], y)
    low, unknown = model.decision_function([[-3.0], [np.nan]])

    observed = np.log(y[np.isnan(x)].mean() / (1 - y[np.isnan(x)].mean()))
    assert unknown == pytest.approx(observed, abs=0.3)   # three hundred shrunken trees
    assert unknown < low


def test_a_feature_never_unknown_in_training_adds_nothing_when_unknown() -> None:
    X, y = made_up(1500, 3)
    X = np.nan_to_num(X)
    model = ScorecardClassifier(few_trees=20, n_trees=20).fit(X, y)

    assert model.explain(np.full((1, 5), np.nan)).tolist() == [[0.0] * 5]


def test_a_feature_never_known_in_training_says_nothing() -> None:
    X, y = made_up(1500, 3)
    X[:, 3] = np.nan
    model = ScorecardClassifier(few_trees=20, n_trees=20).fit(X, y)

    assert not model.explain(X)[:, 3].any()
    assert not model.explain(np.nan_to_num(X))[:, 3].any()


def test_points_follow_the_declared_direction() -> None:
    X, y = made_up(4000, 11)
    model = ScorecardClassifier(monotonic=[1, 1, 0, -1, 0], n_trees=80).fit(X, y)
    grid = np.zeros((50, 5))
    grid[:, 0] = np.linspace(-3, 3, 50)

    assert (np.diff(model.decision_function(grid)) >= -EXACT).all()
    grid[:, 0], grid[:, 3] = 0, np.linspace(-3, 3, 50)
    assert (np.diff(model.decision_function(grid)) <= EXACT).all()


def test_few_positives_give_a_penalised_logit() -> None:
    X, y = made_up(150, 2)
    model = ScorecardClassifier(monotonic=[1, 0, 0, 0, 0]).fit(X, y)

    assert model.method_ == LOGIT
    assert np.isnan(model.read_out_error_)
    assert model.predict_proba(X)[:, 1].mean() == pytest.approx(y.mean(), abs=0.02)


def test_a_group_counts_once_among_the_positives() -> None:
    X, y = made_up(2000, 2)

    model = ScorecardClassifier().fit(X, y, groups=np.arange(2000) % 50)

    assert model.method_ == LOGIT


def test_weights_stand_for_the_rows_left_out() -> None:
    X, y = made_up(8000, 4)
    rng = np.random.default_rng(1)
    kept = (y == 1) | (rng.random(8000) < 0.25)
    weights = np.where(y == 1, 1.0, 4.0)[kept]

    model = ScorecardClassifier(n_trees=60).fit(X[kept], y[kept], weights)

    assert model.predict_proba(X)[:, 1].mean() == pytest.approx(y.mean(), rel=0.05)


def test_labels_without_meaning_give_everybody_the_base_rate() -> None:
    X, _ = made_up(6000, 6)
    y = (np.random.default_rng(9).random(6000) < 0.1).astype(int)

    probability = ScorecardClassifier().fit(X, y).predict_proba(X)[:, 1]

    assert probability.mean() == pytest.approx(y.mean(), rel=0.05)
    assert np.percentile(probability, 99) < 0.16


def test_rounding_moves_no_score_by_more_than_half_a_step_a_feature() -> None:
    X, y = made_up(3000, 8)
    plain = ScorecardClassifier(few_trees=30, n_trees=30).fit(X, y)
    rounded = ScorecardClassifier(few_trees=30, n_trees=30, round_to=0.01).fit(X, y)

    moved = np.abs(plain.decision_function(X) - rounded.decision_function(X)).max()

    assert moved <= 5 * 0.005 + EXACT


def test_infinity_and_a_wrong_list_of_directions_are_refused() -> None:
    X, y = made_up(200, 1)
    with pytest.raises(ValueError, match="infinity"):
        ScorecardClassifier().fit(np.where(X > 2, np.inf, X), y)
    with pytest.raises(ValueError, match="monotonic has 1"):
        ScorecardClassifier(monotonic=[1]).fit(X, y)
    with pytest.raises(ValueError, match="Only binary"):
        ScorecardClassifier().fit(X, np.arange(200) % 3)
