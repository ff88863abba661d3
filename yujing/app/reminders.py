"""Reminders of what did not come by its promised day and the days of grace.

A reminder is written down once a feed and period, and closed when the period comes. It says which
source, which month, since when: never anything about a person. Who watches hears of it by the log,
by the metric `yujing_source_late_days`, and on `/sources`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

import structlog
from sqlalchemy import select, update

from yujing.app.county import County
from yujing.app.promises import Standing
from yujing.app.source_register import standings
from yujing.app.source_tables import SOURCE_REMINDER
from yujing.domain.codes import Source
from yujing.domain.days import from_day, month_start, to_day
from yujing.storage.sql import insert_new, reading, writing


@dataclass(frozen=True, slots=True)
class Reminder:
    """That a period did not come in time.

    Parameters
    ----------
    period
        Month number; January of a year for a yearly feed.
    due
        The promised day.
    delivered_at
        When it was found that it had come; None while it is missing.
    """

    source: Source
    feed: str
    period: int
    due: date
    reminded_at: datetime
    delivered_at: datetime | None


def remind(county: County) -> int:
    """Write down what is late now, close what came, set the metric; return how many are new."""
    found, today, n_new = standings(county), county.today(), 0
    county.metrics.set("yujing_working_day", int(county.calendar.is_workday(today)))
    for source, feeds in found.items():
        days = max((one.days_late for one in feeds), default=0)
        county.metrics.set("yujing_source_late_days", days, source=source.value)
        for one in feeds:
            for period in one.late:
                if _write_down(county, one, period):
                    n_new += 1
                    structlog.get_logger().warning(
                        "source_late", source=source.value, feed=one.feed.name,
                        period=f"{month_start(period):%Y-%m}",
                        days_late=(today - one.feed.due(period)).days,
                    )  # fmt: skip
    _close(county, found)
    return n_new


def reminders(county: County, *, open_only: bool = False) -> list[Reminder]:
    """Return what was reminded of, the newest first."""
    table = SOURCE_REMINDER.c
    query = select(SOURCE_REMINDER).order_by(
        table.reminded_at.desc(), table.source, table.feed, table.period.desc()
    )
    if open_only:
        query = query.where(table.delivered_at.is_(None))
    with reading(county.engine) as connection:
        return [
            Reminder(
                source=Source(row["source"]),
                feed=row["feed"],
                period=row["period"],
                due=from_day(row["due"]),
                reminded_at=datetime.fromtimestamp(row["reminded_at"], UTC),
                delivered_at=_moment(row["delivered_at"]),
            )
            for row in connection.execute(query).mappings()
        ]


def _write_down(county: County, standing: Standing, period: int) -> bool:
    """Keep a reminder; return whether nobody had been reminded yet."""
    feed = standing.feed
    row = {
        "source": feed.source.value, "feed": feed.name, "period": period,
        "due": to_day(feed.due(period)), "reminded_at": county.now_s(),
    }  # fmt: skip
    with writing(county.engine) as connection:
        return connection.execute(insert_new(connection, SOURCE_REMINDER), row).rowcount > 0


def _close(county: County, found: Mapping[Source, tuple[Standing, ...]]) -> None:
    missing = {
        (source, one.feed.name, period)
        for source, feeds in found.items()
        for one in feeds
        for period in one.missing
    }
    over = [
        one for one in reminders(county, open_only=True)
        if (one.source, one.feed, one.period) not in missing
    ]  # fmt: skip
    table = SOURCE_REMINDER.c
    with writing(county.engine) as connection:
        for one in over:
            connection.execute(
                update(SOURCE_REMINDER)
                .where(
                    table.source == one.source.value,
                    table.feed == one.feed,
                    table.period == one.period,
                )
                .values(delivered_at=county.now_s())
            )


def _moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
