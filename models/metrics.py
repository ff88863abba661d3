"""Figures of a ranking and of probabilities: precision at capacity, calibration, lead time."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sklearn.metrics import average_precision_score

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

_RESAMPLES = 400
_INTERVAL = (2.5, 97.5)


@dataclass(frozen=True)
class Ranked:
    """Subjects in the order of a score, and which of them a village can look at.

    Attributes
    ----------
    y
        1, 0, or -1 unknown.
    village
        Village of each subject.
    chosen
        Who lies within the capacity of the village.
    """

    y: Integers
    village: Integers
    chosen: Bools


@dataclass(frozen=True)
class Share:
    """A share with its bootstrap interval over villages."""

    value: float
    low: float
    high: float


def choose(scores: Floats, village: Integers, household: npt.NDArray[np.uint64], capacity: int,
           seed: int) -> Bools:
    """Return the subjects that each village's capacity reaches, one a household.

    Parameters
    ----------
    scores
        The larger, the earlier; NaN comes last.
    capacity
        Households that a village can look at.
    seed
        Breaks ties at random.
    """
    noise = np.random.default_rng(seed).random(len(scores))
    order = np.lexsort((noise, -np.nan_to_num(scores, nan=-np.inf)))
    first = np.zeros(len(scores), dtype=bool)
    first[order[np.unique(household[order], return_index=True)[1]]] = True
    order = order[first[order]]
    by_village = order[np.argsort(village[order], kind="stable")]
    _, start, count = np.unique(village[by_village], return_index=True, return_counts=True)
    rank = np.arange(len(by_village)) - np.repeat(start, count)
    chosen = np.zeros(len(scores), dtype=bool)
    chosen[by_village[rank < capacity]] = True
    return chosen


def precision(ranked: Ranked, *, seed: int) -> Share:
    """Return the share of positives among the chosen with a known outcome."""
    return _share(ranked, ranked.chosen & (ranked.y >= 0), seed)


def recall(ranked: Ranked, *, seed: int) -> Share:
    """Return the share of the positives that were chosen."""
    positives = Ranked(ranked.chosen.astype(np.int64), ranked.village, ranked.chosen)
    return _share(positives, ranked.y == 1, seed)


def _share(ranked: Ranked, counted: Bools, seed: int) -> Share:
    """Return the share of `y == 1` among the counted, with an interval over villages."""
    _, village = np.unique(ranked.village, return_inverse=True)
    village = village.reshape(-1)
    n_villages = int(village.max()) + 1 if len(village) else 0
    total = np.bincount(village[counted], minlength=n_villages).astype(np.float64)
    hits = np.bincount(village[counted], weights=ranked.y[counted] == 1, minlength=n_villages)
    if total.sum() == 0:
        return Share(float("nan"), float("nan"), float("nan"))
    draws = np.random.default_rng(seed).integers(0, n_villages, (_RESAMPLES, n_villages))
    shares = hits[draws].sum(axis=1) / np.maximum(total[draws].sum(axis=1), 1)
    low, high = np.percentile(shares, _INTERVAL)
    return Share(float(hits.sum() / total.sum()), float(low), float(high))


def average_precision(scores: Floats, y: Integers) -> float:
    """Return the average precision over the known outcomes; NaN without a positive."""
    known = y >= 0
    if not (y == 1).any():
        return float("nan")
    finite = np.nan_to_num(scores[known], nan=np.nanmin(scores) - 1 if len(scores) else 0.0)
    return float(average_precision_score(y[known], finite))


def observed_to_expected(probabilities: Floats, y: Integers) -> float:
    """Return positives over the sum of probabilities among known outcomes; 1 is calibrated."""
    known = y >= 0
    expected = float(probabilities[known].sum())
    return float((y[known] == 1).sum() / expected) if expected > 0 else float("nan")


def top_tenth(probabilities: Floats, y: Integers) -> float:
    """Return observed over expected in the tenth with the highest probabilities."""
    known = y >= 0
    p, outcome = probabilities[known], y[known]
    top = np.argsort(-p, kind="stable")[:max(len(p) // 10, 1)]
    return observed_to_expected(p[top], outcome[top])


def calibration_curve(
    probabilities: Floats, y: Integers, n_groups: int = 10
) -> list[tuple[float, float, int]]:
    """Return (mean probability, observed share, rows) in groups of equal size, rising."""
    known = y >= 0
    p, outcome = probabilities[known], y[known]
    parts = np.array_split(np.argsort(p, kind="stable"), n_groups)
    return [
        (float(p[part].mean()), float(outcome[part].mean()), len(part))
        for part in parts if len(part)
    ]


def lead_days(onset: Integers, day: int, hits: Bools) -> float:
    """Return the median days between the choice and the onset of the hits, NaN without hits."""
    return float(np.median(onset[hits] - day)) if hits.any() else float("nan")
