"""How long from the message to the score on `risk-scores`, and to the red card on the desk."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import psycopg

from benchmarks.figure import Figure
from benchmarks.stream_messages import KNOWN_AT, Reader
from streams.content import content_hashes
from streams.fact import FactArray
from streams.kafka.messages import Message
from streams.kafka.topics import RISK_SCORES
from streams.wire import (
    employment_monthly_status,
    hardship_report,
    household_upsert,
    member_upsert,
)
from tests.support.stream import Servers
from yujing.app.county import County
from yujing.domain.days import to_day

RATES = (500, 2_000)
ONE_IN = 400  # messages in which somebody reports hardship: a card at once
_POLL_S = 0.01
_DEADLINE_S = 20.0
_CLOCK_S = 0.002  # the broker's stamps are whole milliseconds


@dataclass(frozen=True)
class Flow:
    """A population and what happens to each household, once.

    Attributes
    ----------
    registrations
        In envelopes.
    live
        One event a message, each about another household.
    """

    registrations: list[Message]
    live: list[Message]


def flow(directory: Path, facts: FactArray, n: int, partitions: int, today: int) -> Flow:
    """Return `n` households of one member, made after patterns from a recorded county."""
    rng = np.random.default_rng(3)
    reader = Reader(directory / "vault.key", partitions)

    def like(kind: int, among: FactArray = facts) -> FactArray:
        rows = among.compress((among["kind"] == kind) & (among["retracted"] == 0))
        made = rows.take(rng.integers(0, len(rows), n))
        made["fact"] = rng.integers(1, 2**63, n)
        return made

    persons, homes = rng.integers(1, 2**63, (2, n)).astype(np.uint64)
    members, households = like(member_upsert.KIND), like(household_upsert.KIND)
    members["subject"], members["other"], households["subject"] = persons, homes, homes
    status, reports = like(employment_monthly_status.KIND), like(hardship_report.KIND)
    live = np.where(np.arange(n) % ONE_IN == 0, 1, 0)
    events = np.concatenate([status.compress(live == 0), reports.compress(live == 1)])
    events["subject"] = np.concatenate([persons[live == 0], persons[live == 1]])
    events["subject_kind"], events["other"] = 0, 0
    told = events["kind"] == hardship_report.KIND
    events["occurred_from"][told] = events["occurred_to"][told] = today - 1
    first = np.concatenate([households, members])
    first["known_at"], events["known_at"] = KNOWN_AT, int(time.time())
    for part in (first, events):
        part["content"], part["text"] = content_hashes(part), 0
        part["content"] = content_hashes(part)
    registrations = list(reader.messages(first, [f"r{i}" for i in range(len(first))]))
    messages = list(
        reader.messages(events, [f"l{i}" for i in range(len(events))], most_events=1)
    )
    order = rng.permutation(len(messages))
    return Flow(registrations, [messages[i] for i in order.tolist()])


@contextmanager
def busy_core() -> Iterator[None]:
    """Keep one core busy."""
    spinning = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    try:
        yield
    finally:
        spinning.kill()
        spinning.wait()


@dataclass
class Cards:
    """When each household's card was first seen on the desk."""

    address: str
    seen: dict[int, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self) -> None:
        last = 0
        with psycopg.connect(self.address, autocommit=True) as desk:
            while not self._stop.wait(_POLL_S):
                rows = desk.execute(
                    "SELECT id, household FROM cards WHERE id > %s ORDER BY id", (last,)
                ).fetchall()
                now = time.time()
                for number, household in rows:
                    self.seen[household % 2**64], last = now, number

    def stop(self) -> None:
        """Look no more."""
        self._stop.set()
        self._thread.join()


def pace(servers: Servers, messages: list[Message], rate: int) -> dict[bytes, float]:
    """Send messages at a rate; return when each was sent, by its key."""
    from kafka import KafkaProducer

    producer = KafkaProducer(bootstrap_servers=servers.broker.address, acks=1)
    sent: dict[bytes, float] = {}
    began = time.perf_counter()
    for number, message in enumerate(messages):
        wait = began + number / rate - time.perf_counter()
        if wait > 0.001:
            time.sleep(wait)
        producer.send(
            message.topic, value=message.value, key=message.key, headers=message.headers,
            partition=message.partition,
        )  # fmt: skip
        assert message.key is not None
        sent[message.key] = time.time()
    producer.flush()
    producer.close()
    return sent


def scored(servers: Servers, sent: dict[bytes, float]) -> dict[bytes, float]:
    """Return when the broker had the first score of each household after its event."""
    from kafka import KafkaConsumer, TopicPartition

    consumer = KafkaConsumer(bootstrap_servers=servers.broker.address)
    consumer.assign([TopicPartition(RISK_SCORES, p) for p in range(servers.partitions)])
    consumer.seek_to_beginning()
    found: dict[bytes, float] = {}
    last = time.monotonic()
    while len(found) < len(sent) and time.monotonic() - last < _DEADLINE_S:
        for records in consumer.poll(timeout_ms=500).values():
            for record in records:
                at = record.timestamp / 1000
                if record.key not in found and at >= sent.get(record.key, np.inf) - _CLOCK_S:
                    found[record.key] = at
                    last = time.monotonic()
    consumer.close()
    return found


def stamp_by_broker(servers: Servers) -> None:
    """Have the broker stamp scores with the moment at which it has them."""
    from kafka.admin import ConfigResource, KafkaAdminClient

    admin = KafkaAdminClient(bootstrap_servers=servers.broker.address)
    config = {"message.timestamp.type": "LogAppendTime"}
    admin.alter_configs([ConfigResource("topic", RISK_SCORES, config)])
    admin.close()


def registered(servers: Servers, n: int) -> None:
    """Wait until a run has taken in so many facts."""
    began = time.monotonic()
    with County.open(servers.settings("counting")) as county:
        while county.log.count() < n:
            if time.monotonic() - began > 10 * _DEADLINE_S:
                raise SystemExit(f"{servers.run} does not take registrations in")
            time.sleep(0.5)
    time.sleep(2)  # their scores


def one(servers: Servers, name: str, whole: Flow, n: int, rate: int, *, busy: bool) -> Any:
    """Return the milliseconds to each score and to each card of one contestant."""
    from benchmarks.stream import Run, fresh_topics

    fresh_topics(servers, whole.registrations)
    stamp_by_broker(servers)
    run = servers.another(f"l{rate}_{busy:d}_{name}")
    process = Run(run, name, tell=True, window_s=0.005)
    registered(run, sum(message.n_events for message in whole.registrations))
    cards = Cards(run.database) if name in ("ours", "plain_loop") else None
    with busy_core() if busy else nullcontext():
        warm = pace(run, whole.live[n:], rate)
        scored(run, warm)
        sent = pace(run, whole.live[:n], rate)
        found = scored(run, sent)
        time.sleep(1)
    if cards:
        cards.stop()
    process.end()
    to_score = np.array([found[k] - sent[k] for k in sent if k in found]) * 1000
    red = [] if cards is None else [
        at - sent[key] for home, at in cards.seen.items() if (key := b"%016x" % home) in sent
    ]
    return to_score, np.array(red) * 1000, len(found) / len(sent)


def measure_latency(servers: Servers, facts: FactArray, *, quick: bool) -> None:
    """Print p50 and p99 of every contestant, quiet and beside a busy core."""
    with County.open(servers.settings("today")) as county:
        today = to_day(county.today())
    for rate in RATES:
        n = rate * (4 if quick else 10)
        whole = flow(servers.directory, facts, n + rate, servers.partitions, today)
        for busy in (False, True):
            measured = {
                name: one(servers, name, whole, n, rate, busy=busy)
                for name in ("ours", "faust_agent", "quix", "plain_loop")
            }
            show(measured, f"{rate}_{'busy' if busy else 'quiet'}")


def show(measured: dict[str, Any], what: str) -> None:
    """Print the figures of one rate."""
    for name, (to_score, red, share) in measured.items():
        print(what, name, f"{share:.3f} scored", np.percentile(to_score, [50, 99]) if len(to_score)
              else "nothing", len(red), file=sys.stderr)
    for q in (50, 99):
        ms = {
            name: float(np.percentile(to_score, q)) if share > 0.99 else float("inf")
            for name, (to_score, _, share) in measured.items()
        }
        for name in ("faust_agent", "quix", "plain_loop"):
            bench = f"stream_to_score_p{q}_{what}_vs_{name}"
            known = ms[name] < float("inf")
            print(Figure(
                bench, round(ms["ours"], 1), "ms", round(ms[name], 1) if known else None,
                round(ms[name] / ms["ours"], 2) if known else None,
            ).line())  # fmt: skip
        ours, loop = (measured[name][1] for name in ("ours", "plain_loop"))
        if len(ours) and len(loop):
            mine, theirs = float(np.percentile(ours, q)), float(np.percentile(loop, q))
            bench = f"stream_to_red_p{q}_{what}_vs_plain_loop"
            print(Figure(bench, round(mine, 1), "ms", round(theirs, 1),
                         round(theirs / mine, 2)).line())  # fmt: skip
