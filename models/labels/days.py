"""From dated changes and reported months to days: worked, idle or unknown, and their spells."""

import numpy as np
import numpy.typing as npt
from numba import njit

UNREPORTED, WORKED, IDLE = 0, 1, 2
_BRIDGE_DAYS = 45   # an unreported stretch up to this long inside one job counts as worked
_LAST_DAYS = 10     # an unreported stretch that only begins in the horizon's last days says nothing

Grid = npt.NDArray[np.int8]


@njit(cache=True, nogil=True)
def day_grid(
    changes: npt.NDArray[np.int64], vague: npt.NDArray[np.bool_], months: npt.NDArray[np.int8],
    paid: npt.NDArray[np.bool_], month_of_day: npt.NDArray[np.int64],
) -> tuple[Grid, npt.NDArray[np.bool_]]:
    """Return what each person did on each day, and whether idle days follow a hard end.

    Parameters
    ----------
    changes
        Sorted rows of (person, day, 1 start | 0 end | -1 hard end).
    vague
        Days on which a change may have happened that is known to the month only.
    months
        1 reported worked, -1 reported idle, 0 not reported; per person and month.
    paid
        Whether an employee contribution was paid; per person and month.
    month_of_day
        Month of each day of the window.

    Notes
    -----
    A day after an end is idle until a start, whatever that month's report says of the days before
    it. In a later month a report of work (or a contribution) is explained by a start in that month;
    without one it leaves that month unknown, for it may be copied from the month before, and from
    then on the reports alone speak. A day in a job is worked when its month is reported worked or
    paid, or when it is in the month of the start; a later month reported idle makes it idle
    although no end is known.
    """
    n_persons, n_days = vague.shape
    grid = np.zeros((n_persons, n_days), dtype=np.int8)
    hard = np.zeros((n_persons, n_days), dtype=np.bool_)
    at = 0
    for person in range(n_persons):
        job, is_hard, since = -1, False, -1   # job: -1 nothing known, 0 ended, 1 begun
        for day in range(n_days):
            month = month_of_day[day]
            # an end says that its own day was still worked
            while at < len(changes) and changes[at, 0] == person and changes[at, 1] < day + 1:
                step = changes[at, 2]
                if step == 1:
                    job, is_hard, since = 1, False, month
                elif changes[at, 1] < day:
                    job, is_hard, since = 0, step == -1, month
                else:
                    break
                at += 1
            report, insured = months[person, month], paid[person, month]
            coming = at < len(changes) and changes[at, 0] == person and (
                changes[at, 2] == 1 and month_of_day[changes[at, 1]] == month
            )
            if job == 0 and month > since and (report == 1 or insured) and not coming:
                job, since = -1, month   # some start was never reported, or the report is a copy
            if vague[person, day]:
                continue
            grid[person, day] = _judged(job, since, month, report, insured)
            hard[person, day] = job == 0 and is_hard
        while at < len(changes) and changes[at, 0] == person:
            at += 1
    return grid, hard


@njit(cache=True, nogil=True)
def _judged(job: int, since: int, month: int, report: int, insured: bool) -> int:
    """Return what a day was, given the latest change and what is said of its month."""
    if job == 0:
        return IDLE
    if job == -1 and month == since:
        return UNREPORTED
    if report == 1 or insured:
        return WORKED
    if job == 1 and month == since:
        return WORKED
    return IDLE if report == -1 else UNREPORTED


@njit(cache=True, nogil=True)
def spells(
    grid: Grid, today: int, horizon: int, least: int
) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.int32], npt.NDArray[np.bool_]]:
    """Return whether a spell of `least` idle days begins within `horizon` days after `today`.

    Parameters
    ----------
    grid
        Worked, idle or unreported, per person and day.
    today
        Column of the day of the question.

    Returns
    -------
    y, onset (column of its first idle day), and who was already idle at `today`.

    Notes
    -----
    Certainly yes: `least` idle days in a row whose first lies in the horizon. Certainly no: no run
    of days that are not worked could be such a spell. Everything else is unknown (-1).
    """
    n, n_days = grid.shape
    y = np.zeros(n, dtype=np.int8)
    onset = np.zeros(n, dtype=np.int32)
    already = np.zeros(n, dtype=np.bool_)
    for person in range(n):
        if grid[person, today] == IDLE:
            already[person] = True
            y[person] = -1
            continue
        day = today + 1
        while day < n_days:
            if grid[person, day] == WORKED:
                day += 1
                continue
            begin = day
            if begin > today + horizon:
                break
            first_idle, longest = -1, 0
            run = 0
            while day < n_days and grid[person, day] != WORKED:
                run = run + 1 if grid[person, day] == IDLE else 0
                if run == least and first_idle < 0:
                    first_idle = day - least + 1
                longest = max(longest, run)
                day += 1
            if first_idle >= 0 and first_idle <= today + horizon:
                y[person] = 1
                onset[person] = first_idle
                break
            if first_idle >= 0 or _could_hide(grid, person, begin, day, least, today + horizon):
                y[person] = -1
    return y, onset, already


@njit(cache=True, nogil=True)
def _could_hide(
    grid: Grid, person: int, begin: int, end: int, least: int, last: int
) -> bool:
    """Return whether days that are not known to be worked could hold a spell.

    A short unreported stretch between worked days is a late report, not a spell.
    """
    if end - begin < least:
        return False
    for day in range(begin, end):
        if grid[person, day] == IDLE:
            return True
    if begin + _LAST_DAYS > last:
        return False
    return end - begin > _BRIDGE_DAYS or end == grid.shape[1]
