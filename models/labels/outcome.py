"""Outcomes of a cohort and the date at which they can be known."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

NEGATIVE, POSITIVE, UNKNOWN = 0, 1, -1
SETTLEMENT_DAYS = 60   # what is not known two months later is counted as unknown


@dataclass(frozen=True)
class Outcomes:
    """What became of each subject of a cohort.

    Attributes
    ----------
    keys
        Person or household keys, in the order of the cohort.
    y
        1 it happened for certain, 0 it did not for certain, -1 unknown.
    onset
        Day number on which it began, for positives; 0 otherwise.
    reason
        Why unknown or which part made it positive, a short code of the label's own module.
    """

    keys: npt.NDArray[np.uint64]
    y: npt.NDArray[np.int8]
    onset: npt.NDArray[np.int32]
    reason: npt.NDArray[np.uint8]

    def share_unknown(self) -> float:
        """Return the share of the cohort whose outcome is unknown."""
        return float((self.y == UNKNOWN).mean()) if len(self.y) else 0.0


def label_date(as_of: date, horizon_days: int, settlement_days: int = SETTLEMENT_DAYS) -> date:
    """Return the day on which outcomes of `as_of` are taken as settled.

    Examples
    --------
    >>> label_date(date(2026, 1, 1), 90)
    datetime.date(2026, 5, 31)
    """
    return as_of + timedelta(days=horizon_days + settlement_days)
