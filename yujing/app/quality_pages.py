"""`/quality`: what a department is asked to check in what it sent, by rule, with its trend.

A department sees the findings of its own source within its places; township and county supervisors
those of their places; the data team all, without names.
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from alerts.quality.finding import RuleCount, Wanted
from alerts.quality.rows import QualityRows
from yujing.access.roles import Right, Role
from yujing.app.quality_list import as_csv, listed
from yujing.app.quality_words import RuleWords, last_months, trend_zh
from yujing.domain.codes import Source, zh
from yujing.errors import AccessDeniedError, UsageError
from yujing.web.page import Ask, Pages
from yujing.web.render import environment
from yujing.web.services import Services

A_PAGE = 50
MOST_LINES = 100_000  # of a CSV; Excel holds a million, a department reads far fewer
NO_SOURCE = "这个账号还没有登记属于哪个部门，看不到待核数据。请联系数据组登记部门后再来。"
STATES = {"open": "待核", "mended": "已改好"}


@dataclass(frozen=True)
class ShownRule:
    """One rule of one source."""

    source: str
    source_zh: str
    rule: str
    words: str
    n_open: int
    n_mended: int
    trend: str
    mended_trend: str
    query: str


def routes(services: Services[Any], rows: QualityRows, words: RuleWords) -> list[Route]:
    """Return /quality and its list."""
    pages = Pages(services, environment(app="yujing.app"))
    own = QualityPages(pages, rows, words)
    return [
        pages.route("/quality", own.show, right=Right.QUALITY),
        pages.route("/quality/list", own.lines, right=Right.QUALITY),
        pages.route("/quality.csv", own.csv, right=Right.QUALITY),
    ]


class QualityPages:
    """The pages.

    Parameters
    ----------
    pages
        Renders.
    rows
        The findings.
    words
        What rules say.
    """

    def __init__(self, pages: Pages, rows: QualityRows, words: RuleWords) -> None:
        self._pages, self._rows, self._words = pages, rows, words

    def show(self, ask: Ask) -> Response:
        """Show the rules that doubt something, the most findings first."""
        wanted = self._wanted(ask, state="all")
        counts = self._rows.counts(wanted)
        months = last_months(ask.today)
        rules = [self._shown(key, count, months) for key, count in counts.items()]
        rules.sort(key=lambda one: (-one.n_open, one.source, one.rule))
        whole = _joined(counts.values())
        return self._pages.render(
            ask, "app/quality.html", whose=self._whose(ask),
            rules=[one for one in rules if one.n_open],
            mended=[one for one in rules if not one.n_open],
            n_open=whole.open, n_mended=whole.mended,
            n_new=whole.opened_in.get(months[-1], 0),
            n_mended_now=whole.mended_in.get(months[-1], 0),
            trend=[(month, whole.opened_in.get(month, 0), whole.mended_in.get(month, 0))
                   for month in reversed(months)],
            several=wanted.source is None,
        )  # fmt: skip

    def lines(self, ask: Ask) -> Response:
        """Show the rows of a rule, fifty a page."""
        wanted = self._wanted(ask)
        total = self._rows.count(wanted)
        n_pages = max(1, -(-total // A_PAGE))
        page = min(_page(ask), n_pages)
        found = self._rows.rows(wanted, most=A_PAGE, after=(page - 1) * A_PAGE)
        return self._pages.render(
            ask, "app/quality_list.html", rows=self._listed(ask, found), total=total, page=page,
            n_pages=n_pages, whose=self._whose(ask), state=wanted.state, states=STATES,
            words=self._words.zh(wanted.rule) if wanted.rule else "全部问题", query=_query(wanted),
            several=wanted.source is None, one_rule=wanted.rule is not None,
            page_query=lambda n: f"{_query(wanted)}&page={n}",
            state_query=lambda word: _query(_with_state(wanted, word)),
        )  # fmt: skip

    def csv(self, ask: Ask) -> Response:
        """Hand out the list; that it was taken is written down."""
        wanted = self._wanted(ask)
        found = self._rows.rows(wanted, most=MOST_LINES)
        self._pages.services.access.audit.note(
            ask.visitor.account, what="list", subject=0, reason="下载待核数据",
            address=ask.visitor.address, at=ask.now,
        )  # fmt: skip
        name = f"quality-{wanted.source or 'all'}-{ask.today:%Y%m%d}.csv"
        return StreamingResponse(
            as_csv(self._listed(ask, found)), media_type="text/csv; charset=utf-8",
            headers={"content-disposition": f'attachment; filename="{name}"'},
        )  # fmt: skip

    def _listed(self, ask: Ask, found: Any) -> Any:
        named = ask.visitor.account.role is not Role.DATA_TEAM
        return listed(found, self._words, self._pages.services, named=named, today=ask.today)

    def _wanted(self, ask: Ask, state: str | None = None) -> Wanted:
        """Return what the visitor asks for, within the own source and places.

        Raises
        ------
        UsageError
            If a department has no source.
        AccessDeniedError
            If another department's source is asked for.
        """
        account, query = ask.visitor.account, ask.query
        source = query.get("source") or None
        if account.role is Role.DEPARTMENT:
            if account.source is None:
                raise UsageError(NO_SOURCE)
            if source not in (None, account.source.value):
                raise AccessDeniedError("another source")
            source = account.source.value
        if source is not None and source not in set(Source):
            raise AccessDeniedError("no such source")
        rule = query.get("rule") or None
        if rule is not None and rule not in self._words:
            raise AccessDeniedError("no such rule")
        asked = state or query.get("state", "open")
        if asked not in ("open", "mended", "all"):
            raise AccessDeniedError("no such state")
        return Wanted(source, rule, account.scope.bounds, asked)

    def _shown(self, key: tuple[str, str], count: RuleCount, months: list[str]) -> ShownRule:
        source, rule = key
        return ShownRule(
            source, zh(Source(source)), rule, self._words.zh(rule), count.open, count.mended,
            trend_zh(count.opened_in, months), trend_zh(count.mended_in, months),
            urlencode({"source": source, "rule": rule}),
        )  # fmt: skip

    def _whose(self, ask: Ask) -> str:
        account = ask.visitor.account
        if account.source is not None:
            return zh(account.source)
        prefix = account.scope.prefix
        return self._pages.services.place(int(prefix.ljust(12, "0"))) if prefix else "全省"


def _joined(counts: Any) -> RuleCount:
    """Return the sum of counts."""
    whole = RuleCount()
    for one in counts:
        whole.open += one.open
        whole.mended += one.mended
        for total, part in ((whole.opened_in, one.opened_in), (whole.mended_in, one.mended_in)):
            for month, n in part.items():
                total[month] = total.get(month, 0) + n
    return whole


def _query(wanted: Wanted) -> str:
    named = {"source": wanted.source, "rule": wanted.rule, "state": wanted.state}
    return urlencode({name: value for name, value in named.items() if value})


def _with_state(wanted: Wanted, state: str) -> Wanted:
    return Wanted(wanted.source, wanted.rule, wanted.regions, state)


def _page(ask: Ask) -> int:
    wanted = ask.query.get("page", "1")
    return max(int(wanted), 1) if wanted.isascii() and wanted.isdigit() and len(wanted) < 7 else 1
