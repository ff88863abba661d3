"""What the door takes, as documents made from the code: JSON Schema and OpenAPI 3.1."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from msgspec import json

from streams.door.decoding import MOST_LINE_BYTES
from streams.wire.catalogue import EVENT_TYPES, EventType
from streams.wire.event_type import Subject

Document = dict[str, Any]

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
Choices = list[list[str]]  # one of several sets of fields

_PERSON = [["id_number"], ["person_key"]]
_HOUSEHOLD = [["household_no"], ["household_key"]]
_OTHER_PERSON = [["other_id_number"], ["other_person_key"]]
_INTRODUCTION = (
    "One event a line (NDJSON) or a JSON array. A fact is known by (source_system, "
    "source_record_id); a correction or retraction is a higher source_version of it. The same "
    "version again is a duplicate, another content for it a conflict. Every row is answered. "
    "accepted means that nothing can lose it any more. Where several workers share the load, the "
    "door answers accepted and they find duplicates and conflicts afterwards."
)


@dataclass(frozen=True)
class Named:
    """By which fields an event names whom it is about."""

    person: Choices
    household: Choices
    other_person: Choices

    def subject(self, subject: Subject) -> Choices:
        """Return what names a subject."""
        return {
            Subject.PERSON: self.person,
            Subject.HOUSEHOLD: self.household,
            Subject.EITHER: self.person + self.household,
            Subject.AREA: [["region_code"]],
        }[subject]

    def needs(self, name: str) -> Choices:
        """Return what meets a need of an event type."""
        return {"household": self.household, "other_person": self.other_person}.get(name, [[name]])


def json_schema() -> Document:
    """Return the JSON Schema of an event: one of the event types by its `event_type`."""
    return {
        "$schema": _DIALECT,
        "title": "Event",
        "description": _INTRODUCTION,
        "oneOf": [{"$ref": f"#/$defs/{event_type.name}"} for event_type in EVENT_TYPES],
        "$defs": definitions("#/$defs/{name}"),
    }


def openapi() -> Document:
    """Return the OpenAPI document of the HTTP door."""
    place = "#/components/schemas/{name}"
    event: Document = {
        "oneOf": [{"$ref": place.format(name=t.name)} for t in EVENT_TYPES],
        "discriminator": {
            "propertyName": "event_type",
            "mapping": {t.name: place.format(name=t.name) for t in EVENT_TYPES},
        },
    }
    schemas = {**definitions(place), "Event": event, "RowResult": _row_result()}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Yujing", "version": version("yujing"), "description": _INTRODUCTION},
        "jsonSchemaDialect": _DIALECT,
        "security": [{"token": []}],
        "paths": {"/api/v1/events": {"post": _post(place.format(name="Event"))}},
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": schemas,
        },
    }


def definitions(
    place: str, event_types: Sequence[EventType] = EVENT_TYPES, named: Named | None = None
) -> Document:
    """Return the schemas of event types, with what is needed unless an event retracts.

    Parameters
    ----------
    place
        Where they will stand; `{name}` is put in.
    event_types
        All of them.
    named
        By which fields an event names a person and a household; the door's when not given.
    """
    named = named or Named(_PERSON, _HOUSEHOLD, _OTHER_PERSON)
    by_struct = {event_type.struct.__name__: event_type for event_type in event_types}
    _, components = json.schema_components([t.struct for t in event_types], ref_template=place)
    found = {}
    plain: Document = json.decode(json.encode(components))  # tuples to lists
    for name, schema in plain.items():
        if name in by_struct:
            event_type = by_struct[name]
            found[event_type.name] = _with_requirements(schema, event_type, named)
        else:
            found[name] = schema
    return found


def _with_requirements(schema: Document, event_type: EventType, named: Named) -> Document:
    needs = [named.needs(name) for name in (*event_type.needs, "occurred_from")]
    return {
        **schema,
        "title": event_type.name,
        "description": (event_type.struct.__doc__ or "").strip(),
        "allOf": [
            _any_of(named.subject(event_type.subject)),
            {
                "if": {"properties": {"op": {"const": "retract"}}, "required": ["op"]},
                "else": {
                    "required": list(event_type.required),
                    "allOf": [_any_of(choices) for choices in needs],
                },
            },
        ],
    }


def _any_of(choices: list[list[str]]) -> Document:
    """Require one of several sets of fields; a field that is null does not count."""
    return {
        "anyOf": [
            {"required": names, "properties": {name: {"not": {"type": "null"}} for name in names}}
            for names in choices
        ]
    }


def _row_result() -> Document:
    outcomes = ["accepted", "duplicate", "conflict", "unmatched", "rejected"]
    return {
        "type": "object",
        "required": ["row", "outcome"],
        "properties": {
            "row": {"type": "integer", "minimum": 1, "description": "Place in the request."},
            "outcome": {"enum": outcomes},
            "reason": {"type": "string", "description": "Why it was rejected."},
            "reason_zh": {"type": "string", "description": "The same in Chinese."},
            "warnings": {
                "type": "array",
                "items": {"type": "string"},
                "description": "Rules of data quality that doubt an accepted row.",
            },
        },
    }


def _post(event: str) -> Document:
    rows = {
        "application/x-ndjson": {
            "schema": {
                "type": "string",
                "description": f"One event a line, each at most {MOST_LINE_BYTES} bytes.",
                "contentMediaType": "application/json",
                "contentSchema": {"$ref": event},
            }
        },
        "application/json": {"schema": {"type": "array", "items": {"$ref": event}}},
    }
    results = {
        "application/x-ndjson": {
            "schema": {
                "type": "string",
                "description": "One RowResult a line, in the order of the rows.",
                "contentMediaType": "application/json",
                "contentSchema": {"$ref": "#/components/schemas/RowResult"},
            }
        }
    }
    return {
        "operationId": "postEvents",
        "summary": "Send events of one source.",
        "parameters": [
            {
                "name": "Idempotency-Key",
                "in": "header",
                "schema": {"type": "string", "minLength": 1, "maxLength": 200},
                "description": "The same key with the same body gets the same answer.",
            }
        ],
        "requestBody": {"required": True, "content": rows},
        "responses": {
            "200": {"description": "A result for every row.", "content": results},
            "400": {"description": "Nothing could be read."},
            "401": {"description": "The token is missing, unknown or revoked."},
            "413": {"description": "The body is too large; send it in parts."},
            "415": {"description": "The body is compressed; send it plain."},
            "422": {"description": "The Idempotency-Key was used with another body."},
            "429": {
                "description": "Too many rows; come again later.",
                "headers": {"Retry-After": {"schema": {"type": "integer"}}},
            },
            "503": {
                "description": "A store or Kafka is away; nothing was acknowledged, send it again.",
                "headers": {"Retry-After": {"schema": {"type": "integer"}}},
            },
        },
    }
