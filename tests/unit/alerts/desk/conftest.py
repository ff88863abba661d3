"""An empty desk for each test, once on SQLite and once on PostgreSQL."""

import pytest
from sqlalchemy import Engine

from alerts.desk import Desk
from tests.support.unit_desk import POLICY
from yujing.domain.calendar import Calendar


@pytest.fixture
def desk(sql_engine: Engine) -> Desk:
    return Desk(sql_engine, POLICY, Calendar())
