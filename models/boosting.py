"""Boosted stumps of scikit-learn on integer cells, and their exact read-out into points.

A sum of trees with one split each is a sum of functions of one feature each. Two rows that differ
in one feature only differ in the score by that feature's points, so the table is read by asking
the model, through its public `decision_function`, about one row a cell.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sklearn.ensemble import HistGradientBoostingClassifier
from threadpoolctl import threadpool_limits

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class StumpSettings:
    """How the stumps are grown."""

    n_trees: int
    learning_rate: float
    min_leaf: int
    l2: float
    seed: int | None


@dataclass(frozen=True)
class Stumps:
    """Fitted stumps and how cells become their columns.

    Attributes
    ----------
    model
        The fitted classifier.
    n_edges
        Number of edges of each feature.
    directions
        -1, 0 or 1 for each feature.
    fill
        For a constrained feature with unknown values, or one never known: the cell that stands for
        unknown in the feature's own column, while a companion column says that it is unknown; -1
        otherwise. Inside a constrained column scikit-learn would order the missing with the known.
    """

    model: HistGradientBoostingClassifier
    n_edges: tuple[int, ...]
    directions: tuple[int, ...]
    fill: tuple[int, ...]

    def columns(self, cells: Integers) -> Floats:
        """Return the model's columns of some rows of cells."""
        own = cells.astype(np.float64)
        unknown = cells == np.array(self.n_edges) + 1
        fill = np.array(self.fill)
        own[unknown] = np.broadcast_to(np.where(fill >= 0, fill, np.nan), cells.shape)[unknown]
        companions = unknown[:, fill >= 0].astype(np.float64)
        return np.hstack([own, companions])

    def decision_function(self, cells: Integers) -> Floats:
        """Return scikit-learn's own decision function."""
        scores: Floats = self.model.decision_function(self.columns(cells))
        return scores

    def read_out(self) -> tuple[list[Floats], float]:
        """Return the points of every cell relative to cell 0, and the score of all cells 0."""
        base = np.zeros((1, len(self.n_edges)), dtype=np.int64)
        probes = [base]
        for place, n_edges in enumerate(self.n_edges):
            rows = np.repeat(base, n_edges + 2, axis=0)
            rows[:, place] = np.arange(n_edges + 2)
            probes.append(rows)
        scores = self.decision_function(np.concatenate(probes))
        intercept = float(scores[0])
        ends = 1 + np.cumsum(np.array(self.n_edges) + 2)
        points = np.split(scores - intercept, np.concatenate([[1], ends]))[1:-1]
        return points, intercept


def fit_stumps(
    cells: Integers, y: Integers, weights: Floats, n_edges: tuple[int, ...],
    directions: tuple[int, ...], settings: StumpSettings,
) -> Stumps:
    """Return stumps fitted on cells.

    Parameters
    ----------
    cells
        Cell of each row and feature, `n_edges + 1` = unknown.
    y
        0 or 1.
    weights
        Weight of each row.
    """
    unknown = cells == np.array(n_edges) + 1
    constrained = np.array(directions) != 0
    # scikit-learn fails on a column without any value, so an unknown one is filled, too
    filled = unknown.all(axis=0) | (constrained & unknown.any(axis=0))
    fill = np.where(filled, _fullest(cells, n_edges), -1)
    constraints = [*directions, *([0] * int((fill >= 0).sum()))]
    model = HistGradientBoostingClassifier(
        max_iter=settings.n_trees, learning_rate=settings.learning_rate, max_leaf_nodes=2,
        min_samples_leaf=settings.min_leaf, l2_regularization=settings.l2, early_stopping=False,
        monotonic_cst=constraints, random_state=settings.seed,
    )
    stumps = Stumps(model, n_edges, directions, tuple(int(cell) for cell in fill))
    # threads of one fit wait for each other after every tree: on a busy machine ten times slower
    with threadpool_limits(1, user_api="openmp"):
        model.fit(stumps.columns(cells), y, sample_weight=weights)
    return stumps


def _fullest(cells: Integers, n_edges: tuple[int, ...]) -> Integers:
    """Return the known cell with the most rows of each feature."""
    return np.array([
        int(np.argmax(np.bincount(cells[:, place], minlength=edges + 2)[:edges + 1]))
        for place, edges in enumerate(n_edges)
    ])
