"""Recorded chance: numbers that follow from a seed, a place, a day and a key, and nothing else."""

import numpy as np
import numpy.typing as npt

Keys = npt.NDArray[np.uint64]
_STEP = np.uint64(0x9E3779B97F4A7C15)   # splitmix64: Steele, Lea, Flood 2014
_MIX_1, _MIX_2 = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)


def mixed(values: Keys) -> Keys:
    """Return the splitmix64 output of each value."""
    with np.errstate(over="ignore"):
        z = values.astype(np.uint64) + _STEP
        z = (z ^ (z >> np.uint64(30))) * _MIX_1
        z = (z ^ (z >> np.uint64(27))) * _MIX_2
    result: Keys = z ^ (z >> np.uint64(31))
    return result


def seed_of(*parts: int) -> np.uint64:
    """Return one seed from several whole numbers; their order matters."""
    seed = np.zeros(1, dtype=np.uint64)
    for part in parts:
        seed = mixed(seed ^ np.uint64(part & 0xFFFFFFFFFFFFFFFF))
    return np.uint64(seed[0])


def uniform(seed: np.uint64, keys: Keys) -> npt.NDArray[np.float64]:
    """Return a number in [0, 1) for each key."""
    drawn = mixed(mixed(keys) ^ seed) >> np.uint64(11)
    result: npt.NDArray[np.float64] = drawn.astype(np.float64) / 2.0**53
    return result
