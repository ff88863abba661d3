"""What whole-way tests share: one tiny simulated county, servers."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.support.broker import broker
from tests.support.clickhouse_front import ClickHouseFront, clickhouse_front
from tests.support.engines import engine
from tests.support.running_county import simulated
from yujing.storage.clickhouse import connect_server

__all__ = ["broker", "clickhouse_front"]  # fixtures


@pytest.fixture(scope="module", params=["in the process", "over HTTP"])
def clickhouse(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Any]:
    """A client of either kind, on a database of the module's own: what holds, holds on both."""
    if request.param == "in the process":
        with engine(tmp_path_factory.mktemp("engine")) as client:
            yield client
    else:
        front: ClickHouseFront = request.getfixturevalue("clickhouse_front")
        front.heal()
        client = connect_server(front.url(f"d{uuid4().hex}"))
        yield client
        client.close()


@pytest.fixture(scope="session")
def county_files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return simulated(tmp_path_factory.mktemp("simulated"))
