"""Sigmoid calibration: a slope and a shift of log-odds, so that a table stays a table."""

import numpy as np
import numpy.typing as npt

from models.points import probability

Floats = npt.NDArray[np.float64]

_STEPS = 50
_TINY = 1e-12


def fit_sigmoid(scores: Floats, y: npt.NDArray[np.int64], weights: Floats) -> tuple[float, float]:
    """Return (slope, shift) with which `slope * scores + shift` is calibrated; slope >= 0.

    Notes
    -----
    Newton's method on the log loss, the slope held near 1 by one pseudo-observation. Scores that
    say nothing, or the opposite, get slope 0: everybody then has the overall rate.
    """
    slope, shift = 1.0, 0.0
    for _ in range(_STEPS):
        p = probability(slope * scores + shift)
        error, curve = (p - y) * weights, np.maximum(p * (1 - p), _TINY) * weights
        gradient = np.array([(error * scores).sum() + slope - 1, error.sum()])
        cross = (curve * scores).sum()
        hessian = np.array([[(curve * scores**2).sum() + 1, cross], [cross, curve.sum()]])
        step = np.linalg.solve(hessian + _TINY * np.eye(2), gradient)
        step = np.clip(step, -2, 2)
        slope, shift = slope - step[0], shift - step[1]
        if np.abs(step).max() < 1e-10:
            break
    if slope < 0:
        return 0.0, shift_to_rate(np.zeros_like(scores), y, weights)
    return float(slope), float(shift)


def shift_to_rate(scores: Floats, y: npt.NDArray[np.int64], weights: Floats) -> float:
    """Return the shift of log-odds with which expected and observed positives agree.

    Used to set the level anew on the newest closed cohort, when risk has drifted. Bounded to
    plus or minus 20.
    """
    low, high = -20.0, 20.0
    observed = float((weights * y).sum())
    for _ in range(60):
        middle = (low + high) / 2
        if float((weights * probability(scores + middle)).sum()) < observed:
            low = middle
        else:
            high = middle
    return (low + high) / 2
