"""What leaves the desk: transitions and visits, from its outbox into the log."""

from typing import Any

import msgspec

from alerts.desk.queries import OutboxRow
from streams.door.grant import Grant
from streams.log.card_events import CardEvent
from streams.pipeline import NO_KEYS, Keys
from streams.wire.catalogue import BY_NAME
from yujing.app.county import County
from yujing.app.intake import Intake, finish
from yujing.domain.codes import Source

VERIFICATION = BY_NAME["verification.result"].kind


def relay(county: County) -> Keys:
    """Bring what waits in the outbox to the log; return the keys that were touched.

    At least once: a kill before it is marked sends it again, which changes nothing.
    """
    waiting = county.desk.waiting()
    if not waiting:
        return NO_KEYS
    cards = [row for row in waiting if row.kind == "card"]
    county.card_log.append([CardEvent(**row.body) for row in cards])
    touched = _tell_visits(county, [row for row in waiting if row.kind == "outcome"])
    county.desk.mark_sent([row.id for row in waiting], at=county.now())
    return touched


def _tell_visits(county: County, rows: list[OutboxRow]) -> Keys:
    """Take the visits recorded at the desk in as events of our own."""
    if not rows:
        return NO_KEYS
    intake = Intake(county, Grant(Source.YUJING, frozenset({VERIFICATION})), "desk")
    intake.take([msgspec.json.encode(visit_event(row.body)) for row in rows])
    return finish(county, [intake])


def visit_event(body: dict[str, Any]) -> dict[str, Any]:
    """Return the event on the wire of a visit in the outbox; the note stays in the vault."""
    event = {
        "event_type": "verification.result",
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
    for name in ("outcome", "mode", "worked", "risks"):
        if body.get(name):
            event[name] = body[name]
    return event
