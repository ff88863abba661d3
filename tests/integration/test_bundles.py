"""What a worker leans on in Faust: bundles of a poll, and what is committed of them."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kafka import KafkaAdminClient, KafkaProducer, TopicPartition
from kafka.admin import NewTopic

from streams.kafka.bundles import BundlingApp, Commits, records_of
from yujing.app.local_kafka.broker import LocalBroker

N_MESSAGES, N_PARTITIONS = 3_000, 4

Take = Callable[[Any, list[Any]], Awaitable[bool]]


@given(
    sizes=st.lists(st.integers(1, 5), min_size=1, max_size=12),
    order=st.randoms(use_true_random=False),
    acknowledged=st.integers(0, 12),
    first=st.integers(0, 10),
)
def test_no_offset_is_committed_over_a_bundle_in_hand(
    sizes: list[int], order: Any, acknowledged: int, first: int
) -> None:
    bundles, at = [], first
    for size in sizes:
        bundles.append((at, at + size - 1))
        at += size
    commits = Commits()
    for start, _ in bundles:
        commits.delivered("p", start)
    shuffled = list(bundles)
    order.shuffle(shuffled)
    done = set()
    for start, last in shuffled[:acknowledged]:
        commits.acknowledged("p", start, last)
        done |= set(range(start, last + 1))
    upto = commits.upto("p")
    if upto is None:
        assert first not in done
    else:
        assert set(range(first, upto)) <= done
        assert upto not in done


@pytest.mark.integration
def test_bundles_bring_every_record_and_commit_what_was_acknowledged(broker: LocalBroker) -> None:
    topic = "bundled"
    _fill(broker.address, topic)
    seen: list[tuple[int, int]] = []

    async def half(stream: Any, events: list[Any]) -> bool:
        """Acknowledge the first events only, as a worker does that is stopped in a batch."""
        for event in events:
            records = records_of(event.message)
            if len(seen) + len(records) > N_MESSAGES // 2:
                return True
            seen.extend((record.partition, record.offset) for record in records)
            await stream.ack(event)
        return len(seen) >= N_MESSAGES // 2

    asyncio.run(_run(broker.address, topic, half))
    committed = _committed(broker.address, topic)
    taken = set(seen)
    for partition, offset in committed.items():
        assert {(partition, n) for n in range(offset)} <= taken

    async def everything(stream: Any, events: list[Any]) -> bool:
        for event in events:
            seen.extend((r.partition, r.offset) for r in records_of(event.message))
            await stream.ack(event)
        return len(set(seen)) == N_MESSAGES

    asyncio.run(_run(broker.address, topic, everything))
    assert len(set(seen)) == N_MESSAGES
    assert sum(_committed(broker.address, topic).values()) == N_MESSAGES


def _fill(address: str, topic: str) -> None:
    admin = KafkaAdminClient(bootstrap_servers=address)
    admin.create_topics([NewTopic(topic, N_PARTITIONS, 1)])
    admin.close()
    producer = KafkaProducer(bootstrap_servers=address, acks="all")
    for number in range(N_MESSAGES):
        producer.send(topic, value=b"%d" % number, partition=number % N_PARTITIONS)
    producer.flush()
    producer.close()


def _committed(address: str, topic: str) -> dict[int, int]:
    admin = KafkaAdminClient(bootstrap_servers=address)
    try:
        found = admin.list_group_offsets({topic: None})[topic]
    finally:
        admin.close()
    asked = [TopicPartition(topic, p) for p in range(N_PARTITIONS)]
    return {tp.partition: max(0, found[tp].offset) for tp in asked if tp in found}


async def _run(address: str, topic: str, take: Take) -> None:
    """Run an application until `take` says that it is enough."""
    app = BundlingApp(
        topic,
        broker=f"kafka://{address}",
        autodiscover=False,
        web_enabled=False,
        topic_disable_leader=True,
        topic_allow_declare=False,
        store="memory://",
        consumer_auto_offset_reset="earliest",
        broker_max_poll_records=500,
        broker_commit_interval=0.3,
        stream_wait_empty=False,
    )
    enough = asyncio.Event()
    channel = app.topic(topic, key_serializer="raw", value_serializer="raw")

    @app.agent(channel, concurrency=1)
    async def agent(stream: Any) -> None:
        async for events in stream.noack_take(200, within=0.01):
            if not enough.is_set() and await take(stream, events):
                enough.set()

    await app.start()
    await asyncio.wait_for(enough.wait(), 60)
    await app.stop()
