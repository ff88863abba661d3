"""Messages to a real broker: acknowledged once sent, and a clear word where not."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import numpy as np
import pytest
from kafka import KafkaConsumer, TopicPartition
from kafka.admin import KafkaAdminClient

from streams.kafka.messages import Addressed, cut_into_messages
from streams.kafka.producer import Producer
from streams.kafka.stamped import StampedReader
from streams.kafka.stamped_encoding import StampedEncoder
from tests.support.broker import settings_for, without_topics
from tests.support.wire_events import an_event, read
from yujing.app.local_kafka.broker import LocalBroker
from yujing.errors import StorageError

pytestmark = pytest.mark.integration

TOPIC = "employment-events"


@pytest.fixture
def topic(broker: LocalBroker) -> Iterator[str]:
    with closing(KafkaAdminClient(bootstrap_servers=broker.address)) as admin:
        made = {TOPIC: {"num_partitions": 4, "replication_factor": 1}}
        admin.create_topics(made, wait_for_metadata=True)
    yield TOPIC
    with closing(KafkaAdminClient(bootstrap_servers=broker.address)) as admin:
        without_topics(admin, [TOPIC])


def a_batch(n: int) -> Any:
    return read(*[an_event("employment.end", source_record_id=f"R-{row}") for row in range(n)])


def messages_of(reading: Any, partitions: Any) -> Any:
    n = len(reading.facts)
    to = Addressed(np.arange(n), np.resize(partitions, n), reading.facts["subject"])
    lines = StampedEncoder().encode(reading.facts, reading.record_ids)
    return cut_into_messages(reading.facts, lines, to, trace="00000000000000aa", most_events=50)


def consume(broker: LocalBroker, n_messages: int) -> list[Any]:
    consumer = KafkaConsumer(bootstrap_servers=broker.address, auto_offset_reset="earliest")
    with closing(consumer):
        consumer.assign([TopicPartition(TOPIC, p) for p in range(4)])
        found: list[Any] = []
        for _ in range(60):
            if len(found) >= n_messages:
                break
            for some in consumer.poll(timeout_ms=500).values():
                found += some
        return found


def test_what_was_sent_is_read_back_as_the_same_facts(broker: LocalBroker, topic: str) -> None:
    reading = a_batch(201)
    producer = Producer(settings_for(broker))
    assert producer.send(messages_of(reading, [0, 1, 2, 3])) == 201
    producer.close()

    records = consume(broker, 5)
    back = StampedReader().read([record.value for record in records])

    assert back.rejects == []
    order = np.argsort([int(name.removeprefix("R-")) for name in back.record_ids])
    assert back.facts.take(order).tobytes() == reading.facts.tobytes()
    assert {dict(record.headers)["trace"] for record in records} == {b"00000000000000aa"}
    assert sorted(record.partition for record in records) == [0, 0, 1, 2, 3]


def test_a_topic_that_is_not_there_and_a_partition_that_is_not_are_named(
    broker: LocalBroker, topic: str
) -> None:
    producer = Producer(settings_for(broker), patience_s=2)
    reading = read(an_event("migration.depart"))

    with pytest.raises(StorageError, match=r"no topic migration-events.*topics apply"):
        producer.send(messages_of(reading, [0]))
    with pytest.raises(StorageError, match=r"has 4 partitions, the setting `partitions` says 48"):
        producer.send(messages_of(a_batch(1), [9]))
    assert producer.send(messages_of(a_batch(1), [3])) == 1
    producer.close()


@pytest.mark.parametrize("trouble", ["stop", "freeze"])
def test_a_broker_that_is_away_is_an_error_and_the_same_producer_goes_on_after(
    broker: LocalBroker, topic: str, trouble: str
) -> None:
    producer = Producer(settings_for(broker), patience_s=3)
    assert producer.send(messages_of(a_batch(1), [0])) == 1
    try:
        getattr(broker, trouble)()
        with pytest.raises(StorageError, match=f"Kafka at {broker.address}") as first:
            producer.send(messages_of(a_batch(2), [1]))
        with pytest.raises(StorageError, match=f"Kafka at {broker.address}"):
            producer.send(messages_of(a_batch(2), [1]))
    finally:
        broker.thaw()
        broker.start()

    assert not first.value.permanent
    assert producer.send(messages_of(a_batch(3), [2])) == 3
    producer.close()
    assert 2 in {record.partition for record in consume(broker, 2)}
