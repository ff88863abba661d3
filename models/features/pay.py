"""Wages and self-paid cost by month, read from the last months of the window."""

import numpy as np
import numpy.typing as npt

from models.features.bits import Floats, months_counted
from models.features.snapshot import Snapshot
from streams.state.layout import N_VALUE_MONTHS, VALUE_MONTH_OFFSET

Values = npt.NDArray[np.uint16]


def months_of_values(values: Values, last: int, n: int) -> Values:
    """Return the columns of the `n` months that end with month `last` of the window.

    Months outside of the kept ones are left out.
    """
    end = min(last - VALUE_MONTH_OFFSET + 1, N_VALUE_MONTHS)
    return values[:, max(end - n, 0):max(end, 0)]


def mean_known(values: Values) -> Floats:
    """Return the mean over months with a value, NaN where no month has one."""
    total = values.sum(axis=1, dtype=np.float64)
    count = (values > 0).sum(axis=1)
    mean: Floats = np.divide(total, count, out=np.full(len(values), np.nan), where=count > 0)
    return mean


def recent_wage(snapshot: Snapshot) -> Floats:
    """Return the mean monthly wage reported for the last three months, NaN unknown."""
    return mean_known(months_of_values(snapshot.members["wage_yuan"], snapshot.last_month, 3))


def earlier_wage(snapshot: Snapshot) -> Floats:
    """Return the mean monthly wage of the nine months before the last three, NaN unknown."""
    wages = snapshot.members["wage_yuan"]
    return mean_known(months_of_values(wages, snapshot.last_month - 3, 9))


def wages_in_job(snapshot: Snapshot, start: npt.NDArray[np.int64]) -> Values:
    """Return the kept months' wages with those before the present job's first whole month as 0.

    Parameters
    ----------
    start
        Day on which the present job began, very early when unknown: then all months count.
    """
    wages = snapshot.members["wage_yuan"]
    began = np.maximum(start, 0).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    first = began + 1970 * 12 - snapshot.state.base_month - VALUE_MONTH_OFFSET + 1
    return np.where(np.arange(N_VALUE_MONTHS) >= first[:, None], wages, 0).astype(np.uint16)


def newest_wage(snapshot: Snapshot, wages: Values) -> Floats:
    """Return the wage of the last month, of the month before where it is missing, NaN unknown."""
    months = months_of_values(wages, snapshot.last_month, 2)
    if months.shape[1] < 2:
        return mean_known(months)
    newest = np.where(months[:, 1] > 0, months[:, 1], months[:, 0]).astype(np.float64)
    return np.where(newest > 0, newest, np.nan)


def wage_before(snapshot: Snapshot, wages: Values) -> Floats:
    """Return the mean wage of the six months before the last two, NaN unknown."""
    return mean_known(months_of_values(wages, snapshot.last_month - 2, 6))


def year_wages(snapshot: Snapshot) -> Floats:
    """Return the wages of twelve months: mean wage times months worked; 0 without work.

    Notes
    -----
    NaN where work was reported and no wage with it.
    """
    members, last = snapshot.members, snapshot.last_month
    wage = mean_known(months_of_values(members["wage_yuan"], last, 12))
    months = months_counted(members["worked"], last, 12)
    return np.where(months > 0, wage * months, 0.0)


def self_paid(snapshot: Snapshot, n: int) -> Floats:
    """Return the self-paid medical cost of the last `n` months and the running one in yuan."""
    costs = snapshot.members["self_pay_yuan"]
    months = months_of_values(costs, snapshot.last_month + 1, n + 1)
    total: Floats = months.sum(axis=1, dtype=np.float64)
    return total
