"""One small database on each engine and a cheap hasher."""

from datetime import UTC, datetime

import pytest
from argon2 import PasswordHasher
from sqlalchemy import Engine

from yujing.access.access import Access

NOW = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)


@pytest.fixture
def engine(sql_engine: Engine) -> Engine:
    Access.prepare(sql_engine)
    return sql_engine


@pytest.fixture
def access(engine: Engine) -> Access:
    return Access(engine, hasher=PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def now() -> datetime:
    return NOW
