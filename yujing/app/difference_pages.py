"""`/differences`: what one source says against another, back to the departments; masked.

A department sees the differences in which its own source takes part, within its places; township
and county supervisors those of their places; the data team all, without names. None is an error to
fill in: what a card asks is answered by who visits, the rest by whose list it is.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from alerts.comparisons import Comparison, comparison_of, shipped_comparisons
from alerts.comparisons.catalogue import CARD
from alerts.comparisons.words import categories_zh, sentence_of
from alerts.desk.differences import ANSWERED, OPEN, Difference
from yujing.access.roles import Right, Role
from yujing.app.quality_list import BOM, csv_line
from yujing.domain.codes import Side, Source, zh
from yujing.errors import AccessDeniedError, UsageError
from yujing.web import people
from yujing.web.page import Ask, Pages
from yujing.web.render import environment
from yujing.web.services import Services
from yujing.web.words import masked

A_PAGE = 50
MOST_LINES = 100_000  # of a CSV, as of the list of findings
NO_SOURCE = "这个账号还没有登记属于哪个部门，看不到比对结果。请联系数据组登记部门后再来。"
STATES = {"open": "待核对", "answered": "已核对，数据未变"}
HEADER = (
    "比对", "说法", "涉及来源", "姓名", "户编号", "人员类别", "所在地", "发现日期", "方式", "状态",
    "核对结果", "核对日期",
)  # fmt: skip


@dataclass(frozen=True)
class ListedDifference:
    """One difference as people see it; `name` is masked, or empty for who may not see even that."""

    title: str
    words: str
    sources: str
    name: str
    number: str
    categories: str
    place: str
    found: date
    how: str
    state: str
    answer: str
    answered: date | None


@dataclass(frozen=True)
class ShownComparison:
    """One comparison with how many differences it has."""

    title: str
    sources: str
    n_open: int
    n_answered: int
    query: str


@dataclass(frozen=True)
class Asked:
    """What a visitor asks for, within the own source and places."""

    source: Source | None
    comparison: Comparison | None
    state: str

    @property
    def query(self) -> str:
        """The part of an address that says so."""
        number = self.comparison.number if self.comparison else None
        named = {"comparison": number, "state": self.state}
        return urlencode({name: value for name, value in named.items() if value})


def routes(services: Services[Any]) -> list[Route]:
    """Return /differences, its lists and its CSV."""
    pages = Pages(services, environment(app="yujing.app"))
    own = DifferencePages(pages)
    return [
        pages.route("/differences", own.show, right=Right.QUALITY),
        pages.route("/differences/list", own.lines, right=Right.QUALITY),
        pages.route("/differences.csv", own.csv, right=Right.QUALITY),
    ]


class DifferencePages:
    """The pages.

    Parameters
    ----------
    pages
        Renders.
    """

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._services: Services[Any] = pages.services

    def show(self, ask: Ask) -> Response:
        """Show the comparisons that hold for somebody."""
        asked = _asked(ask)
        found = self._services.desk.differences.counts(_prefix(ask), source=asked.source)
        shown = [
            ShownComparison(
                one.title, sources_zh(one), found[number].get(OPEN, 0),
                found[number].get(ANSWERED, 0), urlencode({"comparison": number}),
            )
            for number in found if (one := comparison_of(number)) is not None
        ]  # fmt: skip
        shown.sort(key=lambda one: (-one.n_open, one.title))
        return self._pages.render(
            ask, "app/differences.html", whose=self._whose(ask), shown=shown,
            n_open=sum(one.n_open for one in shown),
            n_answered=sum(one.n_answered for one in shown),
        )  # fmt: skip

    def lines(self, ask: Ask) -> Response:
        """Show the differences of a comparison, fifty a page."""
        asked = _asked(ask)
        found = self._found(ask, asked)
        n_pages = max(1, -(-len(found) // A_PAGE))
        page = min(_page(ask), n_pages)
        return self._pages.render(
            ask, "app/differences_list.html", total=len(found), page=page, n_pages=n_pages,
            rows=self._listed(ask, found[(page - 1) * A_PAGE : page * A_PAGE]),
            whose=self._whose(ask), states=STATES, state=asked.state, query=asked.query,
            title=asked.comparison.title if asked.comparison else "全部比对",
            state_query=lambda word: Asked(asked.source, asked.comparison, word).query,
        )  # fmt: skip

    def csv(self, ask: Ask) -> Response:
        """Hand out the list; that it was taken is written down."""
        asked = _asked(ask)
        rows = self._listed(ask, self._found(ask, asked))
        self._services.access.audit.note(
            ask.visitor.account, what="list", subject=0, reason="下载比对结果",
            address=ask.visitor.address, at=ask.now,
        )  # fmt: skip
        name = f"differences-{asked.source or 'all'}-{ask.today:%Y%m%d}.csv"
        return StreamingResponse(
            as_csv(rows), media_type="text/csv; charset=utf-8",
            headers={"content-disposition": f'attachment; filename="{name}"'},
        )  # fmt: skip

    def _found(self, ask: Ask, asked: Asked) -> list[Difference]:
        number = asked.comparison.number if asked.comparison else None
        found: list[Difference] = self._services.desk.differences.listed(
            _prefix(ask), source=asked.source, comparison=number, stages=(asked.state,),
            most=MOST_LINES,
        )  # fmt: skip
        return found

    def _listed(self, ask: Ask, found: Sequence[Difference]) -> list[ListedDifference]:
        """Return differences with masked names and places."""
        services, named = self._services, ask.visitor.account.role is not Role.DATA_TEAM
        names: dict[int, str] = {}
        heads: dict[int, people.Household] = {}
        numbers: dict[int, str] = {}
        if named:
            names = services.vault.persons({one.person for one in found if one.person})
            numbers = services.vault.household_nos({one.household for one in found})
            homes = {one.household for one in found if not one.person}
            if homes:
                with services.reading():
                    heads = people.households(
                        services.state(), services.vault, homes, as_of=ask.today
                    )
        return [
            _line(
                one, _name(one, names, heads) if named else "",
                numbers.get(one.household, ""), services.place(one.region) if one.region else "",
                ask.today,
            )
            for one in found
        ]  # fmt: skip

    def _whose(self, ask: Ask) -> str:
        account = ask.visitor.account
        if account.source is not None:
            return zh(account.source)
        prefix = account.scope.prefix
        return self._services.place(int(prefix.ljust(12, "0"))) if prefix else "全省"


def _line(one: Difference, name: str, number: str, place: str, today: date) -> ListedDifference:
    comparison = one.of
    if comparison is None:
        raise AccessDeniedError("no such comparison")
    return ListedDifference(
        comparison.title, sentence_of(one, as_of=today), sources_zh(comparison), name, number,
        categories_zh(one.categories), place, one.opened_on,
        "入户核对" if comparison.asked == CARD else "部门核对", STATES[one.stage],
        answer_zh(comparison, one), one.closed_on if one.stage == ANSWERED else None,
    )  # fmt: skip


def answer_zh(comparison: Comparison, one: Difference) -> str:
    """Return the answer and which source it says is right, "" without one."""
    if one.stage != ANSWERED:
        return ""
    right = {Side.FIRST: comparison.first, Side.SECOND: comparison.second}.get(one.right)
    return f"{one.answer}（{zh(right)}的记录对）" if right else one.answer


def sources_zh(comparison: Comparison) -> str:
    """Return whose data contradict each other."""
    return "、".join(zh(source) for source in comparison.sources)


def as_csv(rows: Iterable[ListedDifference]) -> Iterator[bytes]:
    """Yield a CSV for Excel, line by line; no cell is a formula."""
    yield (BOM + csv_line(HEADER)).encode()
    for row in rows:
        yield csv_line((
            row.title, row.words, row.sources, row.name, row.number, row.categories, row.place,
            row.found.isoformat(), row.how, row.state, row.answer,
            row.answered.isoformat() if row.answered else "",
        )).encode()  # fmt: skip


def _name(one: Difference, names: dict[int, str], heads: dict[int, people.Household]) -> str:
    if one.person:
        return masked(names.get(one.person))
    home = heads.get(one.household)
    return f"{home.name} 户" if home else ""


def _prefix(ask: Ask) -> str:
    prefix: str = ask.visitor.account.scope.prefix
    return prefix


def _asked(ask: Ask) -> Asked:
    """Return what the visitor asks for.

    Raises
    ------
    UsageError
        If a department has no source.
    AccessDeniedError
        If there is no such comparison or state.
    """
    account, query = ask.visitor.account, ask.query
    if account.role is Role.DEPARTMENT and account.source is None:
        raise UsageError(NO_SOURCE)
    comparison = None
    if query.get("comparison"):
        known = {str(one.number): one for one in shipped_comparisons()}
        comparison = known.get(query["comparison"])
        if comparison is None:
            raise AccessDeniedError("no such comparison")
    state = query.get("state", OPEN)
    if state not in STATES:
        raise AccessDeniedError("no such state")
    source = account.source if account.role is Role.DEPARTMENT else None
    return Asked(source, comparison, state)


def _page(ask: Ask) -> int:
    wanted = ask.query.get("page", "1")
    return max(int(wanted), 1) if wanted.isascii() and wanted.isdigit() and len(wanted) < 7 else 1
