"""U90-sf: whether a spell of 30 days or more without work begins within 90 days.

Work is reported by month, ends and starts by day or month, and late. So each day of the window is
worked, idle or unknown, and a label is given only where the answer does not depend on the unknown
days. Days around the Spring Festival on which somebody is merely at home do not count.
"""

from datetime import date

import numpy as np
import numpy.typing as npt

from models.labels.days import IDLE, WORKED, day_grid, spells
from models.labels.knowledge import IDENTITY_LINK, Knowledge, resolve
from models.labels.outcome import UNKNOWN, Outcomes, label_date
from streams.fact import FactArray
from yujing.domain.calendar import spring_festival
from yujing.domain.codes import Answer, EndReason, Insurance, number
from yujing.domain.days import from_day, to_day, to_month

U90_HORIZON_DAYS = 90
SPELL_DAYS = 30
FESTIVAL_DAYS, REDEPARTED_DAYS = 20, 35   # around the festival; when who leaves again has left
_BEFORE_DAYS = 400                        # how far back a job's start or end still says something
_AFTER_DAYS = U90_HORIZON_DAYS + SPELL_DAYS + 2 * REDEPARTED_DAYS

_START, _END, _MONTHLY, _PAYMENT, _DEPART, _VISIT = 7, 8, 9, 14, 16, 24
_KINDS = (_START, _END, _MONTHLY, _PAYMENT, _DEPART, _VISIT)
_EMPLOYEE_LINES = [number(line) for line in (
    Insurance.EMPLOYEE_PENSION, Insurance.UNEMPLOYMENT, Insurance.EMPLOYEE_MEDICAL,
    Insurance.WORK_INJURY)]
_HARD = [number(reason) for reason in (
    EndReason.CONTRACT_END, EndReason.LAID_OFF, EndReason.PROJECT_END, EndReason.CLOSED)]
_NO, _YES = number(Answer.NO), number(Answer.YES)

LABELLED, ALREADY_IDLE, NOT_SETTLED = 0, 1, 2

Keys = npt.NDArray[np.uint64]
_Evidence = tuple[
    npt.NDArray[np.int64], npt.NDArray[np.bool_], npt.NDArray[np.int8], npt.NDArray[np.bool_]
]


def u90(
    knowledge: Knowledge, as_of: date, cohort: Keys, *, known: date | None = None
) -> Outcomes:
    """Return whether each employed person of a cohort lost work within 90 days.

    Parameters
    ----------
    knowledge
        The history.
    as_of
        The day of the question.
    cohort
        Persons in work on `as_of` by what was known then.
    known
        Day of the knowledge that is used; by default the label date, 150 days later.

    Returns
    -------
    Outcomes; `reason` is LABELLED, ALREADY_IDLE (a later report says that work had ended before
    `as_of`) or NOT_SETTLED.
    """
    known = known or label_date(as_of, U90_HORIZON_DAYS)
    links = knowledge.effective(known, (IDENTITY_LINK,))
    persons, place_of = np.unique(resolve(cohort, links), return_inverse=True)
    first = to_day(as_of) - _BEFORE_DAYS
    facts = knowledge.effective(known, _KINDS, since=first)
    n_days = _BEFORE_DAYS + _AFTER_DAYS
    evidence, departures = _evidence(facts, links, persons, first, n_days)
    grid, hard = day_grid(*evidence, _month_of_day(first, n_days))
    _forgive_festivals(grid, hard, departures, first)
    y, onset, already = spells(grid, _BEFORE_DAYS, U90_HORIZON_DAYS, SPELL_DAYS)
    reason = np.where(already, ALREADY_IDLE, np.where(y == UNKNOWN, NOT_SETTLED, LABELLED))
    day = np.where(y == 1, onset + first, 0).astype(np.int32)
    return Outcomes(cohort, y[place_of], day[place_of], reason[place_of].astype(np.uint8))


def _month_of_day(first: int, n_days: int) -> npt.NDArray[np.int64]:
    """Return for each day of the window the number of its month since the window's first."""
    days = np.arange(first, first + n_days).astype("datetime64[D]").astype("datetime64[M]")
    months: npt.NDArray[np.int64] = days.astype(np.int64)
    since_first: npt.NDArray[np.int64] = months - months[0]
    return since_first


def _evidence(
    facts: FactArray, links: FactArray, persons: Keys, first: int, n_days: int
) -> tuple[_Evidence, npt.NDArray[np.int64]]:
    """Return the evidence that makes up the days, and the departures as (person, day).

    Returns
    -------
    changes
        Rows of (person, day in the window, 1 start | 0 end | -1 hard end), sorted; on one day an
        end comes before a start. Of changes known to the month only, an end stands on the month's
        first day and a start on its last: people change jobs, so it is an end and then a start.
    vague
        Per person and day whether such a change, or one that no report names, may lie on it.
    months
        Per person and month of the window 1 worked, -1 idle, 0 not reported.
    paid
        Per person and month whether an employee contribution was paid.
    """
    subject = resolve(facts["subject"], links)
    who = np.minimum(np.searchsorted(persons, subject), len(persons) - 1)
    mine = len(persons) > 0 and persons[who] == subject
    facts, who = facts[mine], who[mine]
    kind = facts["kind"]

    said = (kind == _VISIT) & (facts["worked"] > 0)
    start = (kind == _START) | (said & (facts["worked"] == _YES))
    end = (kind == _END) | (said & (facts["worked"] == _NO))
    step = np.where(start, 1, np.where(np.isin(facts["reason"], _HARD) & (kind == _END), -1, 0))
    low, high = facts["occurred_from"] - first, facts["occurred_to"] - first
    day = np.where(start, high, low)
    dated = (start | end) & (low >= 0) & (high < n_days)
    changes = np.column_stack([who[dated], day[dated], step[dated]]).astype(np.int64)
    changes = changes[np.lexsort((changes[:, 2] == 1, changes[:, 1], changes[:, 0]))]

    n_months = int(_month_of_day(first, n_days)[-1]) + 1
    place = facts["month"] - to_month(from_day(first))
    inside = (place >= 0) & (place < n_months)
    months = np.zeros((len(persons), n_months), dtype=np.int8)
    for answer, value in ((_NO, -1), (_YES, 1)):   # yes last: two reports of a month mean work
        rows = inside & (kind == _MONTHLY) & (facts["worked"] == answer)
        months[who[rows], place[rows]] = value
    month_of_day = _month_of_day(first, n_days)
    vague = _painted(who, low, high, dated & (low < high), (len(persons), n_days))
    vague |= _turning(months, changes, month_of_day)[:, month_of_day]
    paid = np.zeros((len(persons), n_months), dtype=np.bool_)
    rows = inside & (kind == _PAYMENT) & np.isin(facts["insurance"], _EMPLOYEE_LINES)
    paid[who[rows], place[rows]] = True
    left = (kind == _DEPART) & (low >= 0) & (low < n_days)
    return (changes, vague, months, paid), np.column_stack([who[left], low[left]])


def _turning(
    months: npt.NDArray[np.int8], changes: npt.NDArray[np.int64],
    month_of_day: npt.NDArray[np.int64],
) -> npt.NDArray[np.bool_]:
    """Return worked months beside an idle one without any change known in either.

    Somebody worked on some days of such a month; on which is not known.
    """
    changed = np.zeros(months.shape, dtype=np.bool_)
    changed[changes[:, 0], month_of_day[changes[:, 1]]] = True
    turn = np.zeros(months.shape, dtype=np.bool_)
    for now, other in ((np.s_[:, :-1], np.s_[:, 1:]), (np.s_[:, 1:], np.s_[:, :-1])):
        turn[now] |= (months[now] == 1) & (months[other] == -1) & ~(changed[now] | changed[other])
    return turn


def _painted(
    who: npt.NDArray[np.int64], low: npt.NDArray[np.int32], high: npt.NDArray[np.int32],
    rows: npt.NDArray[np.bool_], shape: tuple[int, int],
) -> npt.NDArray[np.bool_]:
    """Return which days lie in some interval of their person."""
    steps = np.zeros((shape[0], shape[1] + 1), dtype=np.int16)
    np.add.at(steps, (who[rows], low[rows]), 1)
    np.add.at(steps, (who[rows], high[rows] + 1), -1)
    return np.asarray(np.cumsum(steps, axis=1, dtype=np.int16)[:, :-1] > 0)


def _forgive_festivals(
    grid: npt.NDArray[np.int8], hard: npt.NDArray[np.bool_],
    departures: npt.NDArray[np.int64], first: int,
) -> None:
    """Take idle days around a festival as worked where the person left again, unless laid off."""
    n_days = grid.shape[1]
    for year in range(from_day(first).year, from_day(first + n_days).year + 1):
        festival = to_day(spring_festival(year)) - first
        begin, end = max(festival - FESTIVAL_DAYS, 0), min(festival + FESTIVAL_DAYS + 1, n_days)
        settled = min(festival + REDEPARTED_DAYS + 1, n_days)
        if end <= begin:
            continue
        back = (grid[:, max(festival, 0):settled] == WORKED).any(axis=1)
        left_again = (departures[:, 1] >= festival) & (departures[:, 1] < settled)
        back[departures[left_again, 0]] = True
        window = grid[:, begin:end]
        window[(window == IDLE) & ~hard[:, begin:end] & back[:, None]] = WORKED


__all__ = ["ALREADY_IDLE", "LABELLED", "NOT_SETTLED", "U90_HORIZON_DAYS", "u90"]
