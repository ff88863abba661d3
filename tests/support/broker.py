"""A real Kafka broker for tests: one for the session, topics of each test apart by a prefix.

Use `pytest_plugins = ["tests.support.broker"]` or import the fixture into a `conftest.py`.
"""

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from kafka.admin import KafkaAdminClient

from yujing.app.local_kafka.broker import Demands, LocalBroker
from yujing.app.local_kafka.jars import java, kafka_jars
from yujing.errors import DependencyError
from yujing.settings import Settings, load_settings

CACHE = Path(__file__).parents[2] / "var"


def new_broker(directory: Path, demands: Demands | None = None) -> LocalBroker:
    """Return a broker that is not started; where a part of it is missing, skip, in CI fail."""
    try:
        return LocalBroker(directory, jars=kafka_jars(CACHE), java=java(), demands=demands)
    except DependencyError as missing:
        if os.environ.get("CI"):
            pytest.fail(f"in CI every part must be there: {missing}")
        pytest.skip(str(missing))


@contextmanager
def running_broker(directory: Path, demands: Demands | None = None) -> Iterator[LocalBroker]:
    """Run a broker on data of its own; it is stopped whatever happens."""
    with new_broker(directory, demands) as broker:
        yield broker


def settings_for(broker: LocalBroker, **more: Any) -> Settings:
    """Return settings that name a broker, and servers that nobody asks."""
    given = {"postgres": "postgresql://nobody", "clickhouse": "http://nobody"} | more
    return load_settings(kafka=broker.address, **given)


def without_topics(admin: KafkaAdminClient, names: Sequence[str]) -> None:
    """Delete topics and return once they are gone: a deletion takes effect some time later."""
    there = set(admin.list_topics()) & set(names)
    if there:
        admin.delete_topics(sorted(there))
    for _ in range(200):
        if not set(admin.list_topics()) & set(names):
            return
        time.sleep(0.05)
    raise AssertionError(f"the topics {names} stay")


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalBroker]:
    """Return the broker of this session; a test that stops or freezes it starts it again."""
    with running_broker(tmp_path_factory.mktemp("kafka")) as running:
        yield running
