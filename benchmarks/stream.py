"""The stream beside Faust, Quix Streams and a plain loop, on one real broker.

Run with `python -m benchmarks.stream [--quick] [throughput|latency|restore ...]`; --help says more.
All contestants read the same messages, do the same work into the same stores and must end with the
same facts and members, or the bench fails. They take turns, a process each; throughput is events by
CPU second of that process and, beside it, by wall second of everything together. ClickHouse is the
stand-in of the tests, the engine behind HTTP: what it costs is the same for all and in no CPU
second counted here.
"""

import argparse
import hashlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
from collections import defaultdict
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.figure import Figure
from benchmarks.stream_latency import measure_latency
from benchmarks.stream_messages import Recording, record
from benchmarks.stream_restore import measure_restore
from streams.kafka.messages import Message
from tests.support.stream import ROOT, Servers, running_servers
from yujing.app.county import County

PARTITIONS = 4
NAMES = ("ours", "faust_agent", "quix", "plain_loop")
OTHERS = ("faust_agent", "quix", "plain_loop")
_LIMIT_S = 600


class Run:
    """One turn of one contestant.

    Parameters
    ----------
    servers
        With databases of its own.
    name
        Of the contestant.
    order
        See `benchmarks.stream_contestants.Order`.
    """

    def __init__(self, servers: Servers, name: str, **order: Any) -> None:
        self.servers, self.name = servers, name
        log = servers.directory / f"{servers.run}.log"
        with log.open("w") as errors:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "benchmarks.stream_contestants", name, json.dumps(order)],
                cwd=ROOT, env=os.environ | servers.environment(name), text=True,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors,
            )  # fmt: skip
        self._log = log

    def result(self) -> dict[str, Any]:
        """Wait for what it says in the end."""
        assert self.process.stdout is not None
        limit = threading.Timer(_LIMIT_S, self.process.kill)
        limit.start()
        said = self.process.stdout.read()
        limit.cancel()
        self.process.wait()
        if not said.strip():
            tail = self._log.read_text(errors="replace")[-2000:]
            raise SystemExit(f"{self.name} said nothing:\n{tail}")
        return dict(json.loads(said.strip().splitlines()[-1]))

    def end(self) -> None:
        """Close its input: it ends."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def facts_digest(servers: Servers) -> str:
    """Return number and sum of the effective facts in the log of a run."""
    with County.open(servers.settings("digest")) as county:
        facts = county.log.facts(columns=("fact", "version", "content", "known_at"))
    return f"{len(facts)} {hashlib.sha256(np.ascontiguousarray(facts).tobytes()).hexdigest()}"


def fresh_topics(servers: Servers, messages: list[Message]) -> None:
    """Put these messages, and no others, into the input topics."""
    from kafka.admin import KafkaAdminClient

    from streams.kafka.topics import TOPICS
    from tests.support.broker import without_topics

    admin = KafkaAdminClient(bootstrap_servers=servers.broker.address)
    without_topics(admin, [topic.name for topic in TOPICS])
    admin.close()
    servers.make_topics()
    if messages:
        servers.produce(messages)


def measure_throughput(servers: Servers, recording: Recording, rounds: int) -> None:
    """Print events a second of every contestant, in envelopes and one by one."""
    for kind, messages in (("envelopes", recording.envelopes), ("singles", recording.singles)):
        fresh_topics(servers, messages)
        results: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for turn in range(rounds):
            for name in NAMES:
                run = servers.another(f"{kind}_{turn}_{name}")
                result = Run(run, name, total=recording.n_events).result()
                result["facts"] = facts_digest(run)
                results[name].append(result)
                print(kind, turn, name, json.dumps(result), file=sys.stderr)
        told = {(r["facts"], r["digest"]) for all_of in results.values() for r in all_of}
        if len(told) != 1:
            raise SystemExit(f"the contestants differ: {told}")
        show_throughput(kind, results)


def show_throughput(kind: str, results: dict[str, list[dict[str, Any]]]) -> None:
    """Print the figures of a kind of messages."""
    for unit, over in (("events/s/core", "cpu_s"), ("events/s", "wall_s")):
        rate = {
            name: statistics.median(r["n"] / r[over] for r in runs)
            for name, runs in results.items()
        }
        for name in OTHERS:
            ratio = round(rate["ours"] / rate[name], 2)
            bench = f"stream_{kind}_vs_{name}"
            print(Figure(bench, round(rate["ours"]), unit, round(rate[name]), ratio).line())
    held = {name: statistics.median(r["rss_mb"] for r in runs) for name, runs in results.items()}
    for name in OTHERS:
        ratio = round(held[name] / held["ours"], 2)
        bench = f"stream_{kind}_memory_vs_{name}"
        print(Figure(bench, round(held["ours"]), "MB", round(held[name]), ratio).line())


def main() -> None:
    """Measure what is asked for and print the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true", help="a few small turns")
    parser.add_argument("--events", type=int, help="of the recording")
    parser.add_argument("--rounds", type=int, help="turns of each contestant")
    parser.add_argument("parts", nargs="*", default=["throughput", "latency", "restore"])
    asked = parser.parse_args()
    if find_spec("quixstreams") is None:
        raise SystemExit("Quix Streams is missing: `uv sync --inexact --group bench` brings it")
    with tempfile.TemporaryDirectory(prefix="bench-stream-") as directory:
        n_events = asked.events or (60_000 if asked.quick else 200_000)
        recording = record(Path(directory), n_events, PARTITIONS)
        with running_servers(Path(directory), PARTITIONS) as servers:
            if "restore" in asked.parts:
                measure_restore(servers, quick=asked.quick)
            if "throughput" in asked.parts:
                measure_throughput(servers, recording, asked.rounds or (1 if asked.quick else 3))
            if "latency" in asked.parts:
                measure_latency(servers, recording.facts, quick=asked.quick)


if __name__ == "__main__":
    main()
