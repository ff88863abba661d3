"""Which households stand as candidates by their scores.

They enter high and leave low, and only after a second low run, so that a list does not flap.
"""

from dataclasses import dataclass, field
from datetime import date

import numpy as np
import numpy.typing as npt

from alerts.benefit import Floats, Ints, Keys, RiskScores
from yujing.domain.days import to_day
from yujing.domain.policy import PROVINCE, Policy


def _no_keys() -> Keys:
    return np.empty(0, dtype=np.uint64)


def _no_ints() -> Ints:
    return np.empty(0, dtype=np.int64)


@dataclass(frozen=True)
class Standing:
    """Households that stand by their scores.

    Parameters
    ----------
    households
        Keys, rising.
    low_runs
        How many runs in a row their scores lay below the lower thresholds.
    days
        Day number of the run that last counted; a second run of one day counts nothing.
    """

    households: Keys = field(default_factory=_no_keys)
    low_runs: Ints = field(default_factory=_no_ints)
    days: Ints = field(default_factory=_no_ints)


def highest_u90(scores: RiskScores, households: Keys) -> Floats:
    """Return the highest U90 of each household's members, 0 where none applies.

    Parameters
    ----------
    households
        Keys, rising, that hold every household of `scores`.
    """
    highest = np.zeros(len(households))
    known = ~np.isnan(scores.u90)
    at = np.searchsorted(households, scores.household_of[known])
    np.maximum.at(highest, at, scores.u90[known])
    return highest


def next_standing(
    before: Standing, scores: RiskScores | None, *, as_of: date, policy: Policy,
    region: int = PROVINCE,
) -> Standing:
    """Return who stands after this run.

    Without scores nothing changes. Households that are not scored any more leave.
    """
    if scores is None:
        return before
    day = to_day(as_of)
    keys = np.unique(np.concatenate([scores.households, scores.household_of]))
    p12 = np.zeros(len(keys))
    p12[np.searchsorted(keys, scores.households)] = np.nan_to_num(scores.p12)
    u90 = highest_u90(scores, keys)
    limit = {
        name: policy.number(f"hysteresis.{name}", region=region, day=as_of)
        for name in ("p12.enter", "p12.leave", "u90.enter", "u90.leave")
    }
    high = (p12 >= limit["p12.enter"]) | (u90 >= limit["u90.enter"])
    low = (p12 < limit["p12.leave"]) & (u90 < limit["u90.leave"])
    stood, runs, days = _earlier(before, keys)
    counted = days >= day
    runs = np.where(low, np.where(counted, runs, runs + 1), 0)
    stays = stood & (runs < policy.whole("hysteresis.leave_runs", region=region, day=as_of))
    stands = high | stays
    return Standing(
        keys[stands], np.where(high, 0, runs)[stands], np.full(int(stands.sum()), day),
    )


def _earlier(before: Standing, keys: Keys) -> tuple[npt.NDArray[np.bool_], Ints, Ints]:
    """Return whether, with how many low runs and since which day each key stood."""
    if not len(before.households):
        zeros = np.zeros(len(keys), dtype=np.int64)
        return zeros.astype(bool), zeros, zeros
    at = np.minimum(np.searchsorted(before.households, keys), len(before.households) - 1)
    stood = before.households[at] == keys
    return stood, np.where(stood, before.low_runs[at], 0), np.where(stood, before.days[at], 0)
