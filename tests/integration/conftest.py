"""The files of one tiny simulated county, made once for all whole-way tests."""

from pathlib import Path

import pytest

from tests.support.running_county import simulated


@pytest.fixture(scope="session")
def county_files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return simulated(tmp_path_factory.mktemp("simulated"))
