"""One small database and a cheap hasher."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from sqlalchemy import Engine

from yujing.access.access import Access
from yujing.storage.sqlite import open_engine

NOW = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_engine(tmp_path / "desk.sqlite")
    Access.prepare(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def access(engine: Engine) -> Access:
    return Access(engine, hasher=PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def now() -> datetime:
    return NOW
