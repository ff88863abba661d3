"""The addresses of the workers' and supervisors' pages."""

from starlette.routing import Route

from alerts.desk.desk import Desk
from alerts.pages.card import CardPages
from alerts.pages.not_sent import NotSentPage
from alerts.pages.objection import ObjectionPages
from alerts.pages.queue import QueuePages
from alerts.pages.record import RecordPages
from alerts.pages.township import TownshipPages
from yujing.access.roles import Right
from yujing.web.page import Pages
from yujing.web.render import environment
from yujing.web.services import Services


def routes(services: Services[Desk]) -> list[Route]:
    """Return the routes; each names the right that it needs, each handler checks the place."""
    pages = Pages(services, environment(alerts="alerts.pages"))
    queue = QueuePages(pages, services)
    cards = CardPages(pages, services)
    record = RecordPages(pages, services, cards)
    objection = ObjectionPages(services, cards)
    township = TownshipPages(pages, services)
    post = ("POST",)
    return [
        pages.route("/queue", queue.queue, right=Right.CARDS, methods=("GET", "POST")),
        pages.route("/done", queue.done, right=Right.CARDS),
        pages.route("/not-sent", NotSentPage(pages, services).show, right=Right.CARDS),
        pages.route("/cards/{id}", cards.show, right=Right.CARDS),
        pages.route("/cards/{id}/call", cards.call, right=Right.REVEAL, methods=post),
        pages.route("/cards/{id}/record", record.record, right=Right.RECORD, methods=post),
        pages.route("/cards/{id}/undo", record.undo, right=Right.RECORD, methods=post),
        pages.route("/cards/{id}/snooze", record.snooze, right=Right.RECORD, methods=post),
        pages.route("/cards/{id}/object", objection.object, right=Right.RECORD, methods=post),
        pages.route("/cards/{id}/settle", objection.settle, right=Right.SUPERVISE, methods=post),
        pages.route("/township", township.show, right=Right.SUPERVISE),
        pages.route("/township/assign", township.assign, right=Right.SUPERVISE, methods=post),
        pages.route(
            "/township/held/{id}/release", township.release, right=Right.SUPERVISE, methods=post
        ),
        pages.route(
            "/township/held/{id}/discard", township.discard, right=Right.SUPERVISE, methods=post
        ),
    ]
