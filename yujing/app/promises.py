"""How a feed keeps its promise: which periods came, how late, what is missing. Pure.

A department is held to a promise from the day on which it was connected: its first token or
account, or the first rows that came. What it told of earlier months counts, how late it was does
not.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median

from yujing.app.source_days import SourceDay
from yujing.domain.calendar import Calendar
from yujing.domain.days import from_day, month_start, to_day, to_month
from yujing.domain.sources import CountedBy, Feed, Rhythm

PERIODS = 12  # that are looked back on
_WHOLE_FROM = 0.5  # judgement: half of the usual rows; a sheet of one township is far less
_USUAL = 3  # periods before that say how many rows are usual


@dataclass(frozen=True, slots=True)
class Standing:
    """How a feed stands today.

    Parameters
    ----------
    feed
        Which.
    last_came
        Day on which rows of it came last.
    newest
        Newest period that was delivered.
    missing
        Periods whose promised day is over and that did not come, the oldest first.
    late
        Those of them that are over the days of grace too.
    days_late
        Days since the promised day of the oldest of `late`, 0 without one.
    lateness
        Days from the promised day to the delivery, of each period since the feed is held to it;
        0 for one that came in time.
    rows, usual
        Rows of the newest period that is due, and the median of three before; None where unknown.
    """

    feed: Feed
    last_came: date | None
    newest: int | None
    missing: tuple[int, ...]
    late: tuple[int, ...]
    days_late: int
    lateness: tuple[int, ...]
    rows: int | None
    usual: int | None

    @property
    def usual_lateness(self) -> int | None:
        """Days late at the median, None before the first delivery of a promised period."""
        return int(median(self.lateness)) if self.lateness else None

    @property
    def against_usual(self) -> float | None:
        """Rows of the newest period against what is usual, 1 for as many."""
        if self.rows is None or not self.usual:
            return None
        return self.rows / self.usual

    @property
    def thin(self) -> bool:
        """Whether so few rows of the newest period came that it can hardly be whole."""
        share = self.against_usual
        return share is not None and 0 < share < _WHOLE_FROM


def standing_of(
    feed: Feed, days: Iterable[SourceDay], *, connected: date | None, today: date,
    calendar: Calendar,
) -> Standing:  # fmt: skip
    """Return how a feed stands.

    Parameters
    ----------
    feed
        Which.
    days
        What came from its source.
    connected
        Since when it is held to its promise; None for not at all.
    today
        The county's day.
    calendar
        For the days of grace.
    """
    read = [one for one in days if one.event in feed.events and one.read]
    last = max((one.day for one in read), default=None)
    over = to_month(today) - (0 if feed.rhythm is Rhythm.YEARLY else 1)  # the last month that is
    came = _came(feed, read)
    wanted = promised_periods(feed, connected=connected, today=today)
    missing = tuple(period for period in wanted if period not in came)
    late = tuple(period for period in missing if feed.reminded(period, calendar) < today)
    return Standing(
        feed=feed,
        last_came=None if last is None else from_day(last),
        newest=max((period for period in came if period <= feed.period_of(over)), default=None),
        missing=missing,
        late=late,
        days_late=(today - feed.due(late[0])).days if late else 0,
        lateness=tuple(
            max(0, came[period][0] - to_day(feed.due(period))) for period in wanted
            if period in came
        ),
        **_rows(feed, came, today),
    )  # fmt: skip


def promised_periods(feed: Feed, *, connected: date | None, today: date) -> list[int]:
    """Return the periods that a feed is held to, the oldest first: due, and since it is connected.

    The promised day itself is still in time.
    """
    if not feed.promised or connected is None:
        return []
    period, found = feed.last_period(today), list[int]()
    for _ in range(PERIODS):
        if feed.due(period) <= connected:
            break
        if feed.due(period) < today:
            found.append(period)
        period = feed.before(period)
    return found[::-1]


def _came(feed: Feed, read: Sequence[SourceDay]) -> Mapping[int, tuple[int, int]]:
    """Return the first day and the number of rows of each period that was delivered."""
    came: dict[int, tuple[int, int]] = {}
    for one in read:
        period = _period(feed, one)
        if period is None:
            continue
        day, n = came.get(period, (one.day, 0))
        came[period] = min(day, one.day), n + one.read
    return came


def _period(feed: Feed, one: SourceDay) -> int | None:
    if not feed.promised:
        return None
    if feed.counted_by is CountedBy.MONTH:
        return feed.period_of(one.month) if one.event == feed.events[0] and one.month else None
    month = to_month(from_day(one.day))
    if feed.rhythm is Rhythm.YEARLY:
        return feed.period_of(month)
    return month - 1  # a list that comes in a month tells how things stood at the end of the last


def _rows(
    feed: Feed, came: Mapping[int, tuple[int, int]], today: date
) -> dict[str, int | None]:  # fmt: skip
    if not feed.promised or not came:
        return {"rows": None, "usual": None}
    newest = feed.last_period(today)
    before = [came[period][1] for n in range(1, _USUAL + 1)
              if (period := feed.before(newest, n)) in came]  # fmt: skip
    return {
        "rows": came[newest][1] if newest in came else 0,
        "usual": int(median(before)) if before else None,
    }


def period_name(feed: Feed, period: int) -> str:
    """Write a period.

    Examples
    --------
    >>> from yujing.domain.sources import SourceRegister
    >>> period_name(SourceRegister.load().all[0], 2026 * 12 + 9)
    '2026 年 10 月'
    """
    first = month_start(period)
    return (
        f"{first.year} 年" if feed.rhythm is Rhythm.YEARLY else f"{first.year} 年 {first.month} 月"
    )
