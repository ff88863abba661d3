"""A scikit-learn classifier that is a table: (feature, cell) -> points in log-odds."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.model_selection import StratifiedKFold
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import check_classification_targets, type_of_target
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from models.binning import cells_of, edges_of
from models.boosting import Stumps, StumpSettings, fit_stumps
from models.calibration import fit_sigmoid
from models.logit import fit_logit
from models.points import PointsTable, probability
from yujing.errors import ModelError

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

_LEAST_CALIBRATED = 30   # judgement: fewer positives cannot carry a slope
BOOSTED, LOGIT = "boosted stumps", "penalised logit"
READ_OUT_TOLERANCE = 1e-9
_LOGIT_BINS = 8
_CHECKED_ROWS = 5000


class ScorecardClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # untyped base
    """Binary classifier whose score is the sum of one number a feature.

    Features are cut into cells. With enough positives, scikit-learn's histogram boosting with one
    split a tree is trained on the cells and read out exactly into a table; with few, a penalised
    logit on weights of evidence gives the table. Missing values have a cell of their own.

    Parameters
    ----------
    monotonic
        -1, 0 or 1 for each feature: sign of the effect, where it is known. None = all 0.
    n_bins
        Quantile cells of a feature; the tails are cut once more.
    n_trees, few_trees
        Trees, and trees when there are less than `few_positives` positives.
    few_positives, least_positives
        Below the second the logit is used.
    learning_rate, min_leaf, l2
        As in `HistGradientBoostingClassifier`.
    penalty
        Of the logit's squared coefficients.
    n_folds
        Folds of the sigmoid calibration of the boosted table; 0 = none.
    round_to
        Rounds points to this step of log-odds; None = not.
    random_state
        Of the folds.
    n_jobs
        Fits of the folds side by side, each with one thread.

    Attributes
    ----------
    table_
        `PointsTable`: edges, points, intercept, in the order of the features. Points average to
        zero over the training rows, feature by feature.
    method_
        "boosted stumps" or "penalised logit".
    calibration_
        (slope, shift) already contained in the table.
    read_out_error_
        Largest difference between the table before calibration and rounding and scikit-learn's
        decision function, over rows of the training set. NaN for the logit.
    counts_
        Weighted training rows by cell, one array a feature.

    Notes
    -----
    A feature that was never unknown in training gives 0 points when it is unknown: the average.

    Examples
    --------
    >>> X = np.array([[0.0], [1.0]] * 200)
    >>> y = np.array([0, 1] * 200)
    >>> model = ScorecardClassifier(n_folds=0).fit(X, y)
    >>> model.predict([[0.0], [1.0]]).tolist()
    [0, 1]
    """

    def __init__(
        self, *, monotonic: Any = None, n_bins: int = 32, n_trees: int = 300, few_trees: int = 100,
        few_positives: int = 350, least_positives: int = 100, learning_rate: float = 0.1,
        min_leaf: int = 20, l2: float = 1.0, penalty: float = 1.0, n_folds: int = 3,
        round_to: float | None = None, random_state: Any = 0, n_jobs: int = 1,
    ) -> None:
        self.monotonic = monotonic
        self.n_bins = n_bins
        self.n_trees = n_trees
        self.few_trees = few_trees
        self.few_positives = few_positives
        self.least_positives = least_positives
        self.learning_rate = learning_rate
        self.min_leaf = min_leaf
        self.l2 = l2
        self.penalty = penalty
        self.n_folds = n_folds
        self.round_to = round_to
        self.random_state = random_state
        self.n_jobs = n_jobs

    def __sklearn_tags__(self) -> Any:
        """Return scikit-learn's tags: missing values are welcome, more than two classes not."""
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.classifier_tags.multi_class = False
        return tags

    def fit(self, X: Any, y: Any, sample_weight: Any = None, groups: Any = None) -> Self:
        """Learn the table.

        Parameters
        ----------
        X
            Numbers, NaN = unknown; shape (n_samples, n_features).
        y
            Two classes; the larger label is the positive one.
        sample_weight
            Weight of each row.
        groups
            Rows of one group stay in one fold, and a group counts once among the positives.
        """
        X, y = validate_data(self, X, y, dtype=np.float64, ensure_all_finite=False)
        if np.isinf(X).any():
            raise ValueError("Input X contains infinity; use NaN for unknown")
        target, weights, groups = self._checked(X, y, sample_weight, groups)
        kept = weights > 0
        X, target, weights = X[kept], target[kept], weights[kept]
        groups = None if groups is None else groups[kept]
        directions = self._directions(X.shape[1])
        if self._n_positives(target, weights, groups) < self.least_positives:
            self._fit_logit(X, target, weights, groups, directions)
        else:
            self._fit_boosted(X, target, weights, groups, directions)
        return self

    def _checked(
        self, X: Floats, y: Any, sample_weight: Any, groups: Any
    ) -> tuple[Integers, Floats, Any]:
        """Return y as 0 and 1, weights, and groups as numbers."""
        check_classification_targets(y)
        self.classes_, target = np.unique(y, return_inverse=True)
        if len(self.classes_) > 2:
            raise ValueError(
                "Only binary classification is supported. The type of the target is "
                f"{type_of_target(y)}."
            )
        weights = _check_sample_weight(sample_weight, X, dtype=np.float64, ensure_non_negative=True)
        if len(np.unique(target[weights > 0])) < 2:
            raise ValueError("y holds one class only; a classifier needs 2 classes")
        if groups is not None:
            groups = np.unique(np.asarray(groups), return_inverse=True)[1]
        return target.astype(np.int64), weights, groups

    def _directions(self, n_features: int) -> tuple[int, ...]:
        """Return the direction of each feature."""
        if self.monotonic is None:
            return (0,) * n_features
        if len(self.monotonic) != n_features:
            raise ValueError(f"monotonic has {len(self.monotonic)} entries, X {n_features} columns")
        return tuple(int(direction) for direction in self.monotonic)

    def _n_positives(self, target: Integers, weights: Floats, groups: Any) -> float:
        """Return how many positives there are, each group once."""
        if groups is None:
            return float(weights[target == 1].sum())
        return float(len(np.unique(groups[target == 1])))

    def _cut(self, X: Floats, weights: Floats, n_bins: int, *, tails: bool) -> list[Floats]:
        """Return the edges of every feature."""
        return [edges_of(X[:, j], weights, n_bins, tails=tails) for j in range(X.shape[1])]

    def _fit_logit(
        self, X: Floats, y: Integers, weights: Floats, groups: Any, directions: tuple[int, ...]
    ) -> None:
        """Learn the table by the logit and calibrate it."""
        edges = self._cut(X, weights, _LOGIT_BINS, tails=False)
        cells = np.column_stack([cells_of(X[:, j], edges[j]) for j in range(X.shape[1])])
        n_edges = tuple(len(one) for one in edges)

        def fitted(rows: Integers) -> tuple[list[Floats], float]:
            return fit_logit(
                cells[rows], y[rows], weights[rows], n_edges, directions, self.penalty
            )

        points, intercept = fitted(np.arange(len(y)))
        enough = self._n_positives(y, weights, groups) >= _LEAST_CALIBRATED
        folds = self._folds(y, groups) if self.n_folds > 1 and enough else []
        scores = [_sum_of_points(*fitted(train), cells[test]) for train, test in folds]
        slope, shift = _calibration(scores, folds, y, weights)
        self.method_, self.calibration_, self.read_out_error_ = LOGIT, (slope, shift), float("nan")
        points = [slope * one for one in points]
        self._keep(edges, cells, weights, points, slope * intercept + shift)

    def _fit_boosted(
        self, X: Floats, y: Integers, weights: Floats, groups: Any, directions: tuple[int, ...]
    ) -> None:
        """Learn the table by boosted stumps, prove the read-out, calibrate."""
        edges = self._cut(X, weights, self.n_bins, tails=True)
        cells = np.column_stack([cells_of(X[:, j], edges[j]) for j in range(X.shape[1])])
        n_edges = tuple(len(one) for one in edges)
        few = self._n_positives(y, weights, groups) < self.few_positives
        settings = StumpSettings(
            self.few_trees if few else self.n_trees, self.learning_rate, self.min_leaf, self.l2, 0
        )

        def fitted(rows: Integers) -> Stumps:
            return fit_stumps(cells[rows], y[rows], weights[rows], n_edges, directions, settings)

        folds = self._folds(y, groups) if self.n_folds > 1 else []
        with ThreadPoolExecutor(self.n_jobs) as pool:
            stumps, *parts = pool.map(fitted, [np.arange(len(y)), *(train for train, _ in folds)])
        points, intercept = stumps.read_out()
        self.stumps_ = stumps
        self.read_out_error_ = _read_out_error(stumps, cells[:_CHECKED_ROWS], points, intercept)
        scores = [
            part.decision_function(cells[test])
            for part, (_, test) in zip(parts, folds, strict=True)
        ]
        slope, shift = _calibration(scores, folds, y, weights)
        self.method_, self.calibration_ = BOOSTED, (slope, shift)
        points = [slope * one for one in points]
        self._keep(edges, cells, weights, points, slope * intercept + shift)

    def _folds(self, y: Integers, groups: Any) -> list[tuple[Integers, Integers]]:
        """Return folds that keep groups together."""
        random = check_random_state(self.random_state)
        if groups is None:
            n_folds = int(min(self.n_folds, np.bincount(y).min()))
            folds = StratifiedKFold(n_folds, shuffle=True, random_state=random.randint(2**31 - 1))
            return list(folds.split(np.zeros((len(y), 1)), y))
        fold = random.randint(self.n_folds, size=int(groups.max()) + 1)[groups]
        return [
            (np.flatnonzero(fold != one), np.flatnonzero(fold == one))
            for one in range(self.n_folds) if 0 < y[fold != one].sum() < (fold != one).sum()
        ]

    def _keep(
        self, edges: list[Floats], cells: Integers, weights: Floats, points: list[Floats],
        intercept: float,
    ) -> None:
        """Centre, round and keep the table."""
        centred: list[Floats] = []
        self.counts_: list[Floats] = []
        for j, one in enumerate(points):
            n_cells = len(edges[j]) + 2
            count = np.bincount(cells[:, j], weights=weights, minlength=n_cells).astype(np.float64)
            mean = float((count * one).sum() / count.sum())
            intercept += mean
            own = one - mean
            own[-1] = own[-1] if count[-1] > 0 else 0.0
            if self.round_to is not None:
                own = np.round(own / self.round_to) * self.round_to
            centred.append(own)
            self.counts_.append(count)
        self.edges_ = edges
        self.table_ = PointsTable.of(edges, centred, intercept)

    def _numbers(self, X: Any) -> Floats:
        """Return checked input."""
        check_is_fitted(self)
        values: Floats = validate_data(
            self, X, dtype=np.float64, ensure_all_finite="allow-nan", reset=False
        )
        return values

    def explain(self, X: Any) -> Floats:
        """Return the points of each value; with `table_.intercept` they add up to the score."""
        X = self._numbers(X)
        return self.table_.contributions(X)

    def decision_function(self, X: Any) -> Floats:
        """Return calibrated log-odds of the positive class."""
        X = self._numbers(X)
        return self.table_.scores(X)

    def predict_proba(self, X: Any) -> Floats:
        """Return the probabilities of both classes."""
        positive = probability(self.decision_function(X))
        return np.column_stack([1 - positive, positive])

    def predict(self, X: Any) -> npt.NDArray[Any]:
        """Return the likelier class."""
        positive = self.decision_function(X) > 0
        likely: npt.NDArray[Any] = self.classes_[positive.astype(int)]
        return likely


def _read_out_error(
    stumps: Stumps, cells: Integers, points: list[Floats], intercept: float
) -> float:
    """Return the largest difference between table and model, which must be rounding only."""
    table = sum((one[cells[:, j]] for j, one in enumerate(points)), np.zeros(len(cells)))
    error = float(np.abs(table + intercept - stumps.decision_function(cells)).max())
    if error > READ_OUT_TOLERANCE:
        raise ModelError(f"the table differs from the boosted model by {error:.2e}")
    return error


def _sum_of_points(points: list[Floats], intercept: float, cells: Integers) -> Floats:
    """Return the score of rows of cells."""
    score = np.full(len(cells), intercept)
    for place, one in enumerate(points):
        score += one[cells[:, place]]
    return score


def _calibration(
    scores: list[Floats], folds: list[tuple[Integers, Integers]], y: Integers, weights: Floats
) -> tuple[float, float]:
    """Return slope and shift of the sigmoid over scores of rows that the fit had not seen."""
    if not folds:
        return 1.0, 0.0
    tested = np.concatenate([test for _, test in folds])
    return fit_sigmoid(np.concatenate(scores), y[tested], weights[tested])
