"""What leaves the desk, from its outbox: transitions of cards, visits and answers to differences.

Embedded, they go into the log of this process. Distributed, any process may carry them: who takes a
row has it alone for a while, sends it and marks it. At least once in both: a kill before the mark
sends it again, which changes nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import msgspec
import numpy as np

from alerts.desk.queries import OutboxRow
from streams.kafka.bucket import bucket_of
from streams.kafka.messages import SOURCE, Message
from streams.kafka.outgoing import CardTransition
from streams.kafka.topics import CARD_EVENTS
from streams.log.card_events import CardEvent
from streams.pipeline import NO_KEYS, Keys
from streams.wire.catalogue import BY_NAME
from yujing.app.county import County
from yujing.app.own_events import own_grant, say
from yujing.domain.codes import Source

VERIFICATION = BY_NAME["verification.result"].kind
ANSWER = BY_NAME["comparison.answer"].kind
DESK = "desk"  # where its dead letters came from, if ever
_OURS = own_grant(VERIFICATION, ANSWER)
_MOST_ROWS = 2_000
_HELD_S = 60  # longer than Kafka's patience: nobody else sends the row meanwhile


def relay(county: County) -> Keys:
    """Bring what waits in the outbox to the log, or to Kafka.

    Returns
    -------
    The keys that were touched in the state of this process; none where workers look after them.
    """
    if county.settings.distributed:
        while _send(county) == _MOST_ROWS:
            pass
        return NO_KEYS
    waiting = county.desk.waiting()
    if not waiting:
        return NO_KEYS
    county.card_log.append(_cards(waiting))
    events = _events(waiting)
    touched = say(county, events, _OURS, DESK) if events else NO_KEYS
    county.desk.mark_sent([row.id for row in waiting], at=county.now())
    return touched


def _send(county: County) -> int:
    """Send some rows of the outbox and return how many."""
    rows = county.desk.take(at=county.now(), for_s=_HELD_S, most=_MOST_ROWS)
    if not rows:
        return 0
    cards, n_partitions = _cards(rows), county.settings.partitions
    county.stream_door.producer.send([_message(card, n_partitions) for card in cards])
    with county.busy:
        county.card_log.append(cards)
    events = _events(rows)
    if events:
        say(county, events, _OURS, DESK)
    county.desk.mark_sent([row.id for row in rows], at=county.now())
    return len(rows)


def _message(card: CardEvent, n_partitions: int) -> Message:
    """Return a transition as a message: keys as 16 hexadecimal digits, as everywhere in Kafka."""
    home = f"{card.household:016x}"
    keys = {"household": home, "person": f"{card.person:016x}" if card.person else None}
    body = CardTransition(**(msgspec.to_builtins(card) | keys))
    partition = int(bucket_of(np.array([card.household], dtype=np.uint64), n_partitions)[0])
    headers = [(SOURCE, Source.YUJING.value.encode())]
    return Message(CARD_EVENTS, partition, home.encode(), msgspec.json.encode(body), headers)


def _cards(rows: Sequence[OutboxRow]) -> list[CardEvent]:
    return [CardEvent(**row.body) for row in rows if row.kind == "card"]


def _events(rows: Sequence[OutboxRow]) -> list[bytes]:
    """Return the events on the wire that some rows are, in their order."""
    return [msgspec.json.encode(EVENT_OF[r.kind](r.body)) for r in rows if r.kind in EVENT_OF]


def visit_event(body: dict[str, Any]) -> dict[str, Any]:
    """Return the event on the wire of a visit in the outbox; the note stays in the vault."""
    event = _envelope("verification.result", body)
    for name in ("outcome", "mode", "worked", "risks"):
        if body.get(name):
            event[name] = body[name]
    return event


def answer_event(body: dict[str, Any]) -> dict[str, Any]:
    """Return the event on the wire of an answer to a difference, or of its being taken back."""
    event = _envelope("comparison.answer", body)
    if body["op"] != "retract":
        event |= {"comparison": body["comparison"], "right": body["right"]}
    return event


def _envelope(event_type: str, body: dict[str, Any]) -> dict[str, Any]:
    event = {
        "event_type": event_type,
        "source_system": Source.YUJING.value,
        "source_record_id": body["record"],
        "source_version": body["version"],
        "op": body["op"],
        "household_key": f"{body['household']:016x}",
        "occurred_from": body["day"],
        "card_id": body["card"],
        "reporter_role": "grid_worker",
    }
    if body["person"]:
        event["person_key"] = f"{body['person']:016x}"
    if body["region"]:
        event["region_code"] = f"{body['region']:012d}"
    return event


EVENT_OF: Mapping[str, Callable[[dict[str, Any]], dict[str, Any]]] = MappingProxyType(
    {"outcome": visit_event, "comparison": answer_event}
)
