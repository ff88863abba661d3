"""A real Kafka broker for tests: one for the session, topics of each test apart by a prefix.

Use `pytest_plugins = ["tests.support.broker"]` or import the fixture into a `conftest.py`.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from yujing.app.local_kafka.broker import Demands, LocalBroker
from yujing.app.local_kafka.jars import java, kafka_jars
from yujing.errors import DependencyError

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


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalBroker]:
    """Return the broker of this session; a test that stops or freezes it starts it again."""
    with running_broker(tmp_path_factory.mktemp("kafka")) as running:
        yield running
