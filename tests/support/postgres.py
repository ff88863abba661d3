"""A real PostgreSQL server for tests and benchmarks, and what is opened on it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine

from yujing.app.local_postgres.server import LocalPostgres, MissingPostgresError
from yujing.storage.sql import open_postgres, open_sqlite

ENGINES = ("sqlite", "postgres")


class PostgresServer(LocalPostgres):
    """One server in the directory for temporary files.

    Parameters
    ----------
    durable
        Whether each commit is on disk before it is acknowledged.
    """

    def __init__(self, *, durable: bool = False) -> None:
        # what the tempfile module says may be a private directory of this process
        super().__init__(Path(os.environ.get("TMPDIR", "/tmp")), durable=durable)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """One server for the whole session of this process, started when first asked for."""
    with _server_or_skip() as server:
        yield server


@contextmanager
def _server_or_skip() -> Iterator[PostgresServer]:
    try:
        server = PostgresServer()
    except MissingPostgresError as error:
        if os.environ.get("CI") == "true":
            pytest.fail(str(error))
        pytest.skip(str(error))
    with server:
        yield server


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """The address of an empty database on the server."""
    url = postgres_server.new_database()
    yield url
    postgres_server.drop_database(url)


@pytest.fixture
def postgres_engine(postgres_url: str) -> Iterator[Engine]:
    """An engine on an empty database of PostgreSQL."""
    engine = open_postgres(postgres_url)
    yield engine
    engine.dispose()


@pytest.fixture(params=ENGINES)
def sql_engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An engine on an empty database: first on SQLite, then on PostgreSQL."""
    if request.param == "postgres":
        yield request.getfixturevalue("postgres_engine")
        return
    engine = open_sqlite(tmp_path / "sql.sqlite")
    yield engine
    engine.dispose()
