"""The door in front of a real broker: what it sends, to whom, and what a failure leaves."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from kafka import KafkaConsumer, TopicPartition
from starlette.applications import Starlette

from streams.door.grant import Grant
from streams.fact import FactArray
from streams.kafka.bucket import bucket_of
from streams.kafka.stamped import StampedReader, StampedReading
from streams.kafka.topics import INPUT_TOPICS, topic_numbers
from tests.integration.test_http_door import Caller, TestClient
from tests.support.pages import MovableClock
from tests.support.running_county import NOW, lines_of
from tests.support.stream import Servers, running_servers
from yujing.access.tokens import TokenGrant
from yujing.app.county import County
from yujing.app.http_door import routes
from yujing.app.intake import Intake
from yujing.app.stream_door import Sending, StreamDoor
from yujing.app.takers import ToKafka
from yujing.domain.codes import Source
from yujing.settings import Settings

pytestmark = pytest.mark.integration

N = 8
ANYBODY = Grant()
ANN, BOB = "520526198001010017", "520526199203041236"
REGION = "520526111202"


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    with running_servers(tmp_path_factory.mktemp("servers"), partitions=N) as running:
        yield running


@dataclass
class Told:
    """A message that a consumer read."""

    topic: str
    partition: int
    key: bytes | None
    value: bytes
    headers: dict[str, bytes]


class Stream:
    """Reads what came to the input topics since it was last asked."""

    def __init__(self, servers: Servers) -> None:
        self._consumer = KafkaConsumer(
            bootstrap_servers=servers.broker.address, metrics_enabled=False
        )
        self._all = [TopicPartition(topic, p) for topic in INPUT_TOPICS for p in range(N)]
        self._consumer.assign(self._all)
        self._consumer.seek_to_end()
        for partition in self._all:
            self._consumer.position(partition)

    def news(self) -> list[Told]:
        ends = self._consumer.end_offsets(self._all)
        told = []
        while any(self._consumer.position(p) < ends[p] for p in self._all):
            for records in self._consumer.poll(500).values():
                told += [
                    Told(r.topic, r.partition, r.key, r.value, dict(r.headers)) for r in records
                ]
        return told

    def close(self) -> None:
        self._consumer.close()


@pytest.fixture
def stream(servers: Servers) -> Iterator[Stream]:
    reading = Stream(servers)
    yield reading
    reading.close()


@contextmanager
def opened(servers: Servers, name: str = "door", **more: Any) -> Iterator[County]:
    """One process of the distributed shape, on stores that its test has for itself."""
    clock = MovableClock()
    clock.at = NOW
    with County.open(servers.settings(name, **more), clock=clock) as county:
        yield county


@pytest.fixture
def own(servers: Servers, request: pytest.FixtureRequest) -> Servers:
    """The same broker, with a log, a desk and a vault of its own."""
    mine = replace(servers)
    mine.log = f"log_{abs(hash(request.node.name))}"
    return mine


@pytest.fixture
def county(own: Servers) -> Iterator[County]:
    with opened(own) as one:
        yield one


def event(event_type: str, record: str, **more: Any) -> dict[str, Any]:
    return {
        "event_type": event_type, "source_system": "national_monitoring",
        "source_record_id": record, "source_version": 1, "region_code": REGION,
        "occurred_from": "2026-03-01", **more,
    }  # fmt: skip


def member(record: str, person: str, household: str, **more: Any) -> dict[str, Any]:
    more = {"sex": "male", "birth": "1980-01-01", "relation": "head"} | more
    return event("member.upsert", record, id_number=person, household_no=household, **more)


def job(record: str, person: str, **more: Any) -> dict[str, Any]:
    return event("employment.start", record, id_number=person, area="out_of_province", **more)


def lines(*events: dict[str, Any]) -> list[bytes]:
    return [msgspec.json.encode(one) for one in events]


def send(county: County, *events: dict[str, Any], door: StreamDoor | None = None) -> list[str]:
    sending = Sending(county, door or county.stream_door, ANYBODY, "test")
    taken = sending.take(lines(*events))
    assert not taken.rejects, taken.rejects[0].reason
    return [row["outcome"] for row in taken.lines(0)]  # type: ignore[misc]  # words


def plain(facts: FactArray) -> FactArray:
    """Return facts in one order, without what only the log or a worker says."""
    facts = facts.copy()
    facts["position"], facts["household"] = 0, 0
    order = np.lexsort((facts["content"], facts["version"], facts["fact"]))
    return facts[order]


def first_copies(facts: FactArray) -> FactArray:
    """Return the copy of each version that came first: the copies go one way, so they keep order."""
    versions = facts[["fact", "version", "content"]]
    _, first = np.unique(versions, return_index=True)
    return plain(facts.take(np.sort(first)))


def read(told: Sequence[Told]) -> tuple[StampedReading, list[int]]:
    """Return what messages say, and the partition of each fact; each is in the topic of its kind."""
    reading = StampedReader().read([message.value for message in told])
    assert reading.rejects == []
    topics = [INPUT_TOPICS.index(told[at].topic) for at in reading.messages.tolist()]
    assert topics == topic_numbers(reading.facts["kind"]).tolist()
    return reading, [told[at].partition for at in reading.messages.tolist()]


def household_key(county: County, number: str) -> int:
    return int(county.keys.household_keys([number])[0])


def test_what_it_sends_is_what_the_embedded_door_appends(
    own: Servers, county: County, stream: Stream, county_files: list[Path], tmp_path: Path
) -> None:
    batches = [lines_of([path]) for path in county_files[:6]]
    sending = Sending(county, county.stream_door, Grant(backfill=True), "test")
    sent = [sending.take(batch) for batch in batches]
    told = stream.news()

    alone = Settings(data=tmp_path / "embedded", key_file=own.settings().key_file)
    with County.open(alone, clock=county.clock) as embedded:
        intake = Intake(embedded, Grant(backfill=True), "test", bulk=True)
        taken = [intake.take(batch) for batch in batches]
        appended = embedded.log.history()

    reading, _ = read(told)
    assert len(appended) > 1_000
    assert first_copies(reading.facts).tobytes() == plain(appended).tobytes()
    for ours, theirs in zip(sent, taken, strict=True):
        unmatched = [row["outcome"] == "unmatched" for row in theirs.lines(0)]
        assert [row["outcome"] == "unmatched" for row in ours.lines(0)] == unmatched


def test_events_go_to_the_partition_of_the_household(county: County, stream: Stream) -> None:
    said = send(county, member("m-1", ANN, "H-1"), job("j-1", ANN), event("household.upsert", "h-1", household_no="H-2"))

    reading, partitions = read(stream.news())
    homes = bucket_of(np.array([household_key(county, n) for n in ("H-1", "H-1", "H-2")], np.uint64), N)
    by_record = dict(zip(reading.record_ids, partitions, strict=True))
    assert said == ["accepted"] * 3
    assert [by_record[record] for record in ("m-1", "j-1", "h-1")] == homes.tolist()
    assert set(reading.facts["known_at"].tolist()) == {county.now_s()}
