"""What a model must beat: chance, one column, last month, the 八必访 rules, income, the expert."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sklearn.ensemble import HistGradientBoostingClassifier
from threadpoolctl import threadpool_limits

from models.card import Scorecard
from models.datasets import LEVELS, Cohort, Sample
from models.expert import expert_card
from models.features.declared import features_of
from models.features.tables import FeatureTable
from models.metrics import average_precision
from models.scorecard import ScorecardClassifier

Floats = npt.NDArray[np.float64]

_WAGE_SHARE = 0.67          # 务工收入占比高: two thirds, the national mean of 2025
_UNSTABLE_MONTHS = 9        # 务工时间不稳定: less than this of twelve months
_COSTLY_YUAN = 10_000       # yearly self-paid cost that local practice calls heavy
_LOW_MARGIN, _FALLING = 0.3, -0.2


@dataclass(frozen=True)
class OneColumn:
    """The single column that sorts best on the training sample."""

    name: str
    sign: int

    def scores(self, cohort: Cohort) -> Floats:
        """Return the signed column of a cohort, unknown last."""
        values = self.sign * column(cohort, self.name)
        return np.nan_to_num(values, nan=np.nanmin(values, initial=0.0) - 1)


def column(cohort: Cohort, name: str) -> Floats:
    """Return one feature of a cohort as floats."""
    names = [feature.name for feature in features_of(LEVELS[cohort.kind])]
    return cohort.X[:, names.index(name)].astype(np.float64)


def table(cohort: Cohort) -> FeatureTable:
    """Return a cohort's features as a table that a scorecard reads."""
    names = tuple(feature.name for feature in features_of(LEVELS[cohort.kind]))
    return FeatureTable(names, cohort.X, np.arange(len(cohort.keys)))


def best_column(sample: Sample) -> OneColumn:
    """Return the column and sign with the highest average precision on the sample."""
    best, chosen = -1.0, OneColumn(sample.names[0], 1)
    for place, name in enumerate(sample.names):
        values = sample.X[:, place].astype(np.float64)
        for sign in (1, -1):
            signed = np.nan_to_num(sign * values, nan=np.nanmin(sign * values, initial=0.0) - 1)
            reached = average_precision(signed, sample.y)
            if reached > best:
                best, chosen = reached, OneColumn(name, sign)
    return chosen


def directions_found(sample: Sample) -> list[tuple[str, int, float]]:
    """Return the declared direction of each directed feature and its rank correlation with y."""
    found = []
    for place, feature in enumerate(features_of(LEVELS[sample.kind])):
        values = sample.X[:, place].astype(np.float64)
        known = ~np.isnan(values)
        if feature.direction and known.sum() > 1:
            ranks = np.unique(values[known], return_inverse=True)[1].reshape(-1).astype(float)
            rank = np.cumsum(np.bincount(ranks.astype(int)))[ranks.astype(int)]
            found.append((feature.name, feature.direction, _correlation(rank, sample, known)))
    return found


def _correlation(
    ranks: npt.NDArray[np.int64], sample: Sample, known: npt.NDArray[np.bool_]
) -> float:
    """Return the weighted correlation of ranks with the outcome."""
    weight, y = sample.weight[known], sample.y[known]
    x = ranks - np.average(ranks, weights=weight)
    d = y - np.average(y, weights=weight)
    scale = np.sqrt((weight * x**2).sum() * (weight * d**2).sum())
    return float((weight * x * d).sum() / scale) if scale > 0 else 0.0


def last_month(cohort: Cohort) -> Floats:
    """Return the sort by what the last month says: out of work, or work long unconfirmed."""
    if cohort.kind == "u90":
        return np.nan_to_num(column(cohort, "evidence_age_days"), nan=1e4)
    return np.nan_to_num(column(cohort, "idle_months_3")) - np.nan_to_num(
        column(cohort, "employed_share"), nan=1.0
    )


def must_visit(cohort: Cohort) -> Floats:
    """Return how many of the eight kinds of households that must be visited (八必访) apply.

    For members the rules on work and health are counted, as far as the person's own features say.
    """
    def at(name: str) -> Floats:
        return column(cohort, name)

    if cohort.kind == "u90":
        rules = [
            at("months_worked_12") < _UNSTABLE_MONTHS, at("wage_change") < _FALLING,
            at("ill_health") >= 1, at("ill_in_household") > 0, at("home_days") >= 0,
            at("disaster") > 0,
        ]
    else:
        falling = (at("margin_to_line") < _LOW_MARGIN) | (at("household_wage_change") < _FALLING)
        unstable = (at("wage_share") > _WAGE_SHARE) & (
            at("household_months_worked_12") < _UNSTABLE_MONTHS)
        rules = [
            falling, (at("seriously_ill") > 0) | (at("self_pay_yuan_12") > _COSTLY_YUAN),
            at("minimum_living") > 0, at("ill_members") > 1, at("higher_students") > 1, unstable,
            (at("household_disaster") > 0) | (at("days_since_hardship") >= 0),
            at("days_since_warning") >= 0,
        ]
    fired: Floats = np.sum(rules, axis=0).astype(np.float64)
    return fired


def income_sort(cohort: Cohort) -> Floats:
    """Return the sort by income, lowest first; unknown in the middle."""
    name = "wage_yuan" if cohort.kind == "u90" else "margin_to_line"
    values = -column(cohort, name)
    middle = float(np.nanmedian(values)) if (~np.isnan(values)).any() else 0.0
    return np.nan_to_num(values, nan=middle)


def expert(cohort: Cohort) -> tuple[Scorecard, Floats]:
    """Return the expert card and its log-odds."""
    card = expert_card("u90" if cohort.kind == "u90" else "p12", as_of=cohort.as_of)
    return card, card.logit(table(cohort))


def penalised_logit(sample: Sample) -> ScorecardClassifier:
    """Return the logit on weights of evidence, whatever the number of positives."""
    directions = [feature.direction for feature in features_of(LEVELS[sample.kind])]
    model = ScorecardClassifier(monotonic=directions, least_positives=2**31)
    return model.fit(sample.X, sample.y, sample.weight, sample.group)


@dataclass(frozen=True)
class FreeBoosting:
    """Boosting with interactions and without directions, on the columns with any value."""

    model: HistGradientBoostingClassifier
    columns: npt.NDArray[np.int64]

    def decision_function(self, X: npt.NDArray[np.float32]) -> Floats:
        """Return the log-odds of rows."""
        scores: Floats = self.model.decision_function(X[:, self.columns])
        return scores


def unconstrained(sample: Sample, *, seed: int) -> FreeBoosting:
    """Return unconstrained boosting: beside it one sees the price of being readable."""
    columns = np.flatnonzero(~np.isnan(sample.X).all(axis=0))
    few = sample.n_positive_groups < 350
    model = HistGradientBoostingClassifier(
        max_iter=100 if few else 200, learning_rate=0.06, max_leaf_nodes=6, min_samples_leaf=30,
        l2_regularization=1.0, early_stopping=False, random_state=seed,
    )
    with threadpool_limits(1, user_api="openmp"):   # see models.boosting
        model.fit(sample.X[:, columns], sample.y, sample_weight=sample.weight)
    return FreeBoosting(model, columns)
