"""The oracle as a back-test asks it: true chances by the keys of persons and households."""

from datetime import date

import numpy as np
import numpy.typing as npt

from streams.simulator.array import Array, Floats
from streams.simulator.truth import Truth
from streams.vault.keys import Keys


class KeyedOracle:
    """True chances of U90 and P12 by key.

    Parameters
    ----------
    truth
        What truly happened.
    keys
        The vault's keys.
    futures
        Other futures over which P12 is averaged; more give a finer ranking and take longer.
    """

    def __init__(self, truth: Truth, keys: Keys, *, futures: int = 40) -> None:
        self._truth = truth
        self._keys = keys
        self._futures = futures
        self._known: dict[tuple[str, date], tuple[npt.NDArray[np.uint64], Floats]] = {}

    def __call__(self, kind: str, day: date, keys: npt.NDArray[np.uint64]) -> Floats:
        """Return the true chance of each key, 0 for those who are not at risk on the day.

        Parameters
        ----------
        kind
            u90 (persons) or p12 (households).
        day
            Day of the question; P12 counts from the first of its month.
        keys
            Person or household keys.
        """
        known, chance = self._chances(kind, day)
        place = np.minimum(np.searchsorted(known, keys), len(known) - 1)
        found: Floats = np.where(known[place] == keys, chance[place], 0.0)
        return found

    def _chances(self, kind: str, day: date) -> tuple[npt.NDArray[np.uint64], Floats]:
        if (kind, day) not in self._known:
            named: Array
            if kind == "u90":
                named, chance = self._truth.u90_hazard(day)
                keys = self._keys.person_keys(named.tolist())
            else:
                named, chance = self._truth.p12_hazard(day, futures=self._futures)
                keys = self._keys.household_keys(named.tolist())
            order = np.argsort(keys)
            self._known[kind, day] = keys[order], chance[order]
        return self._known[kind, day]
