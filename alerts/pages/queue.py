"""The worker's first page: whom to call first and why, and until when; and the lists beside it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from starlette.responses import Response

from alerts.desk.desk import Desk
from alerts.desk.record import ACKNOWLEDGED, Card
from alerts.pages.card import can_undo, last_step
from alerts.pages.lines import Line, dealt_at, in_order, lines
from alerts.pages.not_sent import left_out
from alerts.pages.words import STAGES
from yujing.access.scope import VILLAGE, Scope
from yujing.web import people
from yujing.web.page import Ask, Pages
from yujing.web.services import Services
from yujing.web.words import clock_time

FILTER_FROM = 10  # more lines than this get a filter
A_PAGE = 50
MOST_FOUND = 20
MOST_SEARCHED = 20_000  # names opened for one search: a township


@dataclass(frozen=True)
class Saved:
    """What was just recorded, with the offer to take it back."""

    card: int
    name: str
    words: str


class QueuePages:
    """/queue and /done.

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

    def queue(self, ask: Ask) -> Response:
        """Show today's cards, or what a search found."""
        services, scope = self._services, ask.visitor.account.scope
        found = in_order(lines(services, ask, services.desk.live_cards(scope.prefix)))
        asleep = [line for line in found if _is_asleep(line.card, ask)]
        awake = [line for line in found if not _is_asleep(line.card, ask) and not _is_helped(line)]
        helping = [line for line in found if not _is_asleep(line.card, ask) and _is_helped(line)]
        village = ask.query.get("village", "")
        chosen = [line for line in awake if not village or str(line.card.region) == village]
        n_pages = max(1, -(-len(chosen) // A_PAGE))
        page = min(max(_whole(ask.query.get("page")), 1), n_pages)
        # by POST: addresses are logged, and a name must not stand in one
        q = ask.form.get("q", "").strip()
        at = dealt_at(services.desk_engine, scope)
        return self._pages.render(
            ask, "alerts/queue.html", place=services.place(int(scope.prefix.ljust(12, "0"))),
            lines=chosen[(page - 1) * A_PAGE : page * A_PAGE], n_lines=len(chosen),
            n_awake=len(awake), asleep=asleep, helping=helping[:A_PAGE],
            withdrawn=self._withdrawn(ask, scope),
            villages=_villages(awake) if len(awake) > FILTER_FROM else [], village=village,
            page=page, n_pages=n_pages, saved=self._saved(ask), q=q,
            found=self._search(ask, q, found) if q else None, used=self._used(ask, scope),
            dealt_at=None if at is None else datetime.fromtimestamp(at, UTC),
            n_not_sent=len(left_out(services, scope)), n_done=len(self._done_cards(ask, scope)),
            one_village=len(scope.prefix) == VILLAGE,
        )  # fmt: skip

    def done(self, ask: Ask) -> Response:
        """Show what ended this month."""
        scope = ask.visitor.account.scope
        cards = self._done_cards(ask, scope)
        shown = lines(self._services, ask, cards)
        return self._pages.render(
            ask, "alerts/done.html", lines=shown, stages=STAGES,
            mine=ask.visitor.account.username,
        )  # fmt: skip

    def _withdrawn(self, ask: Ask, scope: Scope) -> list[Line]:
        since = ask.today - timedelta(days=1)
        cards = self._services.desk.ended_cards(
            scope.prefix, since=since, stages=("cancelled", "expired")
        )
        return lines(self._services, ask, cards)

    def _done_cards(self, ask: Ask, scope: Scope) -> list[Card]:
        return self._services.desk.ended_cards(scope.prefix, since=ask.today.replace(day=1))

    def _saved(self, ask: Ask) -> Saved | None:
        number = _whole(ask.query.get("done"))
        card = self._services.desk.card(number) if number else None
        account = ask.visitor.account
        if card is None or not account.scope.covers(card.region):
            return None
        transitions = self._services.desk.transitions(card.id)
        last = last_step(transitions)
        if last is None or not can_undo(transitions, ask):
            return None
        at = datetime.fromtimestamp(last.at, UTC)
        name = lines(self._services, ask, [card])[0].name
        return Saved(card.id, name, f"{last.why} · 已保存 {clock_time(at)}")

    def _used(self, ask: Ask, scope: Scope) -> tuple[int, int] | None:
        if len(scope.prefix) != VILLAGE:
            return None
        village = int(scope.prefix)
        capacity = self._services.policy.capacity(village, day=ask.today)
        return self._services.desk.used(village, today=ask.today), capacity

    def _search(self, ask: Ask, q: str, live: list[Line]) -> list[tuple[str, str, int | None]]:
        """Return masked name, village and open card of the households that a text finds."""
        services, scope = self._services, ask.visitor.account.scope
        least, largest = scope.bounds
        with services.reading():
            state = services.state()
            table = state.members
            inside = np.flatnonzero((table["region"] >= least) & (table["region"] <= largest))
            inside = inside[:MOST_SEARCHED]
            home_of = dict(
                zip(table["key"][inside].tolist(), table["household"][inside].tolist(), strict=True)
            )
            matches = services.vault.search(
                q, persons=home_of.keys(), households=set(home_of.values()) - {0}
            )
            keys = dict.fromkeys(
                home_of[match.key] if match.kind == "person" else match.key for match in matches
            )
            wanted = list(keys)[:MOST_FOUND]
            homes = people.households(state, services.vault, wanted, as_of=ask.today)
        card_of = {line.card.household: line.card for line in live}
        return [
            (homes[key].name, self._place_of(card_of.get(key)), _id(card_of.get(key)))
            for key in wanted
            if key in homes and homes[key].members
        ]

    def _place_of(self, card: Card | None) -> str:
        return "" if card is None else self._services.place(card.region)


def _id(card: Card | None) -> int | None:
    return None if card is None else card.id


def _is_asleep(card: Card, ask: Ask) -> bool:
    return card.snoozed_until is not None and card.snoozed_until > ask.today


def _is_helped(line: Line) -> bool:
    return line.card.stage == ACKNOWLEDGED


def _villages(found: list[Line]) -> list[tuple[int, str, int]]:
    counts: dict[int, tuple[str, int]] = {}
    for line in found:
        name, n = counts.get(line.card.region, (line.village, 0))
        counts[line.card.region] = (name, n + 1)
    return [(code, name, n) for code, (name, n) in sorted(counts.items())]


def _whole(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0
