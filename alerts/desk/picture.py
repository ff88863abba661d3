"""The desk as dealing sees it, read in one transaction."""

from datetime import date

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, func, select

from alerts.desk.dealt import read_standing
from alerts.desk.holds import WAITING
from alerts.desk.queries import n_live
from alerts.desk.tables import (
    CARDS,
    COOL_DOWNS,
    COUNTY_SIZES,
    DEALS,
    HELD,
    HELD_CARDS,
    PAUSED,
    is_live,
)
from alerts.view import COOL_DOWN, OPENED, DeskView
from yujing.domain.days import to_day
from yujing.storage.signed import from_signed


def read_view(connection: Connection, as_of: date) -> DeskView:
    """Return the view of the desk for a deal of a day."""
    month = as_of.replace(day=1).isoformat()
    today = as_of.isoformat()
    this_month = (CARDS.c.opened_on >= month) & (CARDS.c.opened_on <= today)
    count = select(CARDS.c.region, func.count()).where(this_month).group_by(CARDS.c.region)
    claimed = select(DEALS.c.village).where(DEALS.c.day == today)
    held = select(HELD_CARDS.c.household).join(HELD, HELD.c.id == HELD_CARDS.c.held)
    sizes = select(COUNTY_SIZES.c.county, COUNTY_SIZES.c.households)
    return DeskView(
        open_households=_keys(connection, select(CARDS.c.household).where(is_live())),
        open_persons=_keys(
            connection, select(CARDS.c.person).where(is_live(), CARDS.c.person != 0)),
        used={row[0]: row[1] for row in connection.execute(count)},
        audits={
            row[0]: row[1] for row in connection.execute(count.where(CARDS.c.kind == "audit"))
        },
        live=n_live(connection),
        dealt_today=frozenset(connection.execute(claimed).scalars()),
        cool_downs=_cool_downs(connection, today),
        held=_keys(connection, held.where(HELD.c.stage == WAITING)),
        paused=_keys(connection, select(PAUSED.c.household)),
        opened_today=_opened(connection, today),
        standing=read_standing(connection),
        county_households={row[0]: row[1] for row in connection.execute(sizes)},
    )


def _keys(connection: Connection, query: object) -> npt.NDArray[np.uint64]:
    """Return signed keys of a query as an array, rising, each once."""
    rows = connection.execute(query).scalars().all()  # type: ignore[call-overload]  # any select
    return np.unique(np.array(rows, dtype=np.int64).view(np.uint64))


def _cool_downs(connection: Connection, today: str) -> npt.NDArray[np.void]:
    query = select(COOL_DOWNS).where(COOL_DOWNS.c.until_on >= today).order_by(COOL_DOWNS.c.id)
    rows = connection.execute(query).mappings().all()
    table = np.zeros(len(rows), dtype=COOL_DOWN)
    for place, row in enumerate(rows):
        table[place] = (
            from_signed(row["household"]), row["kinds"], row["level"], row["score_reason"],
            to_day(date.fromisoformat(row["until_on"])),
        )
    return table


def _opened(connection: Connection, today: str) -> npt.NDArray[np.void]:
    query = select(
        CARDS.c.region, CARDS.c.level, CARDS.c.rule, CARDS.c.source, CARDS.c.employer, CARDS.c.file,
    ).where(CARDS.c.opened_on == today, CARDS.c.kind.in_(("fact", "seasonal")))
    rows = connection.execute(query).all()
    table = np.zeros(len(rows), dtype=OPENED)
    for place, row in enumerate(rows):
        table[place] = (*row[:4], from_signed(row[4]), from_signed(row[5]))
    return table
