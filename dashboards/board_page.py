"""/boards: the boards without Grafana, the same panels, numbers and words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Any
from urllib.parse import quote

from markupsafe import Markup
from starlette.responses import Response
from starlette.routing import Route

from dashboards.board_filters import Choice, chosen, month_word
from dashboards.boards import BOARDS, BY_CODE
from dashboards.drawing import Bar, Tile, bars, pictures, tiles
from dashboards.export import to_csv, to_workbook
from dashboards.figures import written
from dashboards.grafana.places import uid_of
from dashboards.panel import Board, Panel, Shape
from dashboards.reading import Answer, read
from yujing.access.roles import Right
from yujing.access.scope import Scope
from yujing.errors import AccessDeniedError
from yujing.storage.clickhouse import storage_errors
from yujing.web.page import Ask, Pages
from yujing.web.render import environment
from yujing.web.services import Services

FRESH_FOR = timedelta(minutes=1)
_COUNTY = 10**6
_CSV = "text/csv; charset=utf-8"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_MOST_KEPT = 64


def routes(services: Services[Any]) -> list[Route]:
    """Return the list of boards and the boards."""
    page = BoardPage(Pages(services, environment(dashboards="dashboards")))
    pages = page.pages
    return [
        pages.route("/boards", page.index, right=Right.BOARD),
        pages.route("/boards/{board}", page.show, right=Right.BOARD),
        pages.route("/boards/{board}/book.xlsx", page.book, right=Right.BOARD),
        pages.route("/boards/{board}/{panel}.csv", page.sheet, right=Right.BOARD),
    ]


@dataclass(frozen=True)
class Shown:
    """A panel as the page shows it."""

    panel: Panel
    rows: Sequence[Sequence[str]]
    bars: Sequence[Bar]
    tiles: Sequence[Tile]
    pictures: Sequence[tuple[str, Markup]]

    @property
    def number(self) -> str:
        """The number of a panel that is one."""
        return self.rows[0][0] if self.rows else ""

    @property
    def beside(self) -> str:
        """What stands beside the number: what it is a part of, and the share."""
        return " · ".join(self.rows[0][1:]) if self.rows else ""

    @property
    def is_number(self) -> bool:
        """Whether it is one number."""
        return self.panel.shape is Shape.STAT


def drawn(answer: Answer) -> Shown:
    """Return a panel as the page shows it."""
    return Shown(answer.panel, written(answer), bars(answer), tiles(answer), pictures(answer))


class BoardPage:
    """The pages of the boards.

    Parameters
    ----------
    pages
        Renders.
    """

    def __init__(self, pages: Pages) -> None:
        self.pages = pages
        self._services: Services[Any] = pages.services
        self._lock = Lock()
        self._kept: dict[tuple[str, object], tuple[datetime, list[list[Answer]]]] = {}

    def index(self, ask: Ask) -> Response:
        """Show which boards there are."""
        return self.pages.render(ask, "dashboards/boards.html", boards=_of(ask))

    def show(self, ask: Ask) -> Response:
        """Show a board."""
        board, names = self._board(ask), self._names()
        scope = ask.visitor.account.scope
        choice = chosen(ask.query, scope, ask.today, counties=_counties(names))
        answers = self._answers(board, choice, ask.now)
        return self.pages.render(
            ask, "dashboards/board.html", board=board, boards=_of(ask),
            rows=[[drawn(answer) for answer in row] for row in answers], choice=choice,
            first=month_word(choice.first), last=month_word(choice.last),
            places=_places(names, scope), place=self._place(choice.place, names),
            own=int(scope.prefix.ljust(12, "0")) if scope.prefix else 0,
            in_grafana=self._in_grafana(board),
        )  # fmt: skip

    def _in_grafana(self, board: Board) -> str:
        """Return the address of the same board in Grafana, "" without one."""
        address = self._services.grafana
        return f"{address}/d/{uid_of(board)}" if address else ""

    def book(self, ask: Ask) -> Response:
        """Return a board as a spreadsheet."""
        board, answers, words = self._exported(ask)
        return _download(to_workbook(board, answers, **words), f"{board.title}.xlsx", _XLSX)

    def sheet(self, ask: Ask) -> Response:
        """Return a panel as CSV."""
        _, answers, words = self._exported(ask)
        for answer in answers:
            if answer.panel.code == ask.path["panel"]:
                return _download(to_csv(answer, **words), f"{answer.panel.title}.csv", _CSV)
        raise AccessDeniedError("no such panel")

    def _exported(self, ask: Ask) -> tuple[Board, list[Answer], dict[str, Any]]:
        board, names = self._board(ask), self._names()
        choice = chosen(ask.query, ask.visitor.account.scope, ask.today, counties=_counties(names))
        answers = [answer for row in self._answers(board, choice, ask.now) for answer in row]
        span = f"{month_word(choice.first)} 至 {month_word(choice.last)}"
        return board, answers, {
            "at": ask.now, "place": self._place(choice.place, names), "span": span,
        }  # fmt: skip

    @staticmethod
    def _board(ask: Ask) -> Board:
        board = BY_CODE.get(ask.path["board"])
        if board is None or board not in _of(ask):
            raise AccessDeniedError("no such board")
        return board

    def _answers(self, board: Board, choice: Choice, now: datetime) -> list[list[Answer]]:
        """Return the answers of a board's panels, at most a minute old."""
        key = (board.code, choice.filters)
        with self._lock:
            kept = self._kept.get(key)
            if kept is None or now - kept[0] >= FRESH_FOR:
                with self._services.reading():
                    client = self._services.numbers()
                    answers = [
                        [read(client, panel, choice.filters) for panel in row] for row in board.rows
                    ]
                while len(self._kept) >= _MOST_KEPT:
                    self._kept.pop(next(iter(self._kept)))
                self._kept[key] = kept = (now, answers)
            return kept[1]

    def _names(self) -> dict[int, str]:
        """Return the names of the places that there are numbers of."""
        with self._services.reading(), storage_errors("reading names of places"):
            rows = self._services.numbers().query("SELECT code, name FROM places FINAL").result_rows
        return {int(code): self._services.place(int(code)) for code, _ in rows}

    def _place(self, code: int, names: dict[int, str]) -> str:
        return names.get(code) or (self._services.place(code) if code else "全部")


def _download(content: bytes, name: str, media_type: str) -> Response:
    disposition = f"attachment; filename*=UTF-8''{quote(name)}"
    headers = {"content-disposition": disposition, "cache-control": "no-store"}
    return Response(content, media_type=media_type, headers=headers)


def _of(ask: Ask) -> list[Board]:
    """Return the boards for the visitor."""
    operator = ask.may(Right.ACCOUNTS)
    return [board for board in BOARDS if operator or not board.operators]


def _counties(names: dict[int, str]) -> list[int]:
    return [code for code in names if code % _COUNTY == 0]


def _places(names: dict[int, str], scope: Scope) -> list[tuple[int, str]]:
    """Return the places that a visitor can choose, by code."""
    return [(code, names[code]) for code in sorted(names) if scope.covers(code)]
