"""Who could have got a card in the latest deal and did not: visible, with what it may cost."""

from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from alerts.dealing import VERDICT_ZH, Verdict
from alerts.desk.desk import Desk
from alerts.pages.lines import Level, latest_deals, level_of
from alerts.pages.words import reason_words
from yujing.access.scope import Scope
from yujing.web import people
from yujing.web.page import Ask, Pages
from yujing.web.services import Services

MOST = 50
_LEFT_OUT = frozenset(
    verdict.name
    for verdict in (
        Verdict.NO_CAPACITY,
        Verdict.WAITING,
        Verdict.HELD,
        Verdict.PAUSED,
        Verdict.COOLED,
    )
)


@dataclass(frozen=True)
class NotSent:
    """A household that got no card; the name is masked."""

    name: str
    village: str
    level: Level
    reason: str
    why: str
    loss_fen: int


def left_out(services: Services[Desk], scope: Scope) -> list[tuple[int, dict[str, Any]]]:
    """Return (village, line of the deal) of who got no card in each village's latest deal."""
    rows = []
    for village, day in latest_deals(services.desk_engine, scope).items():
        deal = services.desk.not_sent(village, day=day)
        if deal is not None:
            rows += [(village, line) for line in deal.lines if line["verdict"] in _LEFT_OUT]
    return rows


class NotSentPage:
    """/not-sent.

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
        """Show them in the order of the deal, with why and the expected loss."""
        services = self._services
        rows = left_out(services, ask.visitor.account.scope)
        keys = [int(line["household"], 16) for _, line in rows[:MOST]]
        with services.reading():
            homes = people.households(services.state(), services.vault, keys, as_of=ask.today)
        shown = [
            NotSent(
                name=homes[key].name,
                village=services.place(village),
                level=level_of(services, int(line["level"]), village, ask.today),
                reason=reason_words(str(line["reason"])),
                why=VERDICT_ZH[Verdict[line["verdict"]]],
                loss_fen=int(line["benefit_fen"]),
            )
            for key, (village, line) in zip(keys, rows, strict=False)
        ]
        return self._pages.render(
            ask, "alerts/not_sent.html", rows=shown, total=len(rows),
            loss_fen=sum(int(line["benefit_fen"]) for _, line in rows),
        )  # fmt: skip
