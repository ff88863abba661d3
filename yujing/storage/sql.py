"""Connections to the SQL side: SQLite in the embedded shape, PostgreSQL in the distributed one.

Rooms write statements of SQLAlchemy Core that mean the same on both; what differs is here. Row
locks (`with_for_update`) are SQLAlchemy's own way to say nothing on SQLite, where a writer has the
whole database.
"""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Connection,
    Engine,
    Insert,
    Table,
    create_engine,
    event,
    func,
    insert,
    make_url,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import (
    ArgumentError,
    DataError,
    DBAPIError,
    IntegrityError,
    NotSupportedError,
    ProgrammingError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from yujing.errors import SettingsError, StorageError

BUSY_TIMEOUT_MS = 10_000  # longer than any transaction of ours
CONNECT_TIMEOUT_S = 5
STATEMENT_TIMEOUT_MS = 30_000
IDLE_TIMEOUT_MS = 15_000  # a frozen process may hold rows that its successor waits for so long
LOCK_TIMEOUT_MS = 20_000  # beyond the idle time-out: who waits for a frozen process gets his turn
POOL_TIMEOUT_S = 10
_PREFIXES = ("postgres", "postgresql", "postgresql+psycopg")
_HOPELESS = (DataError, IntegrityError, NotSupportedError, ProgrammingError)

Fence = Callable[[Connection], None]
Merge = Callable[[Any, Any], Any]


def open_sqlite(path: Path) -> Engine:
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


def open_postgres(url: str, *, connections: int = 8) -> Engine:
    """Return an engine on a PostgreSQL database; nothing is connected yet.

    Every connection is tried before it is used, so that a server that came back is found again.
    No connection, statement or lock is waited for without end, and the server ends a transaction
    in which nothing happens: the process that holds it may be frozen.

    Parameters
    ----------
    url
        `postgresql://user:password@host:port/database`; further options of libpq after `?`.
    connections
        Most connections that this process holds.

    Raises
    ------
    SettingsError
        If the address is not one of PostgreSQL; the password is never repeated.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise SettingsError(["postgres: not an address like postgresql://host/database"]) from None
    if parsed.drivername not in _PREFIXES:
        raise SettingsError([f"postgres: {parsed.drivername} is not postgresql"])
    given = parsed.query.get("options", "")
    limits = {
        "timezone": "UTC",
        "statement_timeout": STATEMENT_TIMEOUT_MS,
        "lock_timeout": LOCK_TIMEOUT_MS,
        "idle_in_transaction_session_timeout": IDLE_TIMEOUT_MS,
    }
    options = " ".join(f"-c {name}={value}" for name, value in limits.items())
    return create_engine(
        parsed.set(drivername="postgresql+psycopg").difference_update_query(["options"]),
        isolation_level="READ COMMITTED",
        pool_pre_ping=True,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=POOL_TIMEOUT_S,
        pool_recycle=1800,
        hide_parameters=True,
        connect_args={
            "connect_timeout": CONNECT_TIMEOUT_S,
            "application_name": "yujing",
            "options": f"{options} {given}".strip(),
        },
    )


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Open a transaction that writes.

    On SQLite it takes the lock at its start and never fails half way; on PostgreSQL it reads what
    is committed and takes the rows that it asks for. The execution option `fence` of the engine, a
    function of the connection, is called first and may refuse.

    Raises
    ------
    FencedError
        By the engine's fence: another worker owns what this one would write.
    StorageError
        If the database refuses, is full or is away; nothing of the block is kept.
    """
    with (
        _named_failures(),
        engine.connect().execution_options(writes=True) as connection,
        connection.begin(),
    ):
        fence: Fence | None = connection.get_execution_options().get("fence")
        if fence is not None:
            fence(connection)
        yield connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Open a transaction that reads one moment of the database.

    Raises
    ------
    StorageError
        If the database cannot be read.
    """
    with _named_failures(), engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection = connection.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
        yield connection


def insert_row(connection: Connection, table: Table, row: Mapping[str, Any]) -> int:
    """Insert a row into a table that numbers its rows (`id`), and return its number."""
    return int(connection.execute(insert(table).returning(table.c.id), row).scalar_one())


def insert_new(connection: Connection, table: Table) -> Insert:
    """Return an INSERT into a table that passes over rows whose key is there already.

    The result's `rowcount` says how many were new.
    """
    statement: Insert = _insert(connection, table).on_conflict_do_nothing()
    return statement.execution_options(preserve_rowcount=True)


def upsert(
    connection: Connection,
    table: Table,
    *,
    key: Sequence[str],
    columns: Sequence[str] | Mapping[str, Merge],
    where: Merge | None = None,
) -> Insert:
    """Return an INSERT that, where a row of the same key is there, writes some columns of it anew.

    Parameters
    ----------
    key
        Columns of the unique key.
    columns
        Columns that take the new values; or, by column, what it takes: a function of the columns
        of the row that is there and of the new one.
    where
        The same kind of function: the condition under which the row is written anew; always when
        not given.
    """
    statement = _insert(connection, table)
    old, new = table.c, statement.excluded
    if isinstance(columns, Mapping):
        values = {name: merge(old, new) for name, merge in columns.items()}
    else:
        values = {name: new[name] for name in columns}
    whole: Insert = statement.on_conflict_do_update(
        index_elements=list(key), set_=values, where=None if where is None else where(old, new)
    )
    return whole


def take_turn(connection: Connection, name: str) -> None:
    """Wait until no other transaction holds this name; it is given back at the end of this one.

    For what touches a whole table. On SQLite every writer has its turn already.
    """
    if connection.dialect.name == "postgresql":
        lock = func.pg_advisory_xact_lock(func.hashtextextended(name, 0))
        connection.execute(select(lock))


def empty_write_ahead_log(engine: Engine) -> None:
    """Move all changes into SQLite's file, so that what was erased is in no other.

    PostgreSQL does so by itself (checkpoints, autovacuum), at its own time.
    """
    if engine.dialect.name != "sqlite":
        return
    raw = engine.raw_connection()
    try:
        raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        raw.close()


def _insert(connection: Connection, table: Table) -> Any:
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)


@contextmanager
def _named_failures() -> Iterator[None]:
    """Turn the driver's failures into a StorageError whose text holds no row."""
    try:
        yield
    except PoolTimeoutError as error:
        raise StorageError("every connection to the database is taken") from error
    except DBAPIError as error:
        first = str(error.orig).strip().partition("\n")[0]  # DETAIL, below it, repeats the row
        raise StorageError(
            f"the database refused: {first}", permanent=isinstance(error, _HOPELESS)
        ) from error
