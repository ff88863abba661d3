"""The document of the topics allows what is sent there and nothing that the reader refuses."""

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.kafka.asyncapi import asyncapi
from streams.kafka.outgoing import CardTransition, DeadLetter, HouseholdRisk, MemberRisk
from streams.kafka.stamped import StampedReader
from streams.kafka.stamped_encoding import StampedEncoder
from streams.kafka.topics import CARD_EVENTS, DEAD_LETTERS, INPUT_TOPICS, RISK_SCORES, TOPICS
from streams.wire.catalogue import BY_NAME
from tests.support.json_schema import all_references_lead_somewhere, follow, valid
from tests.support.wire_events import WIRE, an_event, events, read

DOCUMENT = asyncapi()


def allowed(topic: str, value: Any) -> bool:
    message = follow(DOCUMENT["channels"][topic]["messages"][topic], DOCUMENT)
    return valid(value, message["payload"], DOCUMENT)


def stamped(event: dict[str, Any]) -> Any:
    reading = read(event)
    return msgspec.json.decode(StampedEncoder().encode(reading.facts, reading.record_ids)[0])


def test_every_topic_has_a_channel_and_a_direction() -> None:
    assert list(DOCUMENT["channels"]) == [topic.name for topic in TOPICS]
    assert set(DOCUMENT["operations"]) == {
        f"{'receive' if topic.name in INPUT_TOPICS else 'send'}-{topic.name}" for topic in TOPICS
    }
    assert DOCUMENT["asyncapi"] == "3.0.0"
    assert all_references_lead_somewhere(DOCUMENT)
    assert msgspec.json.decode(msgspec.json.encode(DOCUMENT)) == DOCUMENT


@given(st.lists(events(), min_size=2, max_size=4))
@settings(max_examples=50)
def test_a_stamped_event_and_an_envelope_are_allowed_on_their_topic_alone(some: list[Any]) -> None:
    event = stamped(some[0])
    own = BY_NAME[event["event_type"]].topic
    assert [topic for topic in INPUT_TOPICS if allowed(topic, event)] == [own]
    alike = [e for e in map(stamped, some) if BY_NAME[e["event_type"]].topic == own]
    assert allowed(own, alike)
    assert not allowed(own, [*alike, some[0]])


@pytest.mark.parametrize("event_type", list(WIRE))
def test_document_and_reader_require_the_same_fields(event_type: str) -> None:
    whole = stamped(an_event(event_type))
    topic = BY_NAME[event_type].topic
    for name in whole:
        less = {key: value for key, value in whole.items() if key != name}
        taken = StampedReader().read([msgspec.json.encode(less)]).rejects == []
        assert allowed(topic, less) == taken, name
    assert not allowed(topic, whole | {"id_number": "11010519491231002X"})


def test_what_is_sent_out_is_allowed_and_a_number_for_a_key_is_not() -> None:
    key = "00000000000000ff"
    risks = HouseholdRisk(key, 0.5, [MemberRisk(key, None)], "2026-01-01", 7, "u", "p")  # type: ignore[arg-type]
    card = CardTransition(1, 2, key, None, 520526100001, 2, "dealt", "opened", "r", "worker", 9)
    letter = DeadLetter(INPUT_TOPICS[0], 3, 4, 0, "medical", "not_json", key)
    for topic, value in ((RISK_SCORES, risks), (CARD_EVENTS, card), (DEAD_LETTERS, letter)):
        plain = msgspec.to_builtins(value)
        assert allowed(topic, plain)
        assert not allowed(topic, {name: plain[name] for name in list(plain)[1:]})
    assert not allowed(CARD_EVENTS, msgspec.to_builtins(card) | {"household": 255})
