"""Who is in work on a day, by what is known: employed, jobless, evidence too old, or not asked."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.features.bits import NO_DAY, Bools, Floats, months_since, register_day, register_value
from models.features.snapshot import Snapshot
from yujing.domain.codes import Answer, number

NOT_APPLICABLE, EMPLOYED, JOBLESS, STALE = 0, 1, 2, 3
FRESH_DAYS = 45   # evidence of work older than this says nothing about today (definition of U90)
_LOOK_BACK = 48   # months; the window holds at least as many
_NO, _YES = number(Answer.NO), number(Answer.YES)

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Work:
    """Work of every member row of a state on a day.

    Attributes
    ----------
    status
        NOT_APPLICABLE, EMPLOYED, JOBLESS or STALE.
    evidence_day
        Last day on which work is confirmed, `NO_DAY` never.
    start_day, end_day
        Start of the latest job and latest end of a job, `NO_DAY` never.
    jobless_days
        Days since work ended, NaN unless jobless.
    """

    status: npt.NDArray[np.uint8]
    evidence_day: Integers
    start_day: Integers
    end_day: Integers
    jobless_days: Floats


def month_ends(snapshot: Snapshot, places: Floats) -> Integers:
    """Return the last day of months by place in the window, `NO_DAY` for NaN."""
    return month_starts(snapshot, places + 1) - np.where(np.isnan(places), 0, 1)


def month_starts(snapshot: Snapshot, places: Floats) -> Integers:
    """Return the first day of months by place in the window, `NO_DAY` for NaN."""
    missing = np.isnan(places)
    months = np.where(missing, 0, places).astype(np.int64) + snapshot.state.base_month - 1970 * 12
    days = months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    return np.where(missing, NO_DAY, days)


def work_of(snapshot: Snapshot) -> Work:
    """Return the work of every member row.

    Notes
    -----
    A month reported as worked counts up to its end, except when a job ended in that month and none
    began after it. A visit's answer counts like a report of its day. An end, an idle month or a
    visit later than the last evidence of work makes jobless.
    """
    members = snapshot.members
    month_now = snapshot.last_month + 1   # a payment or visit may speak of the running month
    start = register_day(members["job_order"])
    end = register_day(members["end"])
    asked = register_day(members["visit"])
    answer = (register_value(members["visit"]) >> 8) & 0xF
    confirmed = members["worked"] | np.bitwise_or.reduce(members["paid"], axis=1)
    worked = month_now - months_since(confirmed, month_now, _LOOK_BACK)
    idle = month_now - months_since(members["idle"] & ~confirmed, month_now, _LOOK_BACK)

    ended_in = _places(snapshot, end)
    over = (end > NO_DAY) & (end >= start) & ~(worked > ended_in)
    month_evidence = np.where(
        over, np.minimum(month_ends(snapshot, worked), end), month_ends(snapshot, worked)
    )
    visited = np.where(answer == _YES, asked, NO_DAY)
    evidence = np.maximum.reduce([month_evidence, start, visited, np.where(over, end, NO_DAY)])
    evidence = np.minimum(evidence, snapshot.day - 1)

    idle_from = month_starts(snapshot, idle)
    idle_later = (idle_from > NO_DAY) & ~(worked >= idle) & (start < idle_from)
    refuted = (answer == _NO) & (asked > evidence)
    jobless = ((over | idle_later) & ~(visited > np.maximum(end, idle_from))) | refuted
    since = np.where(over, end, np.where(evidence > NO_DAY, evidence, idle_from - 1))
    return _judged(snapshot, jobless, evidence, start, end, since)


def _places(snapshot: Snapshot, days: Integers) -> Floats:
    """Return the place in the window of the month of each day, NaN for never."""
    dates = np.maximum(days, NO_DAY // 2).astype("datetime64[D]").astype("datetime64[M]")
    places = dates.astype(np.int64) + 1970 * 12 - snapshot.state.base_month
    return np.where(days > NO_DAY, places, np.nan)


def _judged(
    snapshot: Snapshot, jobless: Bools, evidence: Integers, start: Integers, end: Integers,
    since: Integers,
) -> Work:
    """Return the statuses that follow from the evidence."""
    fresh = (snapshot.day - evidence <= FRESH_DAYS) & (evidence > NO_DAY)
    status = np.where(jobless, JOBLESS, np.where(fresh, EMPLOYED, STALE))
    status = np.where(snapshot.labourer, status, NOT_APPLICABLE).astype(np.uint8)
    days = np.where((status == JOBLESS) & (since > NO_DAY), snapshot.day - 1 - since, np.nan)
    return Work(status, evidence, start, end, np.maximum(days, 0, where=~np.isnan(days), out=days))


__all__ = [
    "EMPLOYED", "FRESH_DAYS", "JOBLESS", "NOT_APPLICABLE", "STALE", "Work", "month_ends",
    "month_starts", "work_of",
]
