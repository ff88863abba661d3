"""A penalised logit on weights of evidence, for few positives; it is a table of points, too."""

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from sklearn.isotonic import IsotonicRegression

from models.points import probability

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

_PRIOR_WEIGHT = 10.0   # rows of the overall rate that each cell starts with


def fit_logit(
    cells: Integers, y: Integers, weights: Floats, n_edges: tuple[int, ...],
    directions: tuple[int, ...], penalty: float,
) -> tuple[list[Floats], float]:
    """Return points of every cell and the intercept.

    Parameters
    ----------
    cells
        Cell of each row and feature, `n_edges + 1` = unknown.
    penalty
        Weight of the sum of squared coefficients; 1 = as if each coefficient had a unit normal
        prior.

    Notes
    -----
    A cell's weight of evidence is the smoothed log-odds of its rows minus the overall ones, made
    monotone where a direction is given. Coefficients are not negative: a feature speaks as its own
    cells do or not at all.
    """
    evidence = [
        _evidence(cells[:, place], y, weights, n_edges[place], directions[place])
        for place in range(len(n_edges))
    ]
    design = np.column_stack([one[cells[:, place]] for place, one in enumerate(evidence)])
    rate = float(np.average(y, weights=weights))
    start = np.append(np.zeros(len(evidence)), np.log(rate / (1 - rate)))
    bounds = [(0.0, None)] * len(evidence) + [(None, None)]
    found = minimize(
        _loss, start, args=(design, y, weights, penalty), jac=True, method="L-BFGS-B",
        bounds=bounds,
    )
    points = [one * found.x[place] for place, one in enumerate(evidence)]
    return points, float(found.x[-1])


def _evidence(
    cells: Integers, y: Integers, weights: Floats, n_edges: int, direction: int
) -> Floats:
    """Return the weight of evidence of every cell of a feature."""
    total = np.bincount(cells, weights=weights, minlength=n_edges + 2)
    hits = np.bincount(cells, weights=weights * y, minlength=n_edges + 2)
    rate = hits.sum() / total.sum()
    share = (hits + _PRIOR_WEIGHT * rate) / (total + _PRIOR_WEIGHT)
    if direction and n_edges > 0:
        known = slice(0, n_edges + 1)
        monotone = IsotonicRegression(increasing=direction > 0)
        share[known] = monotone.fit_transform(
            np.arange(n_edges + 1), share[known], sample_weight=total[known] + 1e-9
        )
    evidence: Floats = np.log(share / (1 - share)) - np.log(rate / (1 - rate))
    return np.where(total > 0, evidence, 0.0)


def _loss(
    coefficients: Floats, design: Floats, y: Integers, weights: Floats, penalty: float
) -> tuple[float, Floats]:
    """Return the penalised log loss and its gradient."""
    score = design @ coefficients[:-1] + coefficients[-1]
    error = (probability(score) - y) * weights
    loss = (weights * (np.logaddexp(0, score) - y * score)).sum()
    shrunk = coefficients[:-1] * penalty
    gradient = np.append(design.T @ error + shrunk, error.sum())
    return float(loss + (shrunk * coefficients[:-1]).sum() / 2), gradient
