"""Evaluators of the rules about work: insurance, jobs, staying home, nobody at work, wages."""

import numpy as np

from alerts.rules.signal import Hits, of_households, of_members
from alerts.rules.situation import Situation, highest_bit, packed_days
from streams.state import read
from streams.state.layout import N_VALUE_MONTHS, VALUE_MONTH_OFFSET
from yujing.domain.calendar import spring_festival
from yujing.domain.codes import EndReason, Insurance, InsuranceStatus, Intent, number
from yujing.domain.days import NEVER, to_day

_STOPPED = (number(InsuranceStatus.SUSPEND), number(InsuranceStatus.TERMINATE))
_LOST = tuple(number(reason) for reason in (
    EndReason.CONTRACT_END, EndReason.LAID_OFF, EndReason.PROJECT_END, EndReason.CLOSED,
    EndReason.WAGE_ARREARS,
))
UNEMPLOYMENT_LINE = number(Insurance.UNEMPLOYMENT)


def insurance_stopped(situation: Situation) -> Hits:
    """Return who was insured as an employee and is not any more for some months.

    Either a line was suspended or terminated and nothing was paid since, or the last paid month
    lies back by the months of the rule, not counting the latest months that are not reported yet.
    """
    months = situation.of_members("rule.insurance_stopped.months")
    lag = situation.of_members("rule.insurance_stopped.report_lag_months")
    within = situation.of_members("rule.insurance_stopped.within_months")
    last_paid = highest_bit(situation.paid)
    now = situation.month - situation.state.base_month
    missing = now - 1 - lag - last_paid
    unpaid = (last_paid >= 0) & (missing >= months)

    lines = situation.members["line"]
    stopped_on = np.where(
        np.isin(read.packed_value(lines).astype(np.int64) & 0xFF, _STOPPED),
        read.packed_day(lines).astype(np.int64), NEVER,
    ).max(axis=1)
    stopped_month = _month_bit(stopped_on, situation)
    told = (stopped_on > NEVER) & (last_paid <= stopped_month) & (now - stopped_month >= months)

    since = np.where(told, stopped_on, situation.month_day(np.minimum(last_paid + 1, 63)))
    gone = np.where(told, now - stopped_month, missing).astype(np.float64)
    mask = (unpaid | told) & (gone <= within) & situation.labour
    mask &= packed_days(situation.members["job_order"]) < since + 31   # not since in another job
    return of_members(situation, mask, since, gone)


def job_ended(situation: Situation) -> Hits:
    """Return who lost work, as far as it is known, and has nothing new for the quiet span.

    An end around the Spring Festival counts only if the work itself ended, or once those who leave
    again have left.
    """
    since = situation.jobless_since
    jobless = situation.day - since
    quiet = situation.of_members("rule.job_ended.quiet_days")
    within = situation.of_members("rule.job_ended.within_days")
    had_work = situation.working_since > NEVER
    mask = (since > NEVER) & had_work & (jobless >= quiet) & (jobless <= within)
    mask &= situation.labour

    festival = _last_festival(situation)
    margin = situation.of_members("festival.quiet_days")
    entry = situation.of_members("festival.entry_after")
    end = situation.members["end"]
    lost = np.isin(read.packed_value(end).astype(np.int64) & 0xFF, _LOST)
    lost &= packed_days(end) >= since
    around = (np.abs(since - festival) <= margin) & ~lost
    mask &= ~(around & (situation.day < festival + entry))
    return of_members(situation, mask, since, jobless)


def stayed_home(situation: Situation) -> Hits:
    """Return who came home around the Spring Festival and neither left again nor works."""
    festival = _last_festival(situation)
    margin = situation.of_members("festival.return_days")
    entry = situation.of_members("festival.entry_after")
    within = situation.of_members("rule.stayed_home.within_days")
    returned = packed_days(situation.members["return_"])
    intent = (read.packed_value(situation.members["return_"]).astype(np.int64) >> 8) & 0xFF
    after = situation.day - festival
    mask = (np.abs(returned - festival) <= margin) & (after >= entry) & (after <= within)
    mask &= packed_days(situation.members["depart"]) <= returned
    mask &= situation.working_since <= returned
    mask &= (intent != number(Intent.BUSINESS)) & situation.labour
    return of_members(situation, mask, returned, situation.day - returned)


def zero_employment(situation: Situation) -> Hits:
    """Return households with labour of which every labourer is known to be jobless for long enough.

    Anybody who works, of whatever age, and any labourer who was not reported on, keeps the
    household off the red list.
    """
    labour, since = situation.labour, situation.jobless_since
    months = situation.of_members("rule.zero_employment.months")
    idle = labour & (since > NEVER) & (situation.day - since >= months * 30)
    n_labour, n_idle = situation.count(labour), situation.count(idle)
    latest = np.full(len(situation.keys), NEVER, dtype=np.int64)
    np.maximum.at(latest, situation.household[idle], since[idle])
    mask = (n_labour > 0) & (n_idle == n_labour) & (situation.count(situation.works) == 0)
    return of_households(mask, latest, n_labour)


def wage_drop(situation: Situation) -> Hits:
    """Return whose wage of the latest reported months lies far below that of the months before.

    The latest month is one of the last three; every month compared must be reported.
    """
    now = situation.month - situation.state.base_month - VALUE_MONTH_OFFSET
    n_low = situation.policy.whole("rule.wage_drop.months", day=situation.as_of)
    n_before = situation.policy.whole("rule.wage_drop.before_months", day=situation.as_of)
    table = situation.members["wage_yuan"]
    n = len(table)
    found, drop = np.zeros(n, dtype=bool), np.full(n, np.nan)
    since = np.full(n, NEVER, dtype=np.int64)
    decided = np.zeros(n, dtype=bool)
    for last in range(now - 1, now - 4, -1):   # the newest month that was reported decides
        first = last - n_low - n_before + 1
        if first < 0 or last >= N_VALUE_MONTHS:
            continue
        reported = np.flatnonzero(~decided & (table[:, last] > 0))
        wages = table[reported, first : last + 1].astype(np.float64)
        low, before = wages[:, n_before:], wages[:, :n_before]
        fallen = 1.0 - low.max(axis=1) / np.maximum(before.mean(axis=1), 1.0)
        share = situation.of_members("rule.wage_drop.share")[reported]
        hit = (wages > 0).all(axis=1) & (fallen >= share - 1e-12)
        rows = reported[hit]
        found[rows] = True
        drop[rows] = np.floor(fallen[hit] * 100 + 1e-9)
        month = np.full(len(rows), last - n_low + 1 + VALUE_MONTH_OFFSET, dtype=np.int64)
        since[rows] = situation.month_day(month)
        decided[reported] = True
    return of_members(situation, found, since, drop)


def _month_bit(days: np.ndarray, situation: Situation) -> np.ndarray:
    """Return the month bit of each day, -1 for NEVER."""
    months = np.maximum(days, 0).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    return np.where(days > NEVER, months + 1970 * 12 - situation.state.base_month, -1)


def _last_festival(situation: Situation) -> int:
    """Return the day of this year's Spring Festival, of last year's before the entry begins."""
    return to_day(spring_festival(situation.as_of.year))
