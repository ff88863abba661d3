"""Snapshots of the numbers: kept by the sweep, read for "against last month" and for the trend."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Engine, text

from dashboards.counts import Cell, VillageCounts
from yujing.access.scope import Scope
from yujing.domain.days import from_day, to_day
from yujing.storage.migration import Migration, SqliteStore, migrate, read_migrations
from yujing.storage.sqlite import reading, writing

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
        migrate(SqliteStore(engine), self.migrations())
        self._engine = engine

    @staticmethod
    def migrations() -> list[Migration]:
        """Return the migrations of this room."""
        return read_migrations("dashboards", "dashboards")

    def keep(self, as_of: date, counts: Mapping[str, VillageCounts]) -> None:
        """Keep the numbers of a day; what was kept of it before is replaced as a whole."""
        day = to_day(as_of)
        rows = [
            {"day": day, "number": number, "village": village, "n": n, "of": of}
            for number, cells in counts.items()
            for village, n, of in cells.rows()
        ]
        with writing(self._engine) as connection:
            connection.execute(text("DELETE FROM board_snapshot WHERE as_of = :day"), {"day": day})
            if rows:
                connection.execute(
                    text("INSERT INTO board_snapshot VALUES (:day, :village, :number, :n, :of)"),
                    rows,
                )

    def near(self, number: str, scope: Scope, wanted: date) -> Past | None:
        """Return a number as it was on a day or at most six days before, None without data."""
        least, largest = scope.bounds
        sql = text(
            "SELECT as_of, sum(numerator), sum(denominator) FROM board_snapshot"
            " WHERE number = :number AND village BETWEEN :least AND :largest AND as_of = ("
            "  SELECT max(as_of) FROM board_snapshot"
            "  WHERE number = :number AND as_of BETWEEN :first AND :last) GROUP BY as_of"
        )
        last = to_day(wanted)
        values = {"number": number, "least": least, "largest": largest}
        span = {"first": last - NEAR.days, "last": last}
        with reading(self._engine) as connection:
            row = connection.execute(sql, values | span).first()
        return None if row is None else Past(from_day(row[0]), Cell(int(row[1]), int(row[2])))

    def series(self, number: str, scope: Scope, first: date, last: date) -> list[Past]:
        """Return a number on every day that has a snapshot, in order."""
        least, largest = scope.bounds
        sql = text(
            "SELECT as_of, sum(numerator), sum(denominator) FROM board_snapshot"
            " WHERE number = :number AND village BETWEEN :least AND :largest"
            " AND as_of BETWEEN :first AND :last GROUP BY as_of ORDER BY as_of"
        )
        values = {"number": number, "least": least, "largest": largest}
        span = {"first": to_day(first), "last": to_day(last)}
        with reading(self._engine) as connection:
            rows = connection.execute(sql, values | span).all()
        return [Past(from_day(row[0]), Cell(int(row[1]), int(row[2]))) for row in rows]
