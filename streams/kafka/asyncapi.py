"""The AsyncAPI 3 document of all topics, made from the types that are on them."""

from importlib.metadata import version
from typing import Any

from msgspec import Struct, json

from streams.door.schema import Document, Named, definitions
from streams.kafka.messages import BACKFILL, MOST_EVENTS, SOURCE, TRACE
from streams.kafka.outgoing import CardTransition, DeadLetter, HouseholdRisk
from streams.kafka.stamped_types import STAMPED_TYPES
from streams.kafka.topics import CARD_EVENTS, DEAD_LETTERS, INPUT_TOPICS, RISK_SCORES, TOPICS

_PLACE = "#/components/schemas/{name}"
_KEYS = Named([["person_key"]], [["household_key"]], [["other_person_key"]])
_OUT: dict[str, type[Struct]] = {
    RISK_SCORES: HouseholdRisk,
    CARD_EVENTS: CardTransition,
    DEAD_LETTERS: DeadLetter,
}
_HOLDS = {topic.name: topic.holds for topic in TOPICS}
_INTRODUCTION = (
    "Behind the door: events carry keys in place of ID numbers, household numbers, names, phones, "
    "notes and employers, and the stamps known_at and fact. Only the door (`POST /api/v1/events`, "
    "`yujing publish`) may produce them; what it has not stamped is a dead letter. Events come at "
    "least once: (fact, source_version) tells a repetition. All topics have the same number of "
    "partitions; a household is in partition household_key % partitions of each. An event about a "
    "place, and one that joins two keys of a person, is in every partition of its topic."
)
_HEADERS: Document = {
    "type": "object",
    "required": [SOURCE],
    "properties": {
        SOURCE: {"type": "string", "description": "The source system of all events in it."},
        TRACE: {"type": "string", "description": "The request at the door, 16 hexadecimal digits."},
        BACKFILL: {"const": "1", "description": "The events are told late on purpose."},
    },
}


def asyncapi() -> Document:
    """Return the AsyncAPI document of the topics."""
    _, outgoing = json.schema_components(_OUT.values(), ref_template=_PLACE)
    schemas = definitions(_PLACE, STAMPED_TYPES, _KEYS) | json.decode(json.encode(outgoing))
    messages: Document = {}
    for topic in INPUT_TOPICS:
        schemas[topic] = _one_or_many(topic)
        messages[topic] = {
            "name": topic,
            "summary": "One stamped event, or an envelope of events of one source.",
            "headers": _HEADERS,
            "payload": {"$ref": _PLACE.format(name=topic)},
        }
    for topic, struct in _OUT.items():
        messages[topic] = {
            "name": topic,
            "summary": (struct.__doc__ or "").splitlines()[0],
            "payload": {"$ref": _PLACE.format(name=struct.__name__)},
        }
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Yujing", "version": version("yujing"), "description": _INTRODUCTION},
        "defaultContentType": "application/json",
        "channels": {topic.name: _channel(topic.name) for topic in TOPICS},
        "operations": _operations(),
        "components": {"messages": messages, "schemas": schemas},
    }


def _one_or_many(topic: str) -> Document:
    event = [{"$ref": _PLACE.format(name=t.name)} for t in STAMPED_TYPES if t.topic == topic]
    return {
        "oneOf": [
            {"oneOf": event},
            {"type": "array", "maxItems": MOST_EVENTS, "items": {"oneOf": event}},
        ]
    }


def _channel(topic: str) -> Document:
    return {
        "address": topic,
        "description": _HOLDS[topic],
        "messages": {topic: {"$ref": f"#/components/messages/{topic}"}},
    }


def _operations() -> dict[str, Any]:
    """Return what Yujing does: it receives the input topics and sends the others."""
    return {
        f"{action}-{topic.name}": {
            "action": action,
            "channel": {"$ref": f"#/channels/{topic.name}"},
            "summary": topic.holds,
        }
        for topic in TOPICS
        for action in (["receive"] if topic.name in INPUT_TOPICS else ["send"])
    }
