"""Standing numbers of both risks: how many in each band."""

import numpy as np

from dashboards.standing.cells import CellArray, tally
from dashboards.standing.ground import Floats, Ground

U90_EDGES = (0.02, 0.05, 0.10, 0.20, 0.40)
P12_EDGES = (0.005, 0.01, 0.02, 0.05, 0.10)
_PER_MILLION = 1_000_000


def unemployment(ground: Ground) -> CellArray:
    """Count labourers in work by unemployment risk, in bands of `U90_EDGES`.

    `amount` is the sum of the risks in millionths: the number of losses to expect.
    """
    return _bands(ground.regions, ground.u90, U90_EDGES)


def poverty(ground: Ground) -> CellArray:
    """Count households by return-to-poverty risk, in bands of `P12_EDGES`; `amount` likewise."""
    return _bands(ground.home_regions, ground.p12, P12_EDGES)


def _bands(
    regions: np.ndarray[tuple[int], np.dtype[np.int64]], risk: Floats, edges: tuple[float, ...]
) -> CellArray:
    known = ~np.isnan(risk)
    risk = np.nan_to_num(risk)
    amounts = np.round(risk * _PER_MILLION).astype(np.int64)
    return tally(regions, np.digitize(risk, edges), mask=known, amounts=amounts)
