"""What a test reads from the input topics of a real broker, and one process that writes there."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import msgspec
import numpy as np
from kafka import KafkaConsumer, TopicPartition

from streams.door.grant import Grant
from streams.fact import FactArray
from streams.kafka.stamped import StampedReader
from streams.kafka.topics import INPUT_TOPICS, topic_numbers
from tests.support.pages import MovableClock
from tests.support.running_county import NOW
from tests.support.stream import Servers
from yujing.app.county import County
from yujing.app.stream_door import Sending, StreamDoor

ANYBODY = Grant()


@dataclass
class News:
    """What came: facts in the order of their partitions, and what is around them."""

    facts: FactArray
    partitions: list[int]
    record_ids: list[str]
    moved_from: list[int]
    headers: list[dict[str, bytes]]
    keys: list[bytes | None]
    values: list[bytes] = field(default_factory=list)

    def of(self, record: str) -> list[int]:
        """Return the partitions that a record came to."""
        return [p for p, r in zip(self.partitions, self.record_ids, strict=True) if r == record]

    def at(self, record: str) -> int:
        """Return the place of a record that came once."""
        assert self.record_ids.count(record) == 1, self.record_ids
        return self.record_ids.index(record)


class Stream:
    """Reads what came to topics since it was last asked."""

    def __init__(self, servers: Servers, topics: Sequence[str] = INPUT_TOPICS) -> None:
        self._consumer = KafkaConsumer(
            bootstrap_servers=servers.broker.address, metrics_enabled=False
        )
        numbers = range(servers.partitions)
        self._all = [TopicPartition(topic, p) for topic in topics for p in numbers]
        self._consumer.assign(self._all)
        self._consumer.seek_to_end()
        for partition in self._all:
            self._consumer.position(partition)

    def records(self) -> list[Any]:
        """Return the records that came."""
        ends = self._consumer.end_offsets(self._all)
        told = []
        while any(self._consumer.position(p) < ends[p] for p in self._all):
            for records in self._consumer.poll(500).values():
                told += records
        return told

    def news(self) -> News:
        """Return the events that came; each is in the topic of its kind, in our order."""
        told = self.records()
        reading = StampedReader().read([record.value for record in told])
        assert reading.rejects == []
        source = [told[at] for at in reading.messages.tolist()]
        topics = [INPUT_TOPICS.index(record.topic) for record in source]
        assert topics == topic_numbers(reading.facts["kind"]).tolist()
        return News(
            reading.facts, [record.partition for record in source], reading.record_ids,
            reading.moved_from.tolist(), [dict(record.headers) for record in source],
            [record.key for record in source], [record.value for record in told],
        )  # fmt: skip

    def close(self) -> None:
        """Let go of the broker."""
        self._consumer.close()


@contextmanager
def opened(servers: Servers, name: str = "door", **more: Any) -> Iterator[County]:
    """Open one process of the distributed shape."""
    clock = MovableClock()
    clock.at = NOW
    with County.open(servers.settings(name, **more), clock=clock) as county:
        yield county


def send(
    county: County, *events: dict[str, Any], door: StreamDoor | None = None, grant: Grant = ANYBODY
) -> list[str]:
    """Send events and return what the door says of each."""
    sending = Sending(county, door or county.stream_door, grant, "test")
    taken = sending.take([msgspec.json.encode(event) for event in events])
    assert not taken.rejects, taken.rejects[0].reason
    return [str(row["outcome"]) for row in taken.lines(0)]


def plain(facts: FactArray) -> FactArray:
    """Return facts in one order, without what only the log or a worker says."""
    facts = facts.copy()
    facts["position"], facts["household"] = 0, 0
    order = np.lexsort((facts["content"], facts["version"], facts["fact"]))
    return facts[order]


def first_copies(facts: FactArray) -> FactArray:
    """Return the copy of each version that came first: copies go one way, so they keep order."""
    _, first = np.unique(facts[["fact", "version", "content"]], return_index=True)
    return plain(facts.take(np.sort(first)))
