"""What dealing needs to know of earlier decisions: a plain picture of the desk, without SQL."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from alerts.hysteresis import Standing

Keys = npt.NDArray[np.uint64]

COOL_DOWN = np.dtype([
    ("household", "u8"),
    ("kinds", "u4"),          # kinds of fact the worker already looked at, as in a candidate
    ("level", "u1"),
    ("score_reason", "U96"),  # model and loudest feature then, empty without a score
    ("until", "i4"),          # last silent day
])
OPENED = np.dtype([          # cards opened on the day of the deal, for bursts
    ("region", "i8"), ("level", "u1"), ("rule", "u1"), ("source", "u1"), ("employer", "u8"),
    ("file", "u8"),
])


def _no_keys() -> Keys:
    return np.empty(0, dtype=np.uint64)


def _no_cool_downs() -> npt.NDArray[np.void]:
    return np.empty(0, dtype=COOL_DOWN)


def _no_opened() -> npt.NDArray[np.void]:
    return np.empty(0, dtype=OPENED)


@dataclass(frozen=True)
class DeskView:
    """The desk as a deal sees it.

    Parameters
    ----------
    open_households
        Keys with an open card, rising.
    open_persons
        Members who caused an open card, rising.
    used
        Cards that each village got in the month of the deal, reds, reports and audits included.
    audits
        How many of these were picked by chance.
    live
        Cards of each village that have not ended.
    dealt_today
        Villages whose deal of this day was claimed.
    cool_downs
        `COOL_DOWN` rows in force.
    held
        Keys in a burst that waits for a supervisor.
    paused
        Keys of households whose members object: no rule and no score may open a card.
    opened_today
        `OPENED` rows of this day.
    standing
        Who stood by score after the last run.
    county_households
        Households of each county (6-digit code) at its last deal.
    """

    open_households: Keys = field(default_factory=_no_keys)
    open_persons: Keys = field(default_factory=_no_keys)
    used: Mapping[int, int] = field(default_factory=dict)
    audits: Mapping[int, int] = field(default_factory=dict)
    live: Mapping[int, int] = field(default_factory=dict)
    dealt_today: frozenset[int] = frozenset()
    cool_downs: npt.NDArray[np.void] = field(default_factory=_no_cool_downs)
    held: Keys = field(default_factory=_no_keys)
    paused: Keys = field(default_factory=_no_keys)
    opened_today: npt.NDArray[np.void] = field(default_factory=_no_opened)
    standing: Standing = field(default_factory=Standing)
    county_households: Mapping[int, int] = field(default_factory=dict)
