"""The villages of a simulated county: real codes, a few watched households in each."""

import numpy as np

from streams.simulator.array import Ints
from streams.simulator.parameter import Parameters
from yujing.domain.region import Regions
from yujing.errors import UsageError

COUNTIES = (522632, 520526, 522633, 522629, 520628, 520524, 520527, 520525, 520627, 520204)


def villages(rng: np.random.Generator, n_households: int, p: Parameters) -> tuple[Ints, Ints]:
    """Return the 12-digit codes of the villages and the village (an index) of each household."""
    low = int(p.number("households.village_size_low"))
    high = int(p.number("households.village_size_high"))
    sizes = rng.integers(low, high + 1, n_households // low + 1)
    n_villages = int(np.searchsorted(np.cumsum(sizes), n_households)) + 1
    sizes = sizes[:n_villages]
    sizes[-1] -= sizes.sum() - n_households
    per_township = int(p.number("households.villages_per_township"))
    return _codes(n_villages, per_township), np.repeat(np.arange(n_villages), sizes)


def _codes(n: int, per_township: int) -> Ints:
    """Return `n` village codes: some of every township of one county, then of the next."""
    known = Regions.load().places.values()
    codes = np.array(sorted(place.code for place in known if place.level == "village"))
    chosen: list[Ints] = []
    left = n
    for county in COUNTIES:
        inside = codes[codes // 10**6 == county]
        townships = inside // 1000
        first = np.searchsorted(townships, townships)
        kept = inside[np.arange(len(inside)) - first < per_township][:left]
        chosen.append(kept)
        left -= len(kept)
        if not left:
            return np.concatenate(chosen)
    raise UsageError(f"{n} villages are more than {len(COUNTIES)} counties have")
