"""The distributed shape on one machine: real servers, real worker processes, recorded messages."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from streams.kafka.messages import Message
from streams.kafka.producer import Producer
from streams.kafka.topics import TOPICS
from tests.support.broker import new_broker
from tests.support.clickhouse_front import ClickHouseFront
from tests.support.postgres import PostgresServer
from yujing.app.local_kafka.broker import LocalBroker
from yujing.settings import Settings, load_settings

ROOT = Path(__file__).parents[2]


@dataclass
class Servers:
    """Broker, ClickHouse front and PostgreSQL, and what a process needs to find them.

    Parameters
    ----------
    directory
        For the data of all processes.
    """

    directory: Path
    broker: LocalBroker
    clickhouse: ClickHouseFront
    postgres: PostgresServer
    partitions: int = 12
    run: str = "run"

    def __post_init__(self) -> None:
        self.database = self.postgres.new_database()

    def another(self, run: str) -> "Servers":
        """Return the same servers with empty databases and a group that has read nothing."""
        return Servers(
            self.directory, self.broker, self.clickhouse, self.postgres, self.partitions, run
        )

    def environment(self, name: str, **more: object) -> dict[str, str]:
        """Return the variables of a process with a data directory of its own."""
        given = {
            "DATA": self.directory / self.run / name,
            "GROUP": self.run,
            "KEY_FILE": self.directory / "vault.key",
            "KAFKA": self.broker.address,
            "POSTGRES": self.database,
            "CLICKHOUSE": self.clickhouse.url(self.run),
            "PARTITIONS": self.partitions,
            "SESSION_TIMEOUT_S": 6,
            "LOG_FORMAT": "json",
            **{key.upper(): value for key, value in more.items()},
        }
        return {f"YUJING_{key}": str(value) for key, value in given.items()}

    def settings(self, name: str = "test", **more: object) -> Settings:
        """Return the settings of a process, for use in this one."""
        before = dict(os.environ)
        os.environ |= self.environment(name, **more)
        try:
            return load_settings()
        finally:
            os.environ.clear()
            os.environ.update(before)

    def make_topics(self) -> None:
        """Make all topics."""
        from kafka import KafkaAdminClient
        from kafka.admin import NewTopic

        admin = KafkaAdminClient(bootstrap_servers=self.broker.address)
        try:
            admin.create_topics([NewTopic(topic.name, self.partitions, 1) for topic in TOPICS])
        finally:
            admin.close()

    def produce(self, messages: Sequence[Message], *, rate: float | None = None) -> None:
        """Send messages, in order, at most so many events a second."""
        producer, began, sent = Producer(self.settings()), time.monotonic(), 0
        for start in range(0, len(messages), 50):
            sent += producer.send(messages[start : start + 50])
            if rate:
                time.sleep(max(0.0, began + sent / rate - time.monotonic()))
        producer.close()

    def worker(self, name: str, **more: object) -> "Worker":
        """Start a worker process."""
        return Worker(self, name, more)


class Worker:
    """A worker process that is started again when it ends of itself, as a supervisor would."""

    def __init__(self, servers: Servers, name: str, more: Mapping[str, object]) -> None:
        self.name = name
        self._environment = os.environ | servers.environment(name, **more)
        self._log = servers.directory / servers.run / f"{name}.log"
        self._log.parent.mkdir(exist_ok=True)
        self._address = servers.directory / servers.run / name / "address"
        self.start()

    def start(self) -> None:
        """Start it, or start it again."""
        self._address.unlink(missing_ok=True)
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "yujing.cli", "worker", "--name", self.name],
                cwd=ROOT, env=self._environment, stdout=log, stderr=log,
            )  # fmt: skip

    @property
    def runs(self) -> bool:
        """Whether the process lives."""
        return self.process.poll() is None

    def revive(self) -> bool:
        """Start it again if it ended; return whether it had."""
        if self.runs:
            return False
        self.start()
        return True

    def kill(self) -> None:
        """End it at once."""
        self.process.kill()
        self.process.wait()

    def freeze(self) -> None:
        """Let it stand still."""
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self.process.send_signal(signal.SIGCONT)

    def stop(self, within_s: float = 30.0) -> float:
        """Ask it to stop, wait, return how long it took; kill it after the time."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGCONT)
        self.process.terminate()
        try:
            self.process.wait(within_s)
        except subprocess.TimeoutExpired:
            self.kill()
        return time.monotonic() - began

    def log(self) -> str:
        """Return what it said."""
        return self._log.read_text(encoding="utf8", errors="replace")

    def said(self, event: str) -> list[dict[str, Any]]:
        """Return its log lines about an event."""
        lines = [line for line in self.log().splitlines() if f'"event": "{event}"' in line]
        return [json.loads(line[line.index("{") :]) for line in lines]

    def metrics(self) -> str:
        """Return its metrics; empty while it does not answer."""
        try:
            address = self._address.read_text(encoding="utf8").strip()
            with urllib.request.urlopen(f"{address}/metrics", timeout=2) as answer:
                return str(answer.read().decode())
        except OSError:
            return ""


@contextmanager
def running_servers(directory: Path, partitions: int = 12) -> Iterator[Servers]:
    """Run all servers with topics, on data of their own; they are stopped whatever happens."""
    with ExitStack() as stack:
        broker = stack.enter_context(new_broker(directory / "kafka"))
        clickhouse = stack.enter_context(ClickHouseFront(directory / "clickhouse"))
        postgres = stack.enter_context(PostgresServer())
        servers = Servers(directory, broker, clickhouse, postgres, partitions)
        servers.make_topics()
        yield servers
