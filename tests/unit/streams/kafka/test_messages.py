"""How events become messages: nothing lost, nothing moved, no limit broken."""

from itertools import groupby
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.fact import empty_facts
from streams.kafka.bucket import bucket_of
from streams.kafka.messages import Addressed, Message, cut_into_messages
from streams.kafka.topics import INPUT_TOPICS, TOPICS, topic_numbers
from streams.wire.catalogue import EVENT_TYPES
from yujing.domain.codes import Source, members


def batch(events: list[tuple[int, int]]) -> tuple[Any, list[bytes]]:
    """Return facts and lines of (kind, source) pairs; a line tells its row."""
    facts = empty_facts(len(events))
    facts["kind"] = [kind for kind, _ in events]
    facts["source"] = [source for _, source in events]
    return facts, [b'{"row":%d}' % row for row in range(len(events))]


def rows_of(message: Message) -> list[int]:
    value = msgspec.json.decode(message.value)
    return [one["row"] for one in (value if isinstance(value, list) else [value])]


@given(st.data())
def test_each_event_is_once_at_each_of_its_addresses_and_in_order(data: st.DataObject) -> None:
    kinds = st.sampled_from([7, 8, 13])  # two of one topic, one of another
    events = data.draw(st.lists(st.tuples(kinds, st.integers(1, 2)), min_size=1, max_size=30))
    address = st.tuples(st.integers(0, len(events) - 1), st.integers(0, 1))
    wanted = sorted(set(data.draw(st.lists(address, max_size=60))))
    most_events = data.draw(st.integers(1, 7))
    most_bytes = data.draw(st.integers(2, 80))
    facts, lines = batch(events)
    rows, partitions = np.array(wanted, np.int64).reshape(-1, 2).T
    to = Addressed(rows, partitions, np.zeros(len(rows), np.uint64))

    messages = list(
        cut_into_messages(facts, lines, to, most_events=most_events, most_bytes=most_bytes)
    )

    topics = [t.topic for t in EVENT_TYPES for kind, _ in events if t.kind == kind]
    assert {m.topic for m in messages} <= set(topics)
    got = [(row, m.partition) for m in messages for row in rows_of(m)]
    assert sorted(got) == wanted
    for message in messages:
        found = rows_of(message)
        assert found == sorted(found)
        assert len(found) == message.n_events <= most_events
        assert len(message.value) <= most_bytes or len(found) == 1
        types = [t for row in found for t in EVENT_TYPES if t.kind == events[row][0]]
        assert {t.topic for t in types} == {message.topic}
        assert {members(Source)[events[row][1]].value for row in found} == {
            dict(message.headers)["source"].decode()
        }
    lanes = [(m.topic, m.partition, dict(m.headers)["source"]) for m in messages]
    assert len(list(groupby(lanes))) == len(set(lanes)), "a lane is left and taken up again"
    full = [m for m, lane, after in zip(messages, lanes, lanes[1:], strict=False) if lane == after]
    assert all(
        m.n_events == most_events
        or len(m.value) + 2 * (m.n_events == 1) + len(b',{"row":10}') > most_bytes  # its brackets
        for m in full
    )


def test_a_single_event_carries_its_household_as_key_and_an_envelope_none() -> None:
    facts, lines = batch([(7, 1), (7, 1), (13, 1)])
    to = Addressed(np.arange(3), np.array([5, 5, 5]), np.array([1, 2, 255], np.uint64))
    first, second = cut_into_messages(facts, lines, to, trace="00000000000000aa", backfill=True)

    assert (first.topic, first.partition, first.key, first.n_events) == (
        "employment-events", 5, None, 2,
    )  # fmt: skip
    assert (second.topic, second.key, second.value) == (
        "insurance-events", b"00000000000000ff", lines[2],
    )  # fmt: skip
    assert second.headers == [
        ("source", members(Source)[1].value.encode()),
        ("trace", b"00000000000000aa"),
        ("backfill", b"1"),
    ]


def test_sources_that_take_turns_have_an_envelope_each() -> None:
    facts, lines = batch([(7, 1), (7, 2), (8, 1), (7, 2)])
    to = Addressed(np.arange(4), np.zeros(4, np.int64), np.zeros(4, np.uint64))

    assert [rows_of(m) for m in cut_into_messages(facts, lines, to)] == [[0, 2], [1, 3]]


def test_an_area_event_goes_to_every_partition() -> None:
    facts, lines = batch([(21, 1)])
    to = Addressed(np.zeros(48, np.int64), np.arange(48), np.zeros(48, np.uint64))
    messages = list(cut_into_messages(facts, lines, to))

    assert [m.partition for m in messages] == list(range(48))
    assert {(m.topic, m.key, m.value) for m in messages} == {("household-events", None, lines[0])}


def test_every_kind_has_the_topic_that_its_type_names() -> None:
    kinds = np.array([t.kind for t in EVENT_TYPES], np.uint8)
    assert [INPUT_TOPICS[n] for n in topic_numbers(kinds)] == [t.topic for t in EVENT_TYPES]
    assert [t.name for t in TOPICS][: len(INPUT_TOPICS)] == list(INPUT_TOPICS)


@pytest.mark.parametrize("n_partitions", [1, 48, 511])
def test_a_bucket_is_a_partition_and_the_same_for_the_same_household(n_partitions: int) -> None:
    keys = np.array([0, 1, 2**63, 2**64 - 1], np.uint64)
    expected = [key % n_partitions for key in (0, 1, 2**63, 2**64 - 1)]
    assert bucket_of(keys, n_partitions).tolist() == expected
