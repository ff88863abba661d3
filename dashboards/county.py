"""The leaders' page: four numbers, the month in words, the trend, the places, what is stuck."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from markupsafe import Markup
from starlette.responses import Response
from starlette.routing import Route

from dashboards.axes import Band
from dashboards.board import Board, Boards
from dashboards.chart import Point, bar, trend
from dashboards.compare import lunar_year_before, month_before
from dashboards.counts import Cell
from dashboards.lists import NumberLists
from dashboards.numbers import BY_CODE, NUMBERS, Number
from dashboards.picture import is_complete
from dashboards.sentences import Stuck, ends_by_month, month_of, stuck
from dashboards.snapshots import Past, Snapshots
from dashboards.suppress import hidden, is_small, shown
from yujing.access.roles import Right
from yujing.access.scope import COUNTY, Scope
from yujing.domain.calendar import spring_festival
from yujing.domain.days import month_start
from yujing.web.page import Ask, Pages
from yujing.web.render import environment
from yujing.web.services import Services
from yujing.web.words import SMALL, count

FESTIVAL_BEFORE, FESTIVAL_AFTER = timedelta(days=20), timedelta(days=20)  # the festival mode's span
NARROW, WIDE = 340, 680
NOBODY = "—"  # no household to count among


def routes(services: Services[Any]) -> list[Route]:
    """Return /county and the masked lists behind its numbers."""
    pages = Pages(services, environment(dashboards="dashboards"))
    boards = Boards(services)
    county = CountyPage(pages, boards)
    lists = NumberLists(pages, boards)
    return [
        pages.route("/county", county.show, right=Right.BOARD),
        pages.route("/county/list/{number}", lists.show, right=Right.LISTS),
        pages.route("/county/list/{number}/{place}", lists.show, right=Right.LISTS),
        pages.route("/county/reveal", lists.reveal, right=Right.REVEAL, methods=("POST",)),
    ]


@dataclass(frozen=True)
class Shown:
    """A number as the page shows it."""

    number: Number
    n: str
    of: str
    share: str
    against: tuple[str, ...]
    listed: bool


@dataclass(frozen=True)
class PlaceRow:
    """A row of the table of places."""

    code: int
    name: str
    cells: tuple[str, ...]
    bars: tuple[Markup, ...]
    listed: tuple[bool, ...]
    overdue: str


class CountyPage:
    """/county.

    Parameters
    ----------
    pages
        Renders.
    boards
        The numbers.
    """

    def __init__(self, pages: Pages, boards: Boards) -> None:
        self._pages = pages
        self._services = pages.services
        self._boards = boards
        self._snapshots = Snapshots(pages.services.desk_engine)

    def show(self, ask: Ask) -> Response:
        """Show the page for the visitor's scope."""
        services, scope = self._services, ask.visitor.account.scope
        board = self._boards.board(ask.today)
        by_village = len(scope.prefix) > COUNTY
        suppress = not ask.may(Right.CARDS)
        waiting = stuck(services.desk_engine, scope, ask.today, by_village=by_village)
        month = month_of(services.desk_engine, board.picture, scope, services.calendar)
        code = int(scope.prefix.ljust(12, "0")) if scope.prefix else 0
        return self._pages.render(
            ask,
            "dashboards/county.html",
            place=services.place(code) if code else "全省",
            numbers=[self._number(ask, board, one, scope, suppress) for one in NUMBERS],
            month=month,
            charts=self._charts(board, scope, ask.today, suppress),
            trend_rows=self._trend_rows(board, scope, ask.today, suppress),
            rows=self._places(ask, board, scope, waiting, suppress),
            definitions=NUMBERS,
            sort=ask.query.get("sort", ""),
            stuck=waiting,
            n_overdue=sum(waiting.overdue.values()),
            by_village=by_village,
            suppress=suppress,
            drawn_at=board.drawn_at,
            warnings=services.calendar.warnings([ask.today.year]),
            may_list=ask.may(Right.LISTS),
        )

    def _number(
        self, ask: Ask, board: Board, number: Number, scope: Scope, suppress: bool
    ) -> Shown:
        cell = board.counts[number.code].within(scope)
        hide = suppress and is_small(cell.n)
        share = "" if cell.share is None or hide else f"{100 * cell.share:.1f}%"
        last = self._snapshots.near(number.code, scope, month_before(ask.today))
        year = self._snapshots.near(number.code, scope, lunar_year_before(ask.today))
        return Shown(
            number=number,
            n=shown(cell.n, hide=hide) if cell.of else NOBODY,
            of=count(cell.of, small=suppress),
            share=share,
            against=() if hide or not cell.of else against(cell, last, year),
            listed=ask.may(Right.LISTS) and cell.n > 0 and not hide,
        )

    def _points(self, board: Board, scope: Scope, today: date, suppress: bool) -> list[Point]:
        return [
            Point(
                month_start(month),
                SMALL - 1 if suppress and is_small(cell.n) else cell.n,
                is_complete(month, today),
            )
            for month, cell in zip(
                board.picture.months, ends_by_month(board.picture, scope), strict=True
            )
        ]

    def _charts(
        self, board: Board, scope: Scope, today: date, suppress: bool
    ) -> list[tuple[str, Markup]]:
        points = self._points(board, scope, today, suppress)
        bands = [
            Band(
                spring_festival(year) - FESTIVAL_BEFORE,
                spring_festival(year) + FESTIVAL_AFTER,
                "春节",
            )
            for year in (today.year - 1, today.year)
        ]
        return [
            (kind, trend(points, name="离职人次", unit="人次", bands=bands, width=width))
            for kind, width in (("narrow-only", NARROW), ("wide-only", WIDE))
        ]

    def _trend_rows(
        self, board: Board, scope: Scope, today: date, suppress: bool
    ) -> list[tuple[str, str, str]]:
        return [
            (
                f"{point.day.year} 年 {point.day.month} 月",
                count(point.value, small=suppress),
                "" if point.complete else "还会补报",
            )
            for point in reversed(self._points(board, scope, today, suppress))
        ]

    def _places(
        self, ask: Ask, board: Board, scope: Scope, waiting: Stuck, suppress: bool
    ) -> list[PlaceRow]:
        cells = {one.code: by_place(board, one, scope) for one in NUMBERS}
        codes = sorted(set().union(*(column.keys() for column in cells.values())))
        sort = ask.query.get("sort", "")
        if sort in BY_CODE:
            codes.sort(key=lambda code: -cells[sort].get(code, Cell(0, 0)).n)
        elif sort == "overdue":
            codes.sort(key=lambda code: -waiting.overdue[code])
        columns = [column_of(cells[one.code], codes, suppress) for one in NUMBERS]
        late = [waiting.overdue[code] for code in codes]
        hide_late = hidden(late) if suppress else [False] * len(late)
        return [
            PlaceRow(
                code=code,
                name=self._services.place(code),
                cells=tuple(column[i][0] for column in columns),
                bars=tuple(column[i][1] for column in columns),
                listed=tuple(column[i][2] for column in columns),
                overdue=shown(late[i], hide=hide_late[i]),
            )
            for i, code in enumerate(codes)
        ]


def by_place(board: Board, number: Number, scope: Scope) -> dict[int, Cell]:
    """Return a number by township of a county, or by village of a township."""
    counts = board.counts[number.code]
    if len(scope.prefix) <= COUNTY:
        return counts.by_township(scope)
    return {village: Cell(n, of) for village, n, of in counts.rows() if scope.covers(village)}


def column_of(
    cells: dict[int, Cell], codes: list[int], suppress: bool
) -> list[tuple[str, Markup, bool]]:
    """Return the words, the bar, and whether there is a list, of each place in a column."""
    column = [cells.get(code, Cell(0, 0)) for code in codes]
    values = [cell.n if cell.of else None for cell in column]
    hide = hidden(values) if suppress else [False] * len(values)
    most = max((v for v, h in zip(values, hide, strict=True) if v and not h), default=0)
    return [
        (
            NOBODY if value is None else shown(value, hide=h),
            bar(value, most, known=not h),
            bool(value) and not h,
        )
        for value, h in zip(values, hide, strict=True)
    ]


def against(cell: Cell, month: Past | None, year: Past | None) -> tuple[str, ...]:
    """Write the change against last month and the same lunar week last year.

    Examples
    --------
    >>> against(Cell(12, 100), None, None)
    ('还没有上月和去年同期的数据可比',)
    """
    if month is None and year is None:
        return ("还没有上月和去年同期的数据可比",)
    return change(cell, month, "比上月同日"), change(cell, year, "比去年同一农历周")


def change(cell: Cell, past: Past | None, against: str) -> str:
    """Write the change against an earlier day; unknown is said.

    Examples
    --------
    >>> change(Cell(12, 100), Past(date(2026, 10, 24), Cell(15, 100)), "比上月同日")
    '比上月同日少 3（10-24 为 15）'
    >>> change(Cell(12, 100), None, "比上月同日")
    '比上月同日：没有数据'
    """
    if past is None:
        return f"{against}：没有数据"
    if is_small(past.cell.n):
        return f"{against}：那时不足 5"
    more = cell.n - past.cell.n
    words = "持平" if not more else f"{'多' if more > 0 else '少'} {abs(more):,}"
    return f"{against}{words}（{past.day:%m-%d} 为 {past.cell.n:,}）"
