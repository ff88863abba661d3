"""The county as the boards see it on one day: one row a household, from the state and the desk."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np
import numpy.typing as npt
from sqlalchemy import Engine, text

from models.features.bits import NO_DAY, lately, register_day, register_value, short_day
from models.features.policy import IncomePolicy
from models.features.snapshot import Snapshot, StateRows
from streams.state import read
from yujing.domain.days import month_start, to_day, to_month
from yujing.storage.signed import from_signed
from yujing.storage.sql import reading

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
Keys = npt.NDArray[np.uint64]

LOOK_BACK = timedelta(days=90)  # visits and help older than this say nothing about today
REPORT_MONTHS = 2  # a monthly report comes in the month after: one missing month may be late


@dataclass(frozen=True)
class Picture:
    """Registered households with present members, and what is known of each.

    Parameters
    ----------
    as_of
        The day.
    keys, regions
        Household keys, rising, and village codes.
    live
        Whether an open card stands at the desk.
    visit_day, visit_outcome
        Of the latest visit to the household or a member; `NO_DAY` and 0 without one.
    help_day
        Latest service or measure, `NO_DAY` without one.
    has_labour
        Whether a member is of working age, able and no student.
    reported
        Whether a month of work or without work was reported for such a member lately.
    reported_last_month
        The same for the last month that ended.
    monthly_ends
        Months (as month numbers) and, for each, the number of job ends by household.
    """

    as_of: date
    keys: Keys
    regions: Ints
    live: Bools
    visit_day: Ints
    visit_outcome: Ints
    help_day: Ints
    has_labour: Bools
    reported: Bools
    reported_last_month: Bools
    months: tuple[int, ...]
    monthly_ends: npt.NDArray[np.int16]

    @cached_property
    def recent(self) -> Bools:
        """Return which households had a visit lately."""
        return self.visit_day > to_day(self.as_of - LOOK_BACK)

    def place_of(self, key: int) -> int:
        """Return the village of a household, 0 when it is not in the picture."""
        at = int(np.searchsorted(self.keys, np.uint64(key)))
        if at >= len(self.keys) or int(self.keys[at]) != key:
            return 0
        return int(self.regions[at])


def live_households(engine: Engine) -> Keys:
    """Return the keys of the households that have an open card."""
    with reading(engine) as connection:
        rows = connection.execute(
            text("SELECT household FROM cards WHERE stage IN ('open', 'acknowledged')")
        ).all()
    return np.array([from_signed(row[0]) for row in rows], dtype=np.uint64)


def draw(
    state: StateRows, live: Keys, *, as_of: date, policy: IncomePolicy, n_months: int = 13
) -> Picture:
    """Return the picture of a day.

    Parameters
    ----------
    state
        Folded state.
    live
        Households with an open card.
    as_of
        The day.
    policy
        Ages of labour.
    n_months
        Months of the trend, the present one included.

    Notes
    -----
    Reads columns of the whole state once: about 0.2 s for 200,000 members, so callers keep it.
    """
    snapshot = Snapshot(state, as_of, policy)
    members = snapshot.members
    here = read.present(members, to_day(as_of)) & (members["household"] != 0)
    rows = np.flatnonzero(here)
    keys, home = np.unique(members["household"][rows], return_inverse=True)
    home = home.reshape(-1)
    table = state.household_rows(keys)
    found = table >= 0
    own = {
        name: np.where(found, state.households[name][np.maximum(table, 0)], 0).astype(np.int64)
        if len(state.households)
        else np.zeros(len(keys), dtype=np.int64)
        for name in ("region", "visit", "measure")
    }
    group = _Groups(home, len(keys))
    visit = np.maximum(own["visit"], group.most(members["visit"][rows]))
    measure = np.maximum(own["measure"], group.most(members["measure"][rows]))
    services = short_day(members["service_last"][rows]).max(axis=1)
    labour = snapshot.labourer[rows]
    told = members["worked"][rows] | members["idle"][rows]
    last = snapshot.last_month
    lately_told = labour & (lately(told, last, REPORT_MONTHS) > 0)
    month = to_month(as_of)
    months = tuple(range(month - n_months + 1, month + 1))
    return Picture(
        as_of=as_of,
        keys=keys,
        regions=np.where(own["region"] != 0, own["region"], group.most(members["region"][rows])),
        live=np.isin(keys, live),
        visit_day=register_day(visit),
        visit_outcome=register_value(visit) & 0xFF,
        help_day=np.maximum(register_day(measure), group.most(services, empty=NO_DAY)),
        has_labour=group.any(labour),
        reported=group.any(lately_told),
        reported_last_month=group.any(labour & (lately(told, last, 1) > 0)),
        months=months,
        monthly_ends=_by_month(members["ended"][rows], group, months, state.base_month),
    )


def is_complete(month: int, as_of: date) -> bool:
    """Tell whether reports about a month have come by and large.

    Notes
    -----
    An ended job is known 35 days later at the median, so two months are waited for.
    """
    return to_day(as_of) - to_day(month_start(month + 1)) >= 60


@dataclass(frozen=True)
class _Groups:
    home: Ints
    n: int

    def most(self, values: npt.NDArray[np.generic], empty: int = 0) -> Ints:
        out = np.full(self.n, empty, dtype=np.int64)
        np.maximum.at(out, self.home, values.astype(np.int64))
        return out

    def any(self, mask: Bools) -> Bools:
        out = np.zeros(self.n, dtype=bool)
        out[self.home[mask]] = True
        return out

    def count(self, mask: Bools) -> npt.NDArray[np.int16]:
        return np.bincount(self.home[mask], minlength=self.n).astype(np.int16)


def _by_month(
    bits: Keys, group: _Groups, months: tuple[int, ...], base_month: int
) -> npt.NDArray[np.int16]:
    out = np.zeros((len(months), group.n), dtype=np.int16)
    for row, month in enumerate(months):
        bit = month - base_month
        if 0 <= bit < 64:
            out[row] = group.count((bits >> np.uint64(bit)) & np.uint64(1) > 0)
    return out
