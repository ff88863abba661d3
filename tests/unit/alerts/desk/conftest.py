"""An empty desk for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from alerts.desk import Desk
from tests.support.unit_desk import POLICY
from yujing.domain.calendar import Calendar
from yujing.storage.sqlite import open_engine


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    engine = open_engine(tmp_path / "desk.sqlite")
    yield Desk(engine, POLICY, Calendar())
    engine.dispose()
