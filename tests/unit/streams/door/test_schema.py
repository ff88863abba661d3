"""The documents say what the door does: a small reader of JSON Schema judges beside the door."""

import re
from datetime import date
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings

from streams.door.schema import asyncapi, json_schema, openapi
from streams.wire.catalogue import EVENT_TYPES
from streams.wire.event_type import TOPICS
from tests.support.wire_events import VILLAGE, WIRE, an_event, events, read, required

SCHEMA = json_schema()
TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,), "array": (list,), "string": (str,), "integer": (int,),
    "number": (int, float), "null": (type(None),),
}  # fmt: skip


def follow(schema: dict[str, Any], root: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in schema:
        return schema
    found: Any = root
    for step in schema["$ref"].removeprefix("#/").split("/"):
        found = found[step]
    return found


def valid(value: Any, schema: dict[str, Any], root: dict[str, Any]) -> bool:
    """Tell whether a value meets a schema; knows the keywords that ours use."""
    schema = follow(schema, root)
    checks = [
        "type" not in schema or isinstance(value, TYPES[schema["type"]]),
        "enum" not in schema or value in schema["enum"],
        "const" not in schema or value == schema["const"],
        all(valid(value, part, root) for part in schema.get("allOf", ())),
        "anyOf" not in schema or any(valid(value, part, root) for part in schema["anyOf"]),
        "oneOf" not in schema or sum(valid(value, part, root) for part in schema["oneOf"]) == 1,
        "not" not in schema or not valid(value, schema["not"], root),
    ]
    if "if" in schema:
        branch = "then" if valid(value, schema["if"], root) else "else"
        checks.append(valid(value, schema.get(branch, {}), root))
    if isinstance(value, dict):
        properties = schema.get("properties", {})
        checks += [name in value for name in schema.get("required", ())]
        checks += [
            valid(value[name], properties[name], root) for name in properties if name in value
        ]
        if schema.get("additionalProperties") is False:
            checks.append(set(value) <= set(properties))
    if isinstance(value, list):
        checks += [valid(item, schema.get("items", {}), root) for item in value]
    if isinstance(value, str):
        checks.append(schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", 10**9))
        checks.append(re.search(schema.get("pattern", ""), value) is not None)
        if schema.get("format") == "date":
            checks.append(is_date(value))
    elif isinstance(value, int | float):
        checks.append(schema.get("minimum", value) <= value <= schema.get("maximum", value))
    return all(checks)


def is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def allowed(event: dict[str, Any]) -> bool:
    return valid(event, SCHEMA, SCHEMA)


@given(events())
@settings(max_examples=100)
def test_what_the_door_takes_the_schema_allows(event: dict[str, Any]) -> None:
    assert read(event).rejects == []
    assert allowed(event)


@pytest.mark.parametrize("event_type", WIRE)
def test_schema_and_door_require_the_same_fields(event_type: str) -> None:
    whole = an_event(event_type)
    needed = set(required(event_type)) | {
        "event_type", "source_system", "source_record_id", "source_version", "occurred_from",
    }  # fmt: skip

    for name in whole:
        less = {key: value for key, value in whole.items() if key != name}
        assert allowed(less) == (read(less).rejects == []), name
        if name in needed:
            assert not allowed(less)
    bare = {key: value for key, value in whole.items() if key not in required(event_type)}
    assert allowed(bare | {"op": "retract"})
    assert allowed(whole | {"op": "retract"})


CHANGES: list[dict[str, Any]] = [
    {"source_version": 0}, {"op": "delete"}, {"schema_version": 2}, {"known_at": 1},
    {"region_code": "52"}, {"region_code": "x" * 12}, {"occurred_from": "2026-02-30"},
    {"month": "2026-13"}, {"worked": "perhaps"}, {"wage_month": 1e9 + 1}, {"wage_month": "5"},
    {"days_worked": 256}, {"work_region": "4403"}, {"person_key": "x" * 16, "id_number": None},
    {"source_record_id": ""}, {"evidence_ref": [1]},
]  # fmt: skip


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_what_the_schema_refuses_the_door_refuses(change: dict[str, Any]) -> None:
    event = an_event("employment.monthly_status") | change

    assert not allowed(event)
    assert read(event).rejects


def test_openapi_names_every_event_and_answer() -> None:
    document = openapi()
    post = document["paths"]["/api/v1/events"]["post"]
    content = post["requestBody"]["content"]

    assert document["openapi"] == "3.1.0"
    assert set(content) == {"application/x-ndjson", "application/json"}
    assert {"200", "400", "413", "429"} <= set(post["responses"])
    assert "Retry-After" in post["responses"]["429"]["headers"]
    assert valid([an_event("member.exit")], content["application/json"]["schema"], document)
    assert all_references_lead_somewhere(document)


def test_asyncapi_puts_every_event_into_one_topic() -> None:
    document = asyncapi()
    placed = [name for topic in TOPICS for name in document["channels"][topic]["messages"]]

    assert document["asyncapi"] == "3.0.0"
    assert sorted(placed) == sorted(event_type.name for event_type in EVENT_TYPES)
    assert all_references_lead_somewhere(document)


def test_the_json_schema_is_plain_json() -> None:
    assert msgspec.json.decode(msgspec.json.encode(SCHEMA)) == SCHEMA
    assert all_references_lead_somewhere(SCHEMA)
    assert allowed(an_event("disaster.area", region_code=VILLAGE[:9] + "000"))


def all_references_lead_somewhere(document: dict[str, Any]) -> bool:
    def walk(part: Any) -> bool:
        if isinstance(part, dict):
            if "$ref" in part:
                follow(part, document)
            return all(walk(value) for value in part.values())
        return all(walk(value) for value in part) if isinstance(part, list) else True

    return walk(document)
