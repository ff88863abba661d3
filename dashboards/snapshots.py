"""Snapshots of the numbers: kept by the sweep, read for "against last month" and for the trend."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Engine, Select, delete, func, insert, select

from dashboards.counts import Cell, VillageCounts
from dashboards.tables import BOARD_SNAPSHOT, ROOM
from yujing.access.scope import Scope
from yujing.domain.days import from_day, to_day
from yujing.storage.revisions import migrate_sql
from yujing.storage.sql import reading, take_turn, writing

NEAR = timedelta(days=6)  # a weekly sweep still has a snapshot for every day asked


@dataclass(frozen=True, slots=True)
class Past:
    """A number as it was on a day."""

    day: date
    cell: Cell


class Snapshots:
    """The snapshots in the desk database.

    Parameters
    ----------
    engine
        Database; missing tables are made.
    """

    def __init__(self, engine: Engine) -> None:
        migrate_sql(engine, ROOM)
        self._engine = engine

    def keep(self, as_of: date, counts: Mapping[str, VillageCounts]) -> None:
        """Keep the numbers of a day; what was kept of it before is replaced as a whole."""
        day = to_day(as_of)
        rows = [
            {"as_of": day, "number": number, "village": village, "numerator": n, "denominator": of}
            for number, cells in counts.items()
            for village, n, of in cells.rows()
        ]
        with writing(self._engine) as connection:
            take_turn(connection, "snapshots")
            connection.execute(delete(BOARD_SNAPSHOT).where(BOARD_SNAPSHOT.c.as_of == day))
            if rows:
                connection.execute(insert(BOARD_SNAPSHOT), rows)

    def near(self, number: str, scope: Scope, wanted: date) -> Past | None:
        """Return a number as it was on a day or at most six days before, None without data."""
        last = to_day(wanted)
        newest = select(func.max(BOARD_SNAPSHOT.c.as_of)).where(
            BOARD_SNAPSHOT.c.number == number,
            BOARD_SNAPSHOT.c.as_of.between(last - NEAR.days, last),
        )
        query = _by_day(number, scope).where(BOARD_SNAPSHOT.c.as_of == newest.scalar_subquery())
        with reading(self._engine) as connection:
            row = connection.execute(query).first()
        return None if row is None else Past(from_day(row[0]), Cell(int(row[1]), int(row[2])))

    def series(self, number: str, scope: Scope, first: date, last: date) -> list[Past]:
        """Return a number on every day that has a snapshot, in order."""
        span = BOARD_SNAPSHOT.c.as_of.between(to_day(first), to_day(last))
        query = _by_day(number, scope).where(span).order_by(BOARD_SNAPSHOT.c.as_of)
        with reading(self._engine) as connection:
            rows = connection.execute(query).all()
        return [Past(from_day(row[0]), Cell(int(row[1]), int(row[2]))) for row in rows]


def _by_day(number: str, scope: Scope) -> Select[int, int, int]:
    """Return the query of a number over a region, by day."""
    board = BOARD_SNAPSHOT.c
    return (
        select(board.as_of, func.sum(board.numerator), func.sum(board.denominator))
        .where(board.number == number, board.village.between(*scope.bounds))
        .group_by(board.as_of)
    )
