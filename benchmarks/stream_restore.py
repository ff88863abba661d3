"""How soon a worker has its members back: a checkpoint, beside the changelog of a Faust table."""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.figure import Figure
from streams.fact import FACT, FactArray, empty_facts
from streams.kafka.connection import faust_options
from streams.log.position import lanes_of
from streams.state.checkpoint import Covers, save
from streams.state.layout import HOUSEHOLD_ROW, MEMBER, base_month_of
from streams.state.state import State
from tests.support.stream import ROOT, Servers
from yujing.app.notices import Notices
from yujing.app.output import Silence
from yujing.app.share import Share
from yujing.settings import load_settings
from yujing.storage.private import private_directory
from yujing.storage.sql import open_sqlite

FACTS_A_MEMBER = 60  # of a county of 53,000 households after 14 months (`benchmarks.county`)
MEMBERS_A_HOUSEHOLD = 3
FAUST_KEYS = 100_000
PARTITIONS = 4
_LIMIT_S = 180


class QuietLog:
    """A log in which nothing is beyond the checkpoint."""

    def since_covered(self, covered: Mapping[int, int], lanes: Any, **_more: Any) -> FactArray:
        """Return nothing."""
        return np.empty(0, dtype=FACT)


def made(n: int, facts_a_member: int, base_month: int) -> State:
    """Return a state of `n` members whose numbers mean nothing."""
    rng = np.random.default_rng(1)
    state = State(base_month)
    households = np.zeros(n // MEMBERS_A_HOUSEHOLD + 1, dtype=HOUSEHOLD_ROW)
    households["key"] = rng.permutation(len(households)) + np.uint64(1)
    state._households.fill(households)
    members = np.frombuffer(rng.bytes(n * MEMBER.itemsize), MEMBER).copy()
    members["key"] = np.arange(1, n + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    members["household"] = households["key"][np.arange(n) // MEMBERS_A_HOUSEHOLD]
    state._members.fill(members)
    some = np.repeat(empty_facts(1), 500_000)
    some["version"], some["known_at"] = 1, 1_780_000_000
    for start in range(0, n * facts_a_member, len(some)):
        part = some[: n * facts_a_member - start]
        part["fact"] = rng.integers(1, 2**63, len(part))
        part["content"] = part["fact"]
        state.index.enter(part)
    return state


def restored(directory: Path, base_month: int) -> tuple[float, State]:
    """Return how long a share takes to have its state, and the state."""
    log, notices = QuietLog(), Notices(open_sqlite(directory.parent / "notices.sqlite"))
    share = Share(
        lambda: log, notices, directory, lambda: base_month, PARTITIONS, Silence()
    )
    began = time.perf_counter()
    share.own(range(PARTITIONS))
    state = share.state
    return time.perf_counter() - began, state


def faust_restore() -> None:
    """Start a Faust application with a table and say how long its recovery takes."""
    import faust

    settings = load_settings()
    app = faust.App(
        settings.group, **faust_options(settings), autodiscover=False, web_enabled=False,
        datadir=str(private_directory(settings.data)), store="memory://",
        topic_disable_leader=True,
        topic_partitions=PARTITIONS,
    )  # fmt: skip
    began = 0.0

    async def recovered() -> None:
        print(json.dumps({"seconds": time.perf_counter() - began, "keys": len(table)}), flush=True)
        os._exit(0)

    async def assigned(*_what: Any, **_named: Any) -> None:
        nonlocal began
        began = time.perf_counter()

    table = app.Table(
        "rows", key_type=bytes, value_type=bytes, partitions=PARTITIONS, on_recover=recovered
    )
    app.on_partitions_assigned.connect(assigned)  # type: ignore[arg-type]

    @app.agent(app.topic("household-events", value_serializer="raw"))  # type: ignore[misc]
    async def take(stream: Any) -> None:
        async for _ in stream:
            pass

    async def run() -> None:
        await app.start()
        await app.wait_until_stopped()

    asyncio.run(run())


def fill_changelog(servers: Servers, n: int) -> None:
    """Put `n` rows of members into the changelog of the table."""
    from kafka import KafkaAdminClient, KafkaProducer
    from kafka.admin import NewTopic

    topic = f"{servers.run}-rows-changelog"
    admin = KafkaAdminClient(bootstrap_servers=servers.broker.address)
    admin.create_topics([NewTopic(
        topic, PARTITIONS, 1, topic_configs={"cleanup.policy": "compact"}
    )])
    admin.close()
    producer = KafkaProducer(
        bootstrap_servers=servers.broker.address, linger_ms=20, batch_size=2**19
    )  # fmt: skip
    for number in range(n):
        producer.send(
            topic, key=b"p%016x" % number, value=os.urandom(MEMBER.itemsize),
            partition=number % PARTITIONS,
        )  # fmt: skip
    producer.flush()
    producer.close()


def measure_faust(servers: Servers, n: int) -> float:
    """Return how long Faust takes to restore a table of `n` rows, in seconds."""
    run = servers.another("restored")
    fill_changelog(run, n)
    said = subprocess.run(
        [sys.executable, "-m", "benchmarks.stream_restore"], cwd=ROOT, timeout=_LIMIT_S,
        env=os.environ | run.environment("faust"), capture_output=True, text=True, check=False,
    ).stdout.strip()  # fmt: skip
    told = json.loads(said.splitlines()[-1])
    if told["keys"] != n:
        raise SystemExit(f"Faust restored {told['keys']} of {n} rows")
    return float(told["seconds"])


def measure_restore(servers: Servers, *, quick: bool) -> None:
    """Print the figures."""
    n = 100_000 if quick else 1_000_000
    base_month = base_month_of(2026)
    state = made(n, FACTS_A_MEMBER, base_month)
    directory = servers.directory / "checkpoint"
    covers = Covers(dict.fromkeys(lanes_of(range(PARTITIONS), 5), 1))
    covers.notices.update(dict.fromkeys(range(PARTITIONS), 0))
    save(state, directory, 1, covers)
    digest, n_facts = state.digest(), len(state.index)
    del state
    ours, held = restored(directory, base_month)
    if held.digest() != digest or len(held.index) != n_facts:
        raise SystemExit("what was restored is not what was saved")
    theirs = measure_faust(servers, min(n, FAUST_KEYS)) * n / min(n, FAUST_KEYS)
    name = f"stream_restore_{n}_members_{n_facts}_facts_vs_{min(n, FAUST_KEYS)}_rows_of_faust"
    print(Figure(name, round(ours, 2), "s", round(theirs, 1), round(theirs / ours, 1)).line())


if __name__ == "__main__":
    faust_restore()
