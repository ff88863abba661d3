"""Cutting features into cells by weighted quantiles, with extra cuts in the tails."""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

TAIL_SHARES = (0.005, 0.01, 0.02, 0.98, 0.99, 0.995)
_FEW_VALUES = 40   # up to so many values each gets a cell of its own


def edges_of(values: Floats, weights: Floats, n_bins: int, *, tails: bool = True) -> Floats:
    """Return the upper edges of the cells of a feature, rising; the last cell has none.

    Parameters
    ----------
    values
        Values of the feature, NaN = unknown.
    weights
        Weight of each value; zero counts as absent.
    n_bins
        Number of quantile cells.
    tails
        Cut the outermost shares once more, where risk often bends.

    Notes
    -----
    Edges lie midway between two neighbouring values that occur, so a value that was never seen
    falls to the nearer side, and rounding errors do not move anybody.
    """
    kept = ~np.isnan(values) & (weights > 0)
    distinct, inverse = np.unique(values[kept], return_inverse=True)
    if len(distinct) < 2:
        return np.empty(0)
    # by halves, so that two large values cannot overflow
    between = distinct[:-1] / 2 + distinct[1:] / 2
    between = np.where(between >= distinct[1:], distinct[:-1], between)
    if len(distinct) <= min(_FEW_VALUES, n_bins + 8):
        return between
    total = np.cumsum(np.bincount(inverse.reshape(-1), weights=weights[kept]))
    shares = np.arange(1, n_bins) / n_bins
    if tails:
        shares = np.union1d(shares, TAIL_SHARES)
    # to the right of the value in which the cumulative weight reaches the share
    place = np.searchsorted(total, shares * total[-1] * (1 - 1e-12))
    edges: Floats = between[np.unique(np.minimum(place, len(between) - 1))]
    return edges


def cells_of(values: Floats, edges: Floats) -> npt.NDArray[np.int64]:
    """Return the cell of each value, `len(edges) + 1` for unknown."""
    return np.where(np.isnan(values), len(edges) + 1, np.searchsorted(edges, values, side="left"))
