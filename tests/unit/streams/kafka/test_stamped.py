"""Facts read from stamped messages are the facts that the door made, byte for byte."""

from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.door.grant import Grant
from streams.fact import FactArray
from streams.kafka.stamped import StampedReader
from streams.kafka.stamped_encoding import StampedEncoder
from streams.kafka.stamped_types import STAMPED_TYPES
from tests.support.wire_events import DOOR, ID_NUMBER, KNOWN_AT, WIRE, an_event, events, read
from yujing.domain.codes import Precision

ENCODER, READER = StampedEncoder(), StampedReader()
PERSONAL = ("id_number", "household_no", "name", "phone", "note", "description", "employer")


@st.composite
def told(draw: st.DrawFn) -> dict[str, Any]:
    """Draw an event of any type, with what only some events say."""
    event = draw(events())
    retracted = event.get("op") == "retract"
    if not retracted and event["event_type"] == "member.upsert":
        event["name"] = draw(st.sampled_from(["", "甲", "乙丙"]))
        event["phone"] = draw(st.sampled_from(["", "13800138000"]))
    for field in ("note", "description"):
        wanted = {"note": "verification.result", "description": "hardship.report"}[field]
        if not retracted and event["event_type"] == wanted:
            event[field] = draw(st.sampled_from(["", " ", "屋顶漏雨", '"\\\0']))
    if not retracted and event["event_type"] in ("employment.start", "insurance.status"):
        event["employer"] = draw(st.sampled_from(["", "某厂", "91520526MA6DL0000X"]))
    if not retracted and event["event_type"] == "employment.start":
        event["intermediary"] = draw(st.sampled_from(["", "某劳务公司"]))
    event["source_record_id"] = draw(st.text(min_size=1, max_size=40))
    event["source_version"] = draw(st.integers(1, 2**31 - 1))
    if event["event_type"] != "member.upsert" or retracted:
        event["region_code"] = draw(
            st.sampled_from([event["region_code"], "999999999999", "520221101001"])
        )
    event["precision"] = draw(st.sampled_from([code.value for code in Precision]))
    event["reported_at"] = draw(st.sampled_from(["2020-03-01T09:00:00+08:00", None]))
    return event


def without_routing(facts: FactArray) -> bytes:
    plain = facts.copy()
    plain["position"], plain["household"] = 0, 0
    return plain.tobytes()


@given(st.lists(told(), min_size=1, max_size=8), st.integers(1, 5), st.data())
@settings(max_examples=300)
def test_facts_come_back_as_the_door_made_them(
    some: list[dict[str, Any]], size: int, data: st.DataObject
) -> None:
    grant = Grant(backfill=True)
    reading = DOOR.read(list(map(msgspec.json.encode, some)), grant=grant, known_at=KNOWN_AT)
    n_facts = len(reading.facts)
    left = st.lists(
        st.sampled_from([0, 1, 2**64 - 1]) | st.integers(0, 2**64 - 1),
        min_size=n_facts, max_size=n_facts,
    )  # fmt: skip
    moved_from = np.array(data.draw(left), dtype=np.uint64)
    lines = ENCODER.encode(reading.facts, reading.record_ids, moved_from)
    envelopes = [
        b"[" + b",".join(lines[start : start + size]) + b"]" for start in range(0, len(lines), size)
    ]

    single, bulk = READER.read(lines), READER.read(envelopes)

    assert single.rejects == bulk.rejects == []
    for back in (single, bulk):
        assert without_routing(back.facts) == without_routing(reading.facts)
        assert back.record_ids == reading.record_ids
        assert back.moved_from.tolist() == moved_from.tolist()
    n = np.arange(len(lines))
    assert single.messages.tolist() == n.tolist()
    assert single.places.tolist() == [0] * len(lines)
    assert bulk.messages.tolist() == (n // size).tolist()
    assert bulk.places.tolist() == (n % size).tolist()


@pytest.mark.parametrize("event_type", list(WIRE))
@pytest.mark.parametrize("op", ["upsert", "retract"])
def test_every_type_and_its_retraction_come_back(event_type: str, op: str) -> None:
    reading = read(an_event(event_type, op=op))
    back = READER.read(ENCODER.encode(reading.facts, reading.record_ids))

    assert reading.rejects == back.rejects == []
    assert without_routing(back.facts) == without_routing(reading.facts)


def test_nothing_personal_is_in_a_stamped_event_nor_has_a_field_to_be_in() -> None:
    named = an_event(
        "member.upsert", name="王小明", phone="13800138000", source_record_id=ID_NUMBER
    )
    reading = read(named, an_event("employment.start", employer="某厂", intermediary="某公司"))
    text = b"".join(ENCODER.encode(reading.facts, reading.record_ids)).decode()

    assert [
        word for word in (ID_NUMBER, "王小明", "13800138000", "某", "H-1") if word in text
    ] == []
    fields = {name for t in STAMPED_TYPES for name in t.struct.__struct_fields__}
    assert fields.isdisjoint(PERSONAL)


def a_line(**more: Any) -> bytes:
    reading = read(an_event("employment.end"))
    event = msgspec.json.decode(ENCODER.encode(reading.facts, reading.record_ids)[0])
    return msgspec.json.encode({k: v for k, v in (event | more).items() if v is not None})


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (b"", "not_json"),
        (None, "not_json"),
        (b"\xff", "not_json"),
        (b"3", "not_object"),
        (msgspec.json.encode(an_event("employment.end")), "unknown_field"),
        (a_line(known_at=None), "missing_field"),
        (a_line(fact=None), "missing_field"),
        (a_line(person_key=None), "missing_field"),
        (a_line(reason=None), "missing_field"),
        (a_line(fact="g" * 16), "bad_key"),
        (a_line(fact="0123 567 9abcdef"), "bad_key"),
        (a_line(fact="0123 4567 89abcd"), "bad_key"),
        (a_line(person_key="é" * 16), "bad_key"),
        (a_line(moved_from="g" * 16), "bad_key"),
        (a_line(region_code="52052610100x"), "wrong_digits"),
        (a_line(reason="no such reason"), "unknown_code"),
        (a_line(wage_month=1.001), "many_decimals"),
        (a_line(known_at=2**32), "out_of_range"),
        (a_line(position=3), "stamped"),
    ],
)  # fmt: skip
def test_what_no_door_wrote_is_refused_and_its_neighbours_are_not(value: Any, code: str) -> None:
    good = a_line()
    single = READER.read([good, value, good])
    assert [(r.message, r.place, r.code, r.raw) for r in single.rejects] == [
        (1, 0, code, value or b"")
    ]
    assert single.messages.tolist() == [0, 2]

    if value and code != "not_json":
        bulk = READER.read([b"[%b , %b,%b]" % (good, value, good), good])
        assert [(r.message, r.place, r.code, r.raw) for r in bulk.rejects] == [(0, 1, code, value)]
        assert list(zip(bulk.messages.tolist(), bulk.places.tolist(), strict=True)) == [
            (0, 0), (0, 2), (1, 0),
        ]  # fmt: skip
        assert len(bulk.facts) == len(bulk.record_ids) == 3


@pytest.mark.parametrize("inside", [b"x", b",", b"{", b"[", b'{"event_type":'])
def test_an_envelope_that_cannot_be_taken_apart_is_refused_as_a_whole(inside: bytes) -> None:
    good = a_line()
    back = READER.read([b"[%b,%b]" % (good, inside), good])

    assert [(r.message, r.place, r.code) for r in back.rejects] == [(0, 0, "not_json")]
    assert back.messages.tolist() == [1]


def test_an_envelope_with_more_events_than_positions_is_refused_as_a_whole() -> None:
    good = a_line()
    back = READER.read([b"[" + b",".join([good] * 4097) + b"]", b"[]", good])
    spoilt = READER.read([b"[" + b",".join([good, b"3"] * 2049) + b"]"])

    assert [(r.message, r.code) for r in back.rejects + spoilt.rejects] == [(0, "too_many")] * 2
    assert back.messages.tolist() == [2]


@given(st.lists(st.one_of(st.binary(max_size=40), st.just(b"[]")), max_size=6))
def test_no_bytes_break_the_reader(values: list[bytes]) -> None:
    back = READER.read(values)

    assert len(back.facts) == 0
    assert all(r.code and r.reason and r.reason_zh for r in back.rejects)
    assert "raw" not in repr(back.rejects)
