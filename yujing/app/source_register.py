"""Everything that is known of each source: promise, access, deliveries, errors, how complete.

For `yujing sources`, for the page `/sources`, and for reminders. Nothing here names a person.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import msgspec
from sqlalchemy import func, select

from alerts.comparisons.precision import precision_of_sources
from yujing.access.accounts import Account
from yujing.access.roles import Role
from yujing.access.tokens import SourceToken
from yujing.app.completeness import Share, shares_of
from yujing.app.county import County
from yujing.app.paused import PausedSource, PausedSources
from yujing.app.promises import Standing, standing_of
from yujing.app.source_days import SourceDay, first_days, source_days
from yujing.app.tables import DELIVERY, QUALITY_FINDING
from yujing.domain.codes import Source
from yujing.domain.days import from_day, to_day
from yujing.settings import SHANGHAI
from yujing.storage.sql import reading

LOOKED_BACK = timedelta(days=400)  # a year of periods, with the days of grace
RECENT = timedelta(days=30)
_DELIVERIES = 5


@dataclass(frozen=True, slots=True)
class Delivery:
    """A sheet that was delivered.

    Parameters
    ----------
    months
        That it speaks of, as `2026-10`.
    state
        taking, done or refused.
    """

    at: datetime
    mapping: str
    file: str
    months: tuple[str, ...]
    state: str
    counts: Mapping[str, int]


@dataclass(frozen=True)
class SourceReport:
    """What is known of a source.

    Parameters
    ----------
    connected
        Since when it is held to its promises: first token, account or row.
    feeds
        How each feed stands.
    tokens, accounts
        Who may send for it; also tokens that are over.
    read, refused, unmatched
        Rows of the last 30 days.
    findings
        Findings of the data-quality rules of the last 30 days, the most frequent first.
    deliveries
        The last sheets.
    shares
        How complete it is against the register.
    precision
        How often it was right where others said something else, with the number of answers.
    paused
        Why the stream took nothing more of it.
    """

    source: Source
    department: str
    connected: date | None
    feeds: tuple[Standing, ...]
    tokens: tuple[SourceToken, ...] = ()
    accounts: tuple[Account, ...] = ()
    last_at: datetime | None = None
    read: int = 0
    refused: int = 0
    unmatched: int = 0
    findings: tuple[tuple[str, int], ...] = ()
    deliveries: tuple[Delivery, ...] = ()
    shares: tuple[Share, ...] = ()
    precision: tuple[float, int] | None = None
    paused: PausedSource | None = None
    events: tuple[str, ...] = field(default=())

    @property
    def days_late(self) -> int:
        """Days since the promised day of the oldest that is late, 0 in time."""
        return max((feed.days_late for feed in self.feeds), default=0)


def standings(county: County) -> dict[Source, tuple[Standing, ...]]:
    """Return how the feeds of each source stand."""
    return {one.source: one.feeds for one in _grounds(county).values()}


def reports(county: County, sources: Iterable[Source] | None = None) -> list[SourceReport]:
    """Return what is known of sources, in the order of the register.

    Parameters
    ----------
    sources
        Only of these; of all when not given.
    """
    grounds = _grounds(county)
    wanted = [one for one in grounds if sources is None or one in set(sources)]
    tokens, accounts = county.access.tokens.list(), county.access.accounts.list()
    paused = {one.source: one for one in PausedSources(county.engine).list()}
    findings, deliveries = _findings(county), _deliveries(county, wanted)
    shares, right = shares_of(county, wanted), _precision(county)
    return [
        SourceReport(
            source=source, department=county.source_register.department(source),
            connected=grounds[source].connected, feeds=grounds[source].feeds,
            tokens=tuple(one for one in tokens if one.grant.source is source),
            accounts=tuple(one for one in accounts if one.source is source),
            last_at=_last_at(grounds[source]),
            **_counted(grounds[source], county.today()),
            findings=findings.get(source, ()), deliveries=deliveries.get(source, ()),
            shares=tuple(shares.get(source, ())), precision=right.get(source),
            paused=paused.get(source.value), events=county.source_register.events(source),
        )
        for source in wanted
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Ground:
    source: Source
    connected: date | None
    days: list[SourceDay]
    feeds: tuple[Standing, ...]


def _grounds(county: County) -> dict[Source, _Ground]:
    """Return what came from every source, and how its feeds stand."""
    today, register = county.today(), county.source_register
    by_source: dict[str, list[SourceDay]] = {}
    for one in source_days(county.engine, since=to_day(today - LOOKED_BACK)):
        by_source.setdefault(one.source, []).append(one)
    connected = _connected(county)
    found = {}
    for source in register.sources:
        days, since = by_source.get(source.value, []), connected.get(source.value)
        feeds = tuple(
            standing_of(feed, days, connected=since, today=today, calendar=county.calendar)
            for feed in register.feeds(source)
        )
        found[source] = _Ground(source, since, days, feeds)
    return found


def _connected(county: County) -> dict[str, date]:
    first = {source: from_day(day) for source, day in first_days(county.engine).items()}
    began = [(one.grant.source, one.created_at) for one in county.access.tokens.list()]
    began += [
        (one.source, county.moment(one.created_at))
        for one in county.access.accounts.list()
        if one.role is Role.DEPARTMENT and one.source is not None
    ]
    for source, moment in began:
        day = moment.astimezone(SHANGHAI).date()
        first[source.value] = min(day, first.get(source.value, day))
    return first


def _counted(ground: _Ground, today: date) -> dict[str, int]:
    since = to_day(today - RECENT)
    recent = [one for one in ground.days if one.day >= since]
    return {
        "read": sum(one.read for one in recent),
        "refused": sum(one.refused for one in recent),
        "unmatched": sum(one.unmatched for one in recent),
    }


def _last_at(ground: _Ground) -> datetime | None:
    last = max((one.last_at for one in ground.days), default=None)
    return None if last is None else datetime.fromtimestamp(last, UTC)


def _findings(county: County) -> dict[Source, tuple[tuple[str, int], ...]]:
    table, since = QUALITY_FINDING.c, (county.today() - RECENT).isoformat()
    query = (
        select(table.source, table.rule, func.sum(table.n))
        .where(table.day >= since)
        .group_by(table.source, table.rule)
    )
    counted: dict[Source, Counter[str]] = {}
    with reading(county.engine) as connection:
        for source, rule, n in connection.execute(query):
            counted.setdefault(Source(source), Counter())[rule] = int(n)
    return {source: tuple(rules.most_common()) for source, rules in counted.items()}


def _deliveries(county: County, sources: Sequence[Source]) -> dict[Source, tuple[Delivery, ...]]:
    found = {}
    with reading(county.engine) as connection:
        for source in sources:
            query = (
                select(DELIVERY)
                .where(DELIVERY.c.source == source.value)
                .order_by(DELIVERY.c.received_at.desc(), DELIVERY.c.id.desc())
                .limit(_DELIVERIES)
            )
            found[source] = tuple(
                Delivery(
                    at=datetime.fromtimestamp(row["received_at"], UTC),
                    mapping=row["mapping"],
                    file=row["file"],
                    months=tuple(row["months"].split()),
                    state=row["state"],
                    counts=_counts(row["counts"]),
                )
                for row in connection.execute(query).mappings()
            )
    return found


def _counts(text: str) -> dict[str, int]:
    if not text:
        return {}
    whole = msgspec.json.decode(text)
    return {name: n for name, n in whole.items() if isinstance(n, int)}


def _precision(county: County) -> dict[Source, tuple[float, int]]:
    """Return how often each source was right where people answered, and the number of answers."""
    _ = county.desk  # makes the tables that are asked
    return {
        source: (confirmed / asked, asked)
        for source, (confirmed, asked) in precision_of_sources(county.engine).items()
    }
