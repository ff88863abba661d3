"""The table of points as arrays, and the compiled look-up that scores with it.

Points are multiples of 2**-40, so that sums of them are exact in any order: contributions add up
to the score bit for bit, whoever adds them.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numba import njit

_GRID = 2.0**40   # |sum| < 4096 leaves 12 + 40 bits, which a double holds

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


def snapped(values: Floats) -> Floats:
    """Return values on the grid on which sums are exact.

    Examples
    --------
    >>> float(snapped(np.array([0.25]))[0])
    0.25
    """
    return np.round(np.asarray(values, dtype=np.float64) * _GRID) / _GRID


@dataclass(frozen=True)
class PointsTable:
    """Edges and points of some features, laid end to end.

    Attributes
    ----------
    edges
        Rising upper edges of all features; a value belongs to the first cell whose edge is not
        below it.
    edge_start
        Where each feature's edges begin, with the end of the last; shape (n_features + 1,).
    points
        Points of all cells; feature j has its edges + 2 cells, the last one for unknown.
    intercept
        Score of a row whose contributions are all zero.
    """

    edges: Floats
    edge_start: Integers
    points: Floats
    intercept: float

    @classmethod
    def of(
        cls, edges: list[Floats], points: list[Floats], intercept: float
    ) -> "PointsTable":
        """Return the table of features, each with its edges and its (edges + 2) points."""
        start = np.concatenate([[0], np.cumsum([len(one) for one in edges])]).astype(np.int64)
        flat = np.concatenate([np.asarray(one, np.float64) for one in [np.empty(0), *edges]])
        values = np.concatenate([np.asarray(one, np.float64) for one in [np.empty(0), *points]])
        return cls(flat, start, snapped(values), float(snapped(np.array([intercept]))[0]))

    @property
    def n_features(self) -> int:
        """Return the number of features."""
        return len(self.edge_start) - 1

    def cells(self, X: npt.NDArray[np.floating]) -> Integers:
        """Return the cell of each value; shape of `X`."""
        return _cells(X, self.edges, self.edge_start)

    def contributions(self, X: npt.NDArray[np.floating]) -> Floats:
        """Return the points of each value; shape of `X`."""
        start = self.edge_start[:-1] + 2 * np.arange(self.n_features)
        return self.points[self.cells(X) + start]

    def scores(self, X: npt.NDArray[np.floating], columns: Integers | None = None) -> Floats:
        """Return the sum of points and intercept of each row, in log-odds.

        Parameters
        ----------
        columns
            Column of `X` of each feature; by default its own place.
        """
        columns = np.arange(self.n_features) if columns is None else columns
        return _scores(X, columns, self.edges, self.edge_start, self.points, self.intercept)


@njit(cache=True, nogil=True)
def _cell(value: float, edges: Floats, low: int, high: int) -> int:
    """Return the place of a value among edges[low:high], the number of edges + 1 for unknown."""
    if np.isnan(value):
        return high - low + 1
    begin = low
    while low < high:
        middle = (low + high) // 2
        if value <= edges[middle]:
            high = middle
        else:
            low = middle + 1
    return low - begin


@njit(cache=True, nogil=True)
def _cells(X: npt.NDArray[np.floating], edges: Floats, edge_start: Integers) -> Integers:
    """Return the cell of each value of `X`."""
    n, k = X.shape
    out = np.empty((n, k), dtype=np.int64)
    for row in range(n):
        for j in range(k):
            out[row, j] = _cell(X[row, j], edges, edge_start[j], edge_start[j + 1])
    return out


@njit(cache=True, nogil=True)
def _scores(
    X: npt.NDArray[np.floating], columns: Integers, edges: Floats, edge_start: Integers,
    points: Floats, intercept: float,
) -> Floats:
    """Return the score of each row of `X`."""
    out = np.empty(len(X), dtype=np.float64)
    for row in range(len(X)):
        total = intercept
        for j in range(len(columns)):
            cell = _cell(X[row, columns[j]], edges, edge_start[j], edge_start[j + 1])
            total += points[edge_start[j] + 2 * j + cell]
        out[row] = total
    return out


def probability(score: Floats) -> Floats:
    """Return the probability of log-odds, without overflow.

    Examples
    --------
    >>> float(probability(np.array([0.0]))[0])
    0.5
    """
    small = np.exp(-np.abs(score))
    return np.where(score >= 0, 1 / (1 + small), small / (1 + small))
