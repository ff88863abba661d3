"""What whole-way tests share: one tiny simulated county, one ClickHouse behind HTTP."""

from pathlib import Path

import pytest

from tests.support.clickhouse_front import clickhouse_front
from tests.support.running_county import simulated

__all__ = ["clickhouse_front"]  # a fixture


@pytest.fixture(scope="session")
def county_files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return simulated(tmp_path_factory.mktemp("simulated"))
