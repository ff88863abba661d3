"""The register of sources: who promised which data by which day, and on what legal base.

A row is a *feed*: one kind of delivery of a source, with the event types that it may carry. What a
source may send is what its feeds carry together. Shipped rows lie in `data/sources.csv`; a county's
own `sources.csv` in its policy directory replaces the feeds of the sources that it names.
"""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from importlib.resources import files
from pathlib import Path

from yujing.domain.calendar import Calendar
from yujing.domain.codes import Source
from yujing.domain.days import month_start, to_month
from yujing.errors import ReferenceDataError

FILE = "sources.csv"
COLUMNS = (
    "source", "department", "feed", "rhythm", "due_day", "grace_days", "counted_by", "events",
    "purpose", "legal_base", "seen", "confidence",
)  # fmt: skip
_LAST_DAY = 31


class Rhythm(StrEnum):
    """How often a department delivers."""

    MONTHLY = "monthly"
    YEARLY = "yearly"
    AS_IT_HAPPENS = "as_it_happens"

    @property
    def zh(self) -> str:
        """How pages call it."""
        return {"monthly": "每月", "yearly": "每年", "as_it_happens": "随时"}[self.value]


class CountedBy(StrEnum):
    """What tells which period a delivery is for."""

    MONTH = "month"  # its rows speak of a month
    ARRIVAL = "arrival"  # a list of how things stand: the day on which it came


@dataclass(frozen=True, slots=True)
class Feed:
    """One kind of delivery that a department promised.

    Parameters
    ----------
    source, department, name
        The source system, who answers for it, and what the delivery is called.
    rhythm
        How often.
    due_day
        Monthly: day of the month after the one that is told of; yearly: day of the December of the
        year; 31 is the last day. 0 where nothing is promised.
    grace_days
        Working days after the promised day before anybody is reminded.
    counted_by
        What tells which period a delivery is for.
    events
        Event types that it may carry; where months are counted, the first tells of a delivery.
    purpose, legal_base
        What the data is for, and the rule that allows it; shown to the department.
    seen, confidence
        Where the rhythm was found, and `verified` or 未核实.
    """

    source: Source
    department: str
    name: str
    rhythm: Rhythm
    due_day: int
    grace_days: int
    counted_by: CountedBy
    events: tuple[str, ...]
    purpose: str
    legal_base: str
    seen: str
    confidence: str

    @property
    def promised(self) -> bool:
        """Whether a day is promised."""
        return self.rhythm is not Rhythm.AS_IT_HAPPENS

    def due(self, period: int) -> date:
        """Return the promised day of a period.

        Parameters
        ----------
        period
            A month number; of a yearly feed any month of the year.

        Examples
        --------
        >>> from yujing.domain.sources import SourceRegister
        >>> SourceRegister.load().feeds(Source.EMPLOYMENT_PLATFORM)[0].due(2026 * 12 + 9)
        datetime.date(2026, 11, 5)
        """
        month = period // 12 * 12 + 11 if self.rhythm is Rhythm.YEARLY else period + 1
        first, after = month_start(month), month_start(month + 1)
        return first.replace(day=min(self.due_day, (after - first).days))

    def reminded(self, period: int, calendar: Calendar) -> date:
        """Return the last day on which nobody is reminded yet."""
        return calendar.add_workdays(self.due(period), self.grace_days)

    def period_of(self, month: int) -> int:
        """Return the period that a month belongs to: itself, or January of its year."""
        return month // 12 * 12 if self.rhythm is Rhythm.YEARLY else month

    def last_period(self, today: date) -> int:
        """Return the newest period whose promised day is today or past."""
        step = 12 if self.rhythm is Rhythm.YEARLY else 1
        period = self.period_of(to_month(today))
        while self.due(period) > today:
            period -= step
        return period

    def before(self, period: int, n: int = 1) -> int:
        """Return the period `n` before."""
        return period - n * (12 if self.rhythm is Rhythm.YEARLY else 1)


class SourceRegister:
    """All feeds of all sources; immutable.

    Parameters
    ----------
    feeds
        In the order in which they are shown.
    """

    def __init__(self, feeds: Iterable[Feed]) -> None:
        self.all = tuple(feeds)

    @classmethod
    def load(cls, override_dir: Path | None = None) -> "SourceRegister":
        """Return the shipped register, with the feeds of a county's own file in their place.

        Parameters
        ----------
        override_dir
            Directory that may hold a `sources.csv` with the same columns. The shipped feeds of a
            source that it names do not count.

        Raises
        ------
        ReferenceDataError
            If a row cannot be read; the message names file and line.
        """
        shipped = files("yujing.domain").joinpath("data", FILE).read_text("utf-8")
        feeds = read_feeds(shipped, FILE)
        if override_dir is not None and (override_dir / FILE).is_file():
            path = override_dir / FILE
            own = read_feeds(path.read_text("utf-8-sig"), str(path))
            named = {feed.source for feed in own}
            feeds = [feed for feed in feeds if feed.source not in named] + own
        return cls(feeds)

    @cached_property
    def sources(self) -> tuple[Source, ...]:
        """The sources that have a feed, each once."""
        return tuple(dict.fromkeys(feed.source for feed in self.all))

    def feeds(self, source: Source) -> tuple[Feed, ...]:
        """Return the feeds of a source."""
        return tuple(feed for feed in self.all if feed.source is source)

    def department(self, source: Source) -> str:
        """Return who answers for a source; its word when nobody is known."""
        return next((feed.department for feed in self.feeds(source)), source.value)

    def events(self, source: Source) -> tuple[str, ...]:
        """Return the event types that a source may send for its purposes, sorted."""
        return tuple(sorted({name for feed in self.feeds(source) for name in feed.events}))


def read_feeds(text: str, name: str) -> list[Feed]:
    """Return the feeds of a CSV text.

    Raises
    ------
    ReferenceDataError
        If a column is missing or a row is wrong; names file and line.
    """
    reader = csv.DictReader(text.splitlines())
    missing = [column for column in COLUMNS if column not in (reader.fieldnames or ())]
    if missing:
        raise ReferenceDataError(f"{name}: no column {', '.join(missing)}")
    feeds: list[Feed] = []
    for line, row in enumerate(reader, start=2):
        try:
            feeds.append(_feed(row))
        except (ValueError, AttributeError) as error:  # a short row has None for a text
            raise ReferenceDataError(f"{name} line {line}: {error}") from None
    names = [(feed.source, feed.name) for feed in feeds]
    for pair in names:
        if names.count(pair) > 1:
            raise ReferenceDataError(f"{name}: {pair[0].value} has two feeds {pair[1]}")
    return feeds


def _feed(row: dict[str, str]) -> Feed:
    values = {name: row[name].strip() for name in COLUMNS}
    feed = Feed(
        source=Source(values["source"]),
        department=values["department"],
        name=values["feed"],
        rhythm=Rhythm(values["rhythm"]),
        due_day=int(values["due_day"] or 0),
        grace_days=int(values["grace_days"] or 0),
        counted_by=CountedBy(values["counted_by"]),
        events=tuple(values["events"].split()),
        purpose=values["purpose"],
        legal_base=values["legal_base"],
        seen=values["seen"],
        confidence=values["confidence"],
    )
    if feed.source in (Source.UNKNOWN, Source.YUJING):
        raise ValueError(f"{feed.source.value} is no department's source")
    if feed.promised and not 1 <= feed.due_day <= _LAST_DAY:
        raise ValueError("due_day is 1 to 31")
    if feed.grace_days < 0:
        raise ValueError("grace_days is 0 or more")
    for name in ("feed", "events", "purpose", "legal_base"):
        if not values[name]:
            raise ValueError(f"{name} is empty")
    return feed
