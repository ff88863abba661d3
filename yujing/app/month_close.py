"""The close of a month: who said nothing of whom becomes a fact, `coverage.gap`.

A month closes on the 5th working day of the second month after it. What is told later withdraws the
gap, for half a year. Any process may work it out, as often as it likes: the same facts give the
same gaps, and what was said already is not said again.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import structlog
from sqlalchemy import select

from alerts.rules.situation import Situation
from streams.coverage import COLUMNS, KIND, GapChanges, gap_changes, gap_lines
from yujing.app.county import County
from yujing.app.own_events import own_grant, say
from yujing.app.source_tables import MONTH_CLOSE
from yujing.domain.calendar import Calendar
from yujing.domain.days import month_start, to_month
from yujing.storage.sql import reading, upsert, writing

CLOSES_AFTER = 5  # working days of the second month after; domain of the monthly sheets
LOOKED_AT = 6  # closed months that are looked at again for what was told late
ORIGIN = "month close"  # where its dead letters came from, if ever
_OURS = own_grant(KIND)

Keys = npt.NDArray[np.uint64]


@dataclass(frozen=True)
class MonthClosed:
    """What became of a month.

    Parameters
    ----------
    labourers, gaps
        Who should have been told of, and of whom nothing was said.
    opened, withdrawn
        What changed now.
    """

    month: int
    labourers: int
    gaps: int
    opened: int
    withdrawn: int


def closes_on(month: int, calendar: Calendar) -> date:
    """Return the day on which a month closes.

    Examples
    --------
    >>> closes_on(2026 * 12 + 8, Calendar.load())   # September, over the first week of November
    datetime.date(2026, 11, 6)
    """
    days = calendar.workdays_of_month(month_start(month + 2))
    return days[CLOSES_AFTER - 1]


def closed_months(today: date, calendar: Calendar) -> list[int]:
    """Return the newest months that are closed, the oldest first."""
    newest = to_month(today) - 1
    while closes_on(newest, calendar) > today:
        newest -= 1
    return list(range(newest - LOOKED_AT + 1, newest + 1))


def silent_labourers(county: County, month: int) -> tuple[int, Keys]:
    """Return how many labourers there were in a month, and those of whom nothing was said.

    Nobody is asked for before the first month of which anything was said at all.
    """
    situation = Situation(county.state, month_start(month + 1), county.policy)
    bit = month - county.state.base_month
    said = situation.members["worked"] | situation.members["idle"]
    if bit < 0 or not (said & np.uint64((1 << (bit + 1)) - 1)).any():
        return 0, np.empty(0, dtype=np.uint64)
    labour = situation.labour
    silent = labour & ((said >> np.uint64(bit)) & np.uint64(1) == 0)
    return int(labour.sum()), np.unique(situation.members["key"][silent])


def close_months(county: County) -> list[MonthClosed]:
    """Say of every closed month who is missing, and withdraw what was told since."""
    if county.settings.distributed:
        _ = county.stream_door  # takes long to open: not while others wait
    done = [_close(county, month) for month in closed_months(county.today(), county.calendar)]
    _keep(county, done)
    for one in done:
        if one.opened or one.withdrawn:
            structlog.get_logger().info(
                "month_closed", month=f"{month_start(one.month):%Y-%m}", gaps=one.gaps,
                labourers=one.labourers, opened=one.opened, withdrawn=one.withdrawn,
            )  # fmt: skip
    return done


def gaps_by_month(county: County) -> dict[int, tuple[int, int]]:
    """Return the number of gaps and of labourers of each month that was closed."""
    table = MONTH_CLOSE.c
    query = select(table.month, table.gaps, table.labourers).order_by(table.month)
    with reading(county.engine) as connection:
        return {month: (gaps, labourers) for month, gaps, labourers in connection.execute(query)}


def _close(county: County, month: int) -> MonthClosed:
    with county.busy:
        labourers, silent = silent_labourers(county, month)
        told = county.log.of_month(KIND, month, columns=COLUMNS)
    changes = gap_changes(silent, told)
    _say(county, changes, month)
    return MonthClosed(month, labourers, len(silent), changes.opened, changes.withdrawn)


def _say(county: County, changes: GapChanges, month: int) -> None:
    for lines in gap_lines(changes, month):  # between two batches pages are served
        say(county, lines, _OURS, ORIGIN)


def _keep(county: County, done: list[MonthClosed]) -> None:
    rows = [
        {"month": one.month, "closed_at": county.now_s(), "labourers": one.labourers,
         "gaps": one.gaps, "looked_at": county.now_s()}
        for one in done
    ]  # fmt: skip
    with writing(county.engine) as connection:
        keep = upsert(
            connection, MONTH_CLOSE, key=("month",), columns=("labourers", "gaps", "looked_at")
        )
        connection.execute(keep, rows)
