"""One contestant of the stream benchmark: `python -m benchmarks.stream_contestants NAME ORDER`.

Settings come from the environment as for `yujing worker`. ORDER is JSON, see `Order`. The clocks
start when Kafka gives it its partitions, before it fetches anything, and stop at `total` events;
without `total` it works until its input closes. It says one line of JSON.
"""

import asyncio
import faulthandler
import json
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, MutableMapping
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import structlog

from benchmarks.fold import fold_arrays, some_events
from benchmarks.stream_one_by_one import OneByOne, events_of, fact_of
from models.expert import expert_card
from models.scoring import score
from streams.kafka.connection import faust_options, servers
from streams.kafka.producer import Producer
from streams.kafka.stamped import StampedReader
from streams.kafka.stamped_encoding import StampedEncoder
from streams.kafka.topics import INPUT_TOPICS
from streams.log.columns import to_arrow
from yujing.app.county import County
from yujing.app.picture import card_in_force
from yujing.app.stream_batch import Arrived
from yujing.app.worker import MOST_MESSAGES, Shell
from yujing.app.worker_core import WorkerCore
from yujing.settings import load_settings
from yujing.telemetry.readiness import Readiness


class Order(msgspec.Struct):
    """What a contestant is to do."""

    total: int = 0
    window_s: float = 0.2
    most: int = 20_000
    tell: bool = False


class Watch:
    """Counts events that are stored and scored, and says the result when all are."""

    def __init__(self, order: Order, digest: Callable[[], str]) -> None:
        self._order, self._digest = order, digest
        self._n = 0
        self._start: tuple[float, float] | None = None

    def start(self) -> None:
        """Start the clocks, the first time."""
        if self._start is None:
            self._start = time.perf_counter(), time.process_time()

    def stored(self, n: int) -> None:
        """Note that so many more events are in all stores."""
        self._n += n
        if self._order.total and self._n >= self._order.total and self._start:
            wall, cpu = self._start
            say(
                n=self._n, wall_s=time.perf_counter() - wall, cpu_s=time.process_time() - cpu,
                digest=self._digest(), rss_mb=rss_mb(),
            )  # fmt: skip
            os._exit(0)


def rss_mb() -> float:
    """Return the most memory that this process held.

    `getrusage` would tell that of the process that started it, if that one held more.
    """
    status = Path("/proc/self/status").read_text(encoding="utf8")
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def say(**what: Any) -> None:
    """Say a line of JSON to who started this process."""
    print(json.dumps(what), flush=True)


def end_with_input() -> None:
    """End this process when who started it closes its input, and say what it took."""

    def wait() -> None:
        sys.stdin.read()
        say(rss_mb=rss_mb(), cpu_s=time.process_time())
        os._exit(0)

    threading.Thread(target=wait, daemon=True).start()


def watched(core: WorkerCore, watch: Watch) -> None:
    """Have a core tell what it took."""
    take = core.taker.take

    def count(messages: Any) -> Any:
        taken = take(messages)
        counted.append(len(taken.facts))
        return taken

    counted: list[int] = []
    core.taker.take = count  # type: ignore[method-assign]
    took = core.progress.took

    def told(messages: Any) -> None:
        took(messages)
        n = sum(counted)
        counted.clear()
        watch.stored(n)

    core.progress.took = told  # type: ignore[method-assign]
    assigned = core.assigned

    def begin(partitions: Any, generation: int) -> None:
        watch.start()
        assigned(partitions, generation)

    core.assigned = begin  # type: ignore[method-assign]


def ours(county: County, order: Order) -> None:
    """The worker: Faust around the core."""
    core = WorkerCore(county, "bench", Readiness(("partitions",)))
    watched(core, Watch(order, lambda: core.share.state.digest()))

    async def run() -> None:
        shell = Shell(county.settings, core)
        await shell.app.start()
        await shell.app.wait_until_stopped()

    asyncio.run(run())


def plain_loop(county: County, order: Order) -> None:
    """The same core, fed by a kafka-python loop: the yardstick."""
    from kafka import ConsumerRebalanceListener, KafkaConsumer

    core = WorkerCore(county, "bench", Readiness(("partitions",)))
    watched(core, Watch(order, lambda: core.share.state.digest()))
    settings = county.settings

    class Listener(ConsumerRebalanceListener):  # type: ignore[misc]
        def on_partitions_revoked(self, revoked: Any) -> None:
            if revoked:
                core.revoked()

        def on_partitions_assigned(self, assigned: Any) -> None:
            core.assigned({tp.partition for tp in assigned}, 1)

    consumer = KafkaConsumer(
        bootstrap_servers=servers(settings), group_id=settings.group, enable_auto_commit=False,
        auto_offset_reset="earliest", max_poll_records=MOST_MESSAGES,
        max_partition_fetch_bytes=4 * 2**20,
    )  # fmt: skip
    consumer.subscribe(INPUT_TOPICS, listener=Listener())
    committed = looked = time.monotonic()
    while True:
        polled = consumer.poll(timeout_ms=200, max_records=MOST_MESSAGES)  # at once if any came
        messages = [_arrived(record) for records in polled.values() for record in records]
        if messages:
            core.take(messages, 1)
        if time.monotonic() - committed > 1:
            committed = time.monotonic()
            consumer.commit_async()
        if time.monotonic() - looked > 0.5:
            looked = time.monotonic()
            core.look()


def _arrived(record: Any) -> Arrived:
    headers = dict(record.headers)
    return Arrived(
        record.topic, record.partition, record.offset, record.value,
        headers.get("source", b"").decode(), headers.get("trace", b"").decode(),
        record.timestamp / 1000,
    )  # fmt: skip


class OneCore:
    """The core that takes events one by one, with its watch."""

    def __init__(self, county: County, order: Order) -> None:
        self.producer = Producer(county.settings)
        tell = self.producer.send if order.tell else None
        self.one = OneByOne(county, window_s=order.window_s, most=order.most, tell=tell)
        self.watch = Watch(order, self.one.digest)

    def flush(self) -> None:
        """Store and score what came."""
        self.watch.stored(self.one.flush())


def faust_agent(county: County, order: Order) -> None:
    """An agent that takes one message at a time and keeps what it knows in Faust's tables."""
    import faust

    settings = county.settings
    core = OneCore(county, order)
    app = faust.App(
        settings.group, **faust_options(settings), autodiscover=False, web_enabled=False,
        datadir=str(settings.data / "faust"), store="memory://", topic_disable_leader=True,
        topic_partitions=settings.partitions, consumer_auto_offset_reset="earliest",
        stream_wait_empty=False, broker_max_poll_records=5_000,
    )  # fmt: skip
    raw: dict[str, Any] = {
        "key_type": bytes, "value_type": bytes,
        "partitions": settings.partitions,
    }  # fmt: skip
    known, rows = app.Table("known", **raw), app.Table("rows", **raw)
    topic = app.topic(*INPUT_TOPICS, key_serializer="raw", value_serializer="raw")

    async def flush() -> None:
        n = await asyncio.get_running_loop().run_in_executor(None, core.one.flush)
        core.watch.stored(n)

    @app.agent(topic, concurrency=1)  # type: ignore[misc]
    async def take(stream: Any) -> None:
        async for message in stream.events():
            at = message.message
            for place, event in enumerate(events_of(at.value)):
                core.one.take(event, (at.topic, at.partition, at.offset, place), known, rows)
                if core.one.due:
                    await flush()

    @app.on_partitions_assigned.connect  # type: ignore[misc]
    async def begin(*_what: Any, **_named: Any) -> None:
        core.watch.start()

    @app.timer(0.05)  # type: ignore[misc]
    async def rest() -> None:
        if core.one.due:
            await flush()

    async def run() -> None:
        await app.start()
        await app.wait_until_stopped()

    asyncio.run(run())


class QuixStore(MutableMapping[bytes, bytes]):
    """Quix's state of the message at hand as a mapping."""

    state: Any = None

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix

    def __getitem__(self, name: bytes) -> bytes:
        value: bytes = self.state.get_bytes(self._prefix + name.hex())
        if value is None:
            raise KeyError(name)
        return value

    def get(self, name: bytes, default: Any = None) -> Any:
        """Return what is kept under a name."""
        value = self.state.get_bytes(self._prefix + name.hex())
        return default if value is None else value

    def __setitem__(self, name: bytes, value: bytes) -> None:
        self.state.set_bytes(self._prefix + name.hex(), value)

    def __delitem__(self, name: bytes) -> None:
        self.state.delete(self._prefix + name.hex())

    def __iter__(self) -> Iterator[bytes]:
        raise NotImplementedError

    def __len__(self) -> int:
        raise NotImplementedError


def quix(county: County, order: Order) -> None:
    """Quix Streams with its state."""
    from quixstreams import Application, State, message_context
    from quixstreams.models.topics import TopicConfig

    settings = county.settings
    core = OneCore(county, order)
    known, rows = QuixStore("k"), QuixStore("r")
    app = Application(
        broker_address=settings.kafka, consumer_group=settings.group, auto_offset_reset="earliest",
        state_dir=settings.data / "quix", loglevel="WARNING", auto_create_topics=True,
        consumer_poll_timeout=0.05,
    )  # fmt: skip
    turn = threading.Lock()  # Quix calls nobody while nothing comes

    def rest() -> None:
        while True:
            time.sleep(0.05)
            with turn:
                if core.one.due:
                    core.flush()

    def take(value: bytes, state: State) -> None:
        core.watch.start()  # it says nothing when it gets its partitions; this flatters it a little
        context = message_context()
        known.state = rows.state = state
        with turn:
            for place, event in enumerate(events_of(value)):
                at = (context.topic, context.partition, context.offset, place)
                core.one.take(event, at, known, rows)
                if core.one.due:
                    core.flush()

    frames = [
        app.dataframe(app.topic(
            name, value_deserializer="bytes", key_deserializer="bytes",
            config=TopicConfig(num_partitions=settings.partitions, replication_factor=1),
        ))
        for name in INPUT_TOPICS
    ]  # fmt: skip
    whole = frames[0]
    for frame in frames[1:]:
        whole = whole.concat(frame)
    whole.update(take, stateful=True)
    threading.Thread(target=rest, daemon=True).start()
    app.run()


def warm_up(county: County) -> None:
    """Load compiled code and modules that every contestant needs at its first event."""
    facts = some_events(2_000)
    lines = StampedEncoder().encode(
        facts, [f"w{i}" for i in range(len(facts))], np.zeros(len(facts), np.uint64)
    )
    StampedReader().read(lines)
    for event in events_of(lines[0]):
        fact_of(event)
    to_arrow(facts, [""] * len(facts))
    state = fold_arrays([facts])
    card_in_force(county.registry, "u90"), card_in_force(county.registry, "p12")
    cards = [expert_card(kind, as_of=county.today()) for kind in ("u90", "p12")]
    score(state, as_of=county.today(), u90=cards[0], p12=cards[1], policy=county.policy)


CONTESTANTS: dict[str, Callable[[County, Order], None]] = {
    "ours": ours, "plain_loop": plain_loop, "faust_agent": faust_agent, "quix": quix,
}  # fmt: skip


def main() -> None:
    """Run one contestant."""
    name, order = sys.argv[1], msgspec.json.decode(sys.argv[2], type=Order)
    faulthandler.register(signal.SIGUSR1)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    logging.basicConfig(level=logging.ERROR, stream=sys.stderr)
    end_with_input()
    with County.open(load_settings()) as county:
        warm_up(county)
        CONTESTANTS[name](county, order)


if __name__ == "__main__":
    main()
