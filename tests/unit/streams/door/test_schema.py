"""The documents say what the door does: a small reader of JSON Schema judges beside the door."""

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings

from streams.door.schema import json_schema, openapi
from tests.support.json_schema import all_references_lead_somewhere, valid
from tests.support.wire_events import VILLAGE, WIRE, an_event, events, read, required

SCHEMA = json_schema()


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


def test_the_json_schema_is_plain_json() -> None:
    assert msgspec.json.decode(msgspec.json.encode(SCHEMA)) == SCHEMA
    assert all_references_lead_somewhere(SCHEMA)
    assert allowed(an_event("disaster.area", region_code=VILLAGE[:9] + "000"))
