"""The connection to SQLite: the desk, the accounts and the vault of the embedded shape."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError

from yujing.errors import StorageError

BUSY_TIMEOUT_MS = 10_000  # longer than any transaction of ours


def open_engine(path: Path) -> Engine:
    """Return an engine on a database file; the file is made with mode 0600 when missing.

    Write-ahead log, foreign keys enforced, every commit on disk before it returns, deleted content
    overwritten with zeros.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    engine = create_engine(f"sqlite:///{path}")

    @event.listens_for(engine, "connect")
    def _prepare(raw: Any, _record: object) -> None:
        raw.isolation_level = None  # the driver's own BEGIN comes too late for DDL and for reads
        for pragma in (
            "journal_mode = WAL",
            "synchronous = FULL",
            "foreign_keys = ON",
            "secure_delete = ON",  # what the vault forgets is not to be found in the file
            f"busy_timeout = {BUSY_TIMEOUT_MS}",
        ):
            raw.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Open a transaction that writes: it takes the lock at its start and never fails half way.

    Raises
    ------
    StorageError
        If the database refuses or is full; nothing of the block is kept.
    """
    try:
        with engine.connect().execution_options(writes=True) as connection, connection.begin():
            yield connection
    except DBAPIError as error:
        raise StorageError(f"the database refused: {error.orig}") from error


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Open a transaction that reads one moment of the database.

    Raises
    ------
    StorageError
        If the database cannot be read.
    """
    try:
        with engine.connect() as connection:
            yield connection
    except DBAPIError as error:
        raise StorageError(f"the database refused: {error.orig}") from error


def empty_write_ahead_log(engine: Engine) -> None:
    """Move all changes into the database file, so that what was erased is in no other file."""
    raw = engine.raw_connection()
    try:
        raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        raw.close()
