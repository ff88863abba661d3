"""The supervisor's page: what is overdue and where, held bursts, handing cards over."""

from dataclasses import dataclass
from datetime import date

from starlette.responses import Response

from alerts.desk.desk import Desk
from alerts.desk.holds import HeldBurst
from alerts.drafts import CardDraft
from alerts.pages.lines import Line, in_order, lines
from alerts.pages.words import DIMENSIONS, reason_words
from yujing.access.accounts import Account
from yujing.access.roles import Right, Role
from yujing.access.scope import Scope
from yujing.domain.codes import Source, members, zh
from yujing.errors import AccessDeniedError, UsageError
from yujing.web.page import Ask, Pages, redirect
from yujing.web.services import Services

MOST_OVERDUE = 20  # lines at once; the others are reached by village
_SOURCE, _EMPLOYER = "source", "employer"


@dataclass(frozen=True)
class VillageRow:
    """One village: open and overdue cards."""

    code: int
    name: str
    n_open: int
    n_overdue: int
    longest: str


@dataclass(frozen=True)
class HeldRow:
    """A held burst for the page."""

    id: int
    day: date
    words: str
    n: int
    limit: int
    villages: str
    mine: bool


class TownshipPages:
    """/township and its forms.

    Parameters
    ----------
    pages
        Renders.
    services
        The open stores.
    """

    def __init__(self, pages: Pages, services: Services[Desk]) -> None:
        self._pages = pages
        self._services = services

    def show(self, ask: Ask) -> Response:
        """Show the page."""
        services, scope = self._services, ask.visitor.account.scope
        found = in_order(lines(services, ask, services.desk.live_cards(scope.prefix)))
        overdue = [line for line in found if line.overdue and not _is_asleep(line, ask.today)]
        overdue.sort(key=lambda line: (line.card.due_on, -line.card.level))
        village = ask.query.get("village", "")
        shown = [line for line in overdue if not village or str(line.card.region) == village]
        return self._pages.render(
            ask, "alerts/township.html",
            place=services.place(int(scope.prefix.ljust(12, "0"))),
            villages=village_rows(found, overdue), overdue=shown[:MOST_OVERDUE], n_open=len(found),
            n_overdue=len(overdue), n_more=max(len(shown) - MOST_OVERDUE, 0), village=village,
            objections=_objections(found, services.desk.paused()),
            held=[self._held_row(burst, scope) for burst in self._held(scope)],
            workers=self._workers(scope), names=self._names(found),
            n_assigned=_whole(ask.query.get("assigned")),
            n_released=ask.query.get("released"), n_discarded=ask.query.get("discarded"),
        )  # fmt: skip

    def assign(self, ask: Ask) -> Response:
        """Hand the chosen cards to somebody."""
        scope = ask.visitor.account.scope
        numbers = [
            int(name.removeprefix("card_"))
            for name in ask.form
            if name.startswith("card_") and name.removeprefix("card_").isdigit()
        ]
        if not numbers:
            raise UsageError("还没有勾选提醒，请先勾选再指派。")
        assignee = ask.form.get("assignee", "")
        if assignee not in {worker.username for worker in self._workers(scope)} | {""}:
            raise UsageError("请从名单里选一个人。")
        for number in numbers:
            card = self._services.desk.card(number)
            if card is None:
                raise AccessDeniedError("no such card")
            ask.require(Right.SUPERVISE, card.region)
        account = ask.visitor.account
        self._services.desk.assign(
            numbers, assignee, by=account.username, at=ask.now, role=account.role
        )
        return redirect(f"/township?assigned={len(numbers)}")

    def release(self, ask: Ask) -> Response:
        """Open the cards of a held burst."""
        burst = self._burst(ask)
        account = ask.visitor.account
        opened = self._services.desk.release(
            burst.id, by=account.username, at=ask.now, role=account.role
        )
        return redirect(f"/township?released={len(opened)}")

    def discard(self, ask: Ask) -> Response:
        """Drop a held burst; its reason is silent for these households for a while."""
        burst = self._burst(ask)
        account = ask.visitor.account
        n = self._services.desk.discard(
            burst.id, by=account.username, at=ask.now, role=account.role
        )
        return redirect(f"/township?discarded={n}")

    def _burst(self, ask: Ask) -> HeldBurst:
        scope = ask.visitor.account.scope
        number = _whole(ask.path["id"])
        for burst in self._services.desk.held(waiting_only=False):
            drafts = self._services.desk.held_drafts(number) if burst.id == number else []
            if drafts and all(scope.covers(draft.region) for draft in drafts):
                return burst
        raise AccessDeniedError("no such burst")

    def _held(self, scope: Scope) -> list[HeldBurst]:
        county = scope.prefix[:6]
        return [b for b in self._services.desk.held() if f"{b.county:06d}".startswith(county)]

    def _held_row(self, burst: HeldBurst, scope: Scope) -> HeldRow:
        drafts = self._services.desk.held_drafts(burst.id)
        inside = [draft for draft in drafts if scope.covers(draft.region)]
        villages = {self._services.place(draft.region) for draft in inside}
        return HeldRow(
            id=burst.id,
            day=burst.day,
            words=self._burst_words(burst, drafts),
            n=burst.n,
            limit=burst.limit,
            villages="、".join(sorted(villages)[:6]),
            mine=bool(drafts) and len(inside) == len(drafts),
        )

    def _burst_words(self, burst: HeldBurst, drafts: list[CardDraft]) -> str:
        reasons = "、".join(sorted({reason_words(draft.reason) for draft in drafts}))
        words = DIMENSIONS.get(burst.dimension, burst.dimension)
        if burst.dimension == _SOURCE and burst.value < len(members(Source)):
            words += f"（{zh(members(Source)[burst.value])}）"
        if burst.dimension == _EMPLOYER:
            words += f"（{self._services.vault.employer(burst.value) or '名称未登记'}）"
        return f"{words}：{reasons}"

    def _workers(self, scope: Scope) -> list[Account]:
        return [
            account
            for account in self._services.access.accounts.list()
            if account.role in (Role.WORKER, Role.SUPERVISOR)
            and not account.disabled
            and (scope.contains(account.scope) or account.scope.contains(scope))
        ]

    def _names(self, found: list[Line]) -> dict[str, str]:
        names = {"": "未指派"}
        for username in {line.card.assignee for line in found} - {""}:
            account = self._services.access.accounts.get(username)
            names[username] = account.name if account else username
        return names


def _objections(found: list[Line], paused: dict[int, date]) -> list[tuple[Line, date]]:
    """Return the live cards of households whose member objects, the earliest answer first."""
    mine = [(line, paused[line.card.household]) for line in found if line.card.household in paused]
    return sorted(mine, key=lambda one: one[1])


def village_rows(found: list[Line], overdue: list[Line]) -> list[VillageRow]:
    """Return villages with open cards by code, with the longest overdue deadline in words."""
    rows = []
    for code in sorted({line.card.region for line in found}):
        late = [line for line in overdue if line.card.region == code]
        here = [line for line in found if line.card.region == code]
        longest = min(late, key=lambda line: line.card.due_on).due if late else ""
        rows.append(VillageRow(code, here[0].village, len(here), len(late), longest))
    return rows


def _is_asleep(line: Line, today: date) -> bool:
    return line.card.snoozed_until is not None and line.card.snoozed_until > today


def _whole(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0
