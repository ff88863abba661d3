"""`/sources`: what each department promised, how it stands, who may send, what came, what is wrong.

The data team and the operator see all sources, a department its own. No page names a person that is
told of.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response
from starlette.routing import Route

from yujing.access.roles import Right, Role
from yujing.app import source_words
from yujing.app.promises import Standing, period_name
from yujing.app.quality_words import RuleWords
from yujing.app.reminders import Reminder
from yujing.app.source_register import SourceReport
from yujing.domain.codes import Source, zh
from yujing.domain.days import month_start
from yujing.errors import AccessDeniedError, UsageError
from yujing.web.page import Ask, Pages
from yujing.web.render import environment
from yujing.web.services import Services

NO_SOURCE = "这个账号还没有登记属于哪个部门，看不到报送情况。请联系数据组登记部门后再来。"
_MOST_RULES, _MOST_REMINDERS = 5, 12


@dataclass(frozen=True)
class SourceRoom:
    """What the pages of sources need beside the services of all pages.

    Parameters
    ----------
    reports
        Returns what is known of some sources, of all for None.
    reminders
        Returns what was reminded of, the newest first.
    gaps
        Returns gaps and labourers by closed month.
    words
        What data-quality rules say.
    """

    reports: Callable[[Iterable[Source] | None], list[SourceReport]]
    reminders: Callable[[], list[Reminder]]
    gaps: Callable[[], dict[int, tuple[int, int]]]
    words: RuleWords


@dataclass(frozen=True)
class ShownFeed:
    """A feed as a page shows it."""

    name: str
    state: str
    sentence: str
    days_late: int
    promise: str
    lateness: str
    rows: str
    events: str
    purpose: str
    legal_base: str
    unverified: bool


@dataclass(frozen=True)
class ShownSource:
    """A source in the list."""

    word: str
    department: str
    name: str
    state: str
    sentence: str
    feeds: tuple[ShownFeed, ...]
    report: SourceReport


def routes(services: Services[Any], room: SourceRoom) -> list[Route]:
    """Return /sources and the page of one source."""
    own = SourcePages(Pages(services, environment(app="yujing.app")), services, room)
    return [
        own.pages.route("/sources", own.all, right=Right.SOURCES),
        own.pages.route("/sources/{source}", own.one, right=Right.SOURCES),
    ]


class SourcePages:
    """The pages.

    Parameters
    ----------
    pages
        Renders.
    services
        The open stores.
    room
        What is known of sources.
    """

    def __init__(self, pages: Pages, services: Services[Any], room: SourceRoom) -> None:
        self.pages, self._services, self._room = pages, services, room

    def all(self, ask: Ask) -> Response:
        """Show every source; a department its own."""
        account = ask.visitor.account
        if account.role is Role.DEPARTMENT:
            if account.source is None:
                raise UsageError(NO_SOURCE)
            return self._page(ask, account.source)
        reports = self._room.reports(None)
        shown = [self._shown(ask, one) for one in reports]
        order = {source_words.LATE: 0, source_words.WAITING: 1, source_words.GOOD: 2}
        shown.sort(key=lambda one: (order.get(one.state, 3), -one.report.days_late))
        return self.pages.render(
            ask, "app/sources.html", sources=shown, headline=source_words.headline(reports),
            gaps=self._gaps(),
        )  # fmt: skip

    def one(self, ask: Ask) -> Response:
        """Show one source."""
        account = ask.visitor.account
        word = ask.path["source"]
        found = next((source for source in Source if source.value == word), None)
        own = account.role is not Role.DEPARTMENT or found is account.source
        if found is None or not own:
            raise AccessDeniedError(word)
        return self._page(ask, found)

    def _page(self, ask: Ask, source: Source) -> Response:
        reports = self._room.reports([source])
        if not reports:
            raise AccessDeniedError(source.value)
        shown = self._shown(ask, reports[0])
        report = shown.report
        return self.pages.render(
            ask, "app/source.html", one=shown, report=report,
            own=ask.visitor.account.role is Role.DEPARTMENT,
            may_rotate=ask.may(Right.ACCOUNTS),
            tokens=[source_words.token_line(token, today=ask.today) for token in report.tokens],
            rules=[(self._room.words.zh(rule), n) for rule, n in report.findings[:_MOST_RULES]],
            shares=[
                (share.what, period_name(share.feed, share.period), share.told, share.of)
                for share in report.shares
            ],
            reminders=self._reminders(report),
            gaps=self._gaps() if source is Source.EMPLOYMENT_PLATFORM else [],
        )  # fmt: skip

    def _reminders(self, report: SourceReport) -> list[tuple[str, Reminder]]:
        feeds = {one.feed.name: one.feed for one in report.feeds}
        return [
            (f"{one.feed} {period_name(feeds[one.feed], one.period)}", one)
            for one in self._room.reminders()
            if one.source is report.source and one.feed in feeds
        ][:_MOST_REMINDERS]

    def _gaps(self) -> list[tuple[str, int, int]]:
        months = sorted(self._room.gaps().items(), reverse=True)
        return [
            (f"{month_start(month).year} 年 {month_start(month).month} 月", gaps, labourers)
            for month, (gaps, labourers) in months if labourers
        ]  # fmt: skip

    def _shown(self, ask: Ask, report: SourceReport) -> ShownSource:
        feeds = tuple(self._feed(ask, one, report) for one in report.feeds)
        by_state = {one.state: one for one in sorted(feeds, key=lambda one: one.days_late)}
        states = (source_words.LATE, source_words.WAITING, source_words.GOOD, source_words.QUIET)
        state = next((state for state in states if state in by_state), source_words.QUIET)
        told = by_state.get(state)
        return ShownSource(
            word=report.source.value, department=report.department, name=zh(report.source),
            state=state, feeds=feeds, report=report,
            sentence="" if told is None else f"{told.name}：{told.sentence}",
        )  # fmt: skip

    def _feed(self, ask: Ask, one: Standing, report: SourceReport) -> ShownFeed:
        connected = report.connected is not None
        return ShownFeed(
            name=one.feed.name,
            state=source_words.state_of(one, connected=connected),
            sentence=source_words.standing(
                one, connected=connected, calendar=self._services.calendar, today=ask.today
            ),
            days_late=one.days_late,
            promise=source_words.promise(one.feed),
            lateness=source_words.lateness(one) if one.feed.promised else "",
            rows=source_words.against_usual(one),
            events=source_words.events_zh(one.feed.events),
            purpose=one.feed.purpose,
            legal_base=one.feed.legal_base,
            unverified=one.feed.promised and one.feed.confidence != "verified",
        )
