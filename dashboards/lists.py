"""The masked lists behind the numbers; a name needs a reason, written down before it is shown.

For who holds no cards a list ends at the township, and what the table hides the list hides too.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from starlette.responses import Response

from dashboards.board import Board, Boards
from dashboards.counts import TOWNSHIP_UNIT
from dashboards.numbers import BY_CODE, Number
from dashboards.picture import Ints
from dashboards.suppress import hidden, is_small
from models.features.bits import NO_DAY
from yujing.access.roles import Right
from yujing.access.scope import TOWNSHIP, Scope
from yujing.domain.days import from_day
from yujing.errors import AccessDeniedError, UsageError
from yujing.web import people
from yujing.web.page import Ask, Pages
from yujing.web.security import address_of
from yujing.web.services import Services
from yujing.web.words import day

A_PAGE = 50
ELSEWHERE = "其他乡镇"


@dataclass(frozen=True)
class ListRow:
    """A household of a list; `name` is masked."""

    key: str
    name: str
    place: str
    words: str


class NumberLists:
    """/county/list.

    Parameters
    ----------
    pages
        Renders.
    boards
        The numbers.
    """

    def __init__(self, pages: Pages, boards: Boards) -> None:
        self._pages = pages
        self._services: Services[Any] = pages.services
        self._boards = boards

    def show(self, ask: Ask) -> Response:
        """Show the households that a number counts, at most fifty a page."""
        number = BY_CODE.get(ask.path["number"])
        scope = self._scope(ask)
        if number is None:
            raise AccessDeniedError("no such number")
        board = self._boards.board(ask.today)
        total = board.counts[number.code].within(scope).n
        suppress = not ask.may(Right.CARDS)
        if suppress and (is_small(total) or self._is_hidden(ask, board, number, scope)):
            return self._pages.render(
                ask, "dashboards/list.html", number=number, place=self._place(scope), rows=[],
                total=None, page=1, n_pages=1, scope=scope,
            )  # fmt: skip
        page, n_pages = self._page(ask, total)
        picked = _picked(board, number, scope)[(page - 1) * A_PAGE : page * A_PAGE]
        return self._pages.render(
            ask, "dashboards/list.html", number=number, place=self._place(scope),
            rows=self._rows(ask, board, number, picked, suppress), total=total, page=page,
            n_pages=n_pages, scope=scope,
        )  # fmt: skip

    def reveal(self, ask: Ask) -> Response:
        """Show the name of one household's head after writing down who wanted it and why."""
        try:
            key = int(ask.form.get("household", ""), 16)
        except ValueError:
            raise AccessDeniedError("no key") from None
        place = self._boards.board(ask.today).picture.place_of(key)
        ask.require(Right.REVEAL, place)
        with self._services.reading():
            state = self._services.state()
            home = people.households(state, self._services.vault, [key], as_of=ask.today)[key]
        try:
            self._services.access.audit.note(
                ask.visitor.account, what="name", subject=home.head,
                reason=ask.form.get("reason", ""), address=address_of(ask.request), at=ask.now,
            )  # fmt: skip
        except UsageError as error:
            return self._pages.problem(
                ask.request, 400, str(error), visitor=ask.visitor, form=ask.form
            )
        record = self._services.vault.person(home.head)
        return self._pages.render(
            ask, "dashboards/reveal.html", name=(record and record.name) or "姓名未登记",
            place=self._services.place(place // TOWNSHIP_UNIT * TOWNSHIP_UNIT),
            reason=ask.form["reason"].strip(), n_members=len(home.members),
        )  # fmt: skip

    def _scope(self, ask: Ask) -> Scope:
        own = ask.visitor.account.scope
        if "place" not in ask.path:
            return own
        try:
            asked = Scope.of(ask.path["place"])
        except UsageError:
            raise AccessDeniedError("no such place") from None
        ends_here = TOWNSHIP if not ask.may(Right.CARDS) else len(asked.prefix)
        if not own.contains(asked) or len(asked.prefix) > ends_here:
            raise AccessDeniedError("outside")
        return asked

    def _is_hidden(self, ask: Ask, board: Board, number: Number, scope: Scope) -> bool:
        return int(scope.prefix.ljust(12, "0") or 0) in _hidden_places(ask, board, number)

    def _rows(
        self, ask: Ask, board: Board, number: Number, picked: Ints, suppress: bool
    ) -> list[ListRow]:
        picture = board.picture
        keys = [int(key) for key in picture.keys[picked]]
        with self._services.reading():
            state = self._services.state()
            homes = people.households(state, self._services.vault, keys, as_of=ask.today)
        kept_back = _hidden_places(ask, board, number) if suppress else frozenset()
        rows = []
        for at, key in zip(picked.tolist(), keys, strict=True):
            region = int(picture.regions[at])
            township = region // TOWNSHIP_UNIT * TOWNSHIP_UNIT
            place = self._services.place(township if suppress else region)
            rows.append(ListRow(
                key=f"{key:016x}", name=homes[key].name,
                place=ELSEWHERE if township in kept_back else place,
                words=_words(board, number, at, ask),
            ))  # fmt: skip
        return rows

    def _place(self, scope: Scope) -> str:
        if not scope.prefix:
            return "全省"
        return self._services.place(int(scope.prefix.ljust(12, "0")))

    @staticmethod
    def _page(ask: Ask, total: int) -> tuple[int, int]:
        n_pages = max(1, -(-total // A_PAGE))
        wanted = ask.query.get("page", "1")
        page = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 7 else 1
        return min(max(page, 1), n_pages), n_pages


def _hidden_places(ask: Ask, board: Board, number: Number) -> frozenset[int]:
    """Return the townships whose cell the table of the whole scope hides."""
    cells = board.counts[number.code].by_township(ask.visitor.account.scope)
    codes = sorted(cells)
    hide = hidden([cells[code].n if cells[code].of else None for code in codes])
    return frozenset(code for code, h in zip(codes, hide, strict=True) if h)


def _picked(board: Board, number: Number, scope: Scope) -> Ints:
    picture = board.picture
    least, largest = scope.bounds
    mask = number.numerator(picture) & number.denominator(picture)
    mask &= (picture.regions >= least) & (picture.regions <= largest)
    picked = np.flatnonzero(mask)
    return picked[np.lexsort((picture.keys[picked], picture.regions[picked]))]


def _words(board: Board, number: Number, at: int, ask: Ask) -> str:
    picture = board.picture
    visited = int(picture.visit_day[at])
    if number.code == "unseen":
        return "最近两个整月没有上报"
    if visited == NO_DAY:
        return "还没有走访记录"
    return f"{day(from_day(visited), now=ask.today)} 走访"
