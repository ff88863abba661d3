"""Somebody objects to being on the list: rules and scores pause until a supervisor has answered."""

from starlette.responses import Response

from alerts.desk.desk import Desk
from alerts.pages.card import CardPages
from yujing.access.roles import Right
from yujing.web.page import Ask, redirect
from yujing.web.services import Services


class ObjectionPages:
    """The two forms of an objection, on the card's page.

    Parameters
    ----------
    services
        The open stores.
    cards
        Finds the card within the visitor's scope.
    """

    def __init__(self, services: Services[Desk], cards: CardPages) -> None:
        self._services = services
        self._cards = cards

    def object(self, ask: Ask) -> Response:
        """Note an objection; people's own reports and money due go on."""
        card = self._cards.card_of(ask, Right.RECORD)
        by = ask.visitor.account.username
        self._services.desk.pause(card.household, card.person, by=by, at=ask.now)
        return redirect(f"/cards/{card.id}")

    def settle(self, ask: Ask) -> Response:
        """Note that the objection was answered; rules and scores speak again."""
        card = self._cards.card_of(ask, Right.SUPERVISE)
        self._services.desk.resume(card.household, by=ask.visitor.account.username, at=ask.now)
        return redirect(f"/cards/{card.id}")
