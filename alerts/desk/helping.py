"""Cards completed by help that others record: `service.delivered` events that answer a card."""

from datetime import datetime

from sqlalchemy import Connection

from alerts.desk import visits
from alerts.desk.record import Change, find_card
from streams.fact import FactArray
from yujing.domain.codes import Outcome, Service, ServiceResult, members, number, zh
from yujing.domain.policy import Policy

SERVICE_DELIVERED = 25   # number of the event type
_HELPED = (number(ServiceResult.DONE), number(ServiceResult.HIRED))
_TALK = number(Service.POLICY_TALK)   # telling somebody of a policy is no help yet


def that_help(facts: FactArray) -> FactArray:
    """Return the facts that say that help was given in answer to a card."""
    helped = (facts["kind"] == SERVICE_DELIVERED) & (facts["card"] > 0)
    helped &= (facts["result"] == _HELPED[0]) | (facts["result"] == _HELPED[1])
    helping: FactArray = facts.compress(helped & (facts["service"] != _TALK))
    return helping


def complete_by(
    connection: Connection, facts: FactArray, *, at: datetime, policy: Policy
) -> list[int]:
    """Complete the confirmed cards that these facts answer; return their numbers.

    A card that nobody confirmed stays: help does not say that its reason was true. A fact that
    comes again finds its card ended and changes nothing.
    """
    completed = []
    for row in facts:
        card = find_card(connection, int(row["card"]), to_change=True)
        if card is None or not card.is_live or card.outcome != Outcome.CONFIRMED.value:
            continue
        service = members(Service)[int(row["service"])]
        fact = int(row["fact"])
        change = Change("completed", at, "event", "worker", f"{zh(service)}已落实", fact)
        visits.complete(connection, card.id, change, policy=policy)
        completed.append(card.id)
    return completed
