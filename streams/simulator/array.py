"""Names for the arrays of the simulator."""

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

NEVER = 2**30   # a day far beyond every world; keeps comparisons free of special cases


def by_age(ages: Array, edges: tuple[int, ...], values: Floats) -> Floats:
    """Return the value of each age: `values[i]` below `edges[i]`, the last one above all."""
    chosen: Floats = values[np.searchsorted(np.array(edges), ages, side="right")]
    return chosen


def choose(rng: np.random.Generator, shares: Floats, n: int) -> Ints:
    """Return `n` draws of 0..k-1 with the given shares."""
    cumulative = np.cumsum(shares) / np.sum(shares)
    return np.minimum(np.searchsorted(cumulative, rng.random(n), side="right"), len(shares) - 1)
