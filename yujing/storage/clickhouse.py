"""Connections to ClickHouse: the engine inside this process (chDB), or a server over HTTP.

Both are clients of the same library, and the same SQL runs on both. Over HTTP an answer can be
lost although the server did what was asked: what is written through here may come twice, and every
table that is written to must bear that.
"""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import numpy as np
import numpy.typing as npt

from yujing.errors import DataHeldError, StorageError
from yujing.storage.lock import is_held
from yujing.storage.private import private_directory, use_as_temporary

DATABASE = "yujing"
MEMORY_BYTES = 2 * 2**30  # the log of ten million events is read in slices far below this
_SETTINGS = {
    "async_insert": 0,  # an insert is acknowledged when it is on disk
    "output_format_arrow_compression_method": "none",  # the bytes never leave the process
}
_SERVER_SETTINGS = {
    "async_insert": 0,
    "wait_end_of_query": 1,  # an answer says how it ended, not how it began
}
TIMEOUT_S = 60  # the driver lets a long statement report its progress 5 s before the time is over
# The statement, the table or the credentials are wrong: the same again fails the same way.
_PERMANENT_CODES = frozenset(
    {
        *(8, 10, 15, 16, 20, 36, 42, 43, 44, 46, 47, 48, 50, 53, 60, 62, 63, 70, 80, 81, 115),
        *(164, 179, 192, 193, 194, 195, 215, 344, 497, 516),
    }
)
_STATUS_FILE = "status"  # the engine holds a lock on it while it runs

Client = Any  # clickhouse_connect ships no types


@contextmanager
def storage_errors(what: str) -> Iterator[None]:
    """Turn every failure of the engine inside the block into a StorageError.

    Parameters
    ----------
    what
        What was being done, for the message; never personal data.
    """
    from clickhouse_connect.driver.exceptions import ClickHouseError

    try:
        yield
    except (ClickHouseError, RuntimeError, OSError) as error:
        permanent = getattr(error, "code", None) in _PERMANENT_CODES
        raise StorageError(f"{what} failed: {_reason(error)}", permanent=permanent) from error


def connect(path: Path, tmp: Path, *, memory_bytes: int = MEMORY_BYTES) -> Client:
    """Open the engine on a directory and its own database; one process at a time.

    Parameters
    ----------
    path
        Directory of the engine; made when missing.
    tmp
        Private directory for temporary files; emptied, then used by the whole process.
    memory_bytes
        Most memory that a query may take, in bytes; from half of it on, sorting and grouping go to
        disk. A limit for the whole engine would be held against what the process holds outside of
        it, such as the state.

    Returns
    -------
    A `clickhouse_connect` client whose current database is `DATABASE`. One thread at a time uses
    it; another thread asks `join` for its own.

    Raises
    ------
    DataHeldError
        If a process has the directory open.
    StorageError
        If the engine does not start.
    """
    private_directory(path)
    if is_held(path / _STATUS_FILE):
        raise DataHeldError(f"the log {path} is already open, here or in another process")
    use_as_temporary(tmp)
    client = _open(path, memory_bytes)
    with storage_errors("making the database"):
        client.command(f"CREATE DATABASE IF NOT EXISTS {DATABASE} ENGINE = Atomic")
        client.command(f"USE {DATABASE}")
        client.database = DATABASE
    return client


def join(path: Path, *, memory_bytes: int = MEMORY_BYTES) -> Client:
    """Return one more client of the engine that `connect` opened in this process."""
    client = _open(path, memory_bytes)
    with storage_errors("opening one more connection"):
        client.command(f"USE {DATABASE}")
        client.database = DATABASE
    return client


def connect_server(
    url: str, *, timeout_s: int = TIMEOUT_S, ca_file: Path | None = None, session: str = ""
) -> Client:
    """Open a client of a ClickHouse server; the database is made when it is missing.

    Parameters
    ----------
    url
        `http(s)://user:password@host:port/database`, user, port and database optional; signs that
        mean something in a URL are percent-encoded.
    timeout_s
        How long to wait for an answer or for the next piece of one.
    ca_file
        Certificates to trust instead of the system's.
    session
        Name of a session of its own, which keeps temporary tables between statements and takes one
        statement at a time. Without one, any number of threads use the client at once.

    Raises
    ------
    StorageError
        If the server cannot be reached, refuses the user or has no such database and may not make
        it; permanent when waiting cannot mend it.
    """
    import clickhouse_connect
    from clickhouse_connect.driver.httputil import get_pool_manager

    logging.getLogger("clickhouse_connect").setLevel(logging.ERROR)  # our errors say it
    host, port, user, password, database = _parts(url)
    secure = url.startswith("https:")
    pool = get_pool_manager(
        ca_cert=str(ca_file) if ca_file else None, maxsize=8, num_pools=1
    )  # its own: the shared one would take a proxy from the environment
    with storage_errors(f"opening ClickHouse at {host}:{port}"):
        client = clickhouse_connect.get_client(
            interface="https" if secure else "http",
            host=host,
            port=port,
            username=user,
            password=password,
            compress="lz4",
            connect_timeout=min(5, timeout_s),
            send_receive_timeout=timeout_s,
            pool_mgr=pool,
            session_id=session or None,
            autogenerate_session_id=False,
            settings=_SERVER_SETTINGS,
        )
        # asked first: who may not make databases may still use one
        if not client.command(f"EXISTS DATABASE `{database}`"):
            client.command(f"CREATE DATABASE IF NOT EXISTS `{database}` ENGINE = Atomic")
        client.database = database
    return client


def insert_rows(
    client: Client, table: str, rows: Any, settings: Mapping[str, Any] | None = None
) -> None:
    """Insert an Arrow table, once more if the answer was lost; so some rows may enter twice.

    Parameters
    ----------
    client
        From `connect`, `join` or `connect_server`.
    table
        One that bears copies.
    rows
        An Arrow table.
    settings
        Of this insert alone, such as the token of a block that counts once.
    """
    from clickhouse_connect.driver.exceptions import OperationalError

    try:
        client.insert_arrow(table, rows, settings=settings)
    except OperationalError as error:
        if not _answer_was_lost(error):
            raise
        client.insert_arrow(table, rows, settings=settings)


def query_with_keys(client: Client, sql: str, keys: npt.NDArray[np.uint64]) -> Any:
    """Return the answer to a query that reads a table `keys` with one column `key`, as Arrow.

    Over HTTP the keys travel with the query: nothing of it stays on the server that a restart, a
    lost answer or another thread could spoil. The engine in this process takes a table of the
    connection; one thread at a time.

    Parameters
    ----------
    client
        From `connect`, `join` or `connect_server`.
    sql
        A SELECT.
    keys
        Any number, any order.
    """
    distinct = np.unique(keys.astype("<u8", copy=False))
    if not client.uri.startswith("http"):
        import pyarrow as pa

        client.command("CREATE OR REPLACE TEMPORARY TABLE keys (key UInt64) ENGINE = Memory")
        client.insert_arrow("keys", pa.table({"key": pa.array(distinct)}))
        return client.query_arrow(sql)
    from clickhouse_connect.driver.external import ExternalData

    packed = ExternalData(
        file_name="keys", data=distinct.tobytes(), fmt="RowBinary", structure="key UInt64"
    )
    return client.query_arrow(sql, external_data=packed)


def _parts(url: str) -> tuple[str, int, str, str, str]:
    """Return host, port, user, password and database of a server's address."""
    parts = urlsplit(url)
    database = unquote(parts.path.strip("/")) or DATABASE
    if parts.scheme not in ("http", "https") or not parts.hostname or "`" in database:
        raise StorageError(
            "the address of ClickHouse is not http(s)://host/database", permanent=True
        )
    return (
        parts.hostname,
        parts.port or (8443 if parts.scheme == "https" else 8123),
        unquote(parts.username or "default"),
        unquote(parts.password or ""),
        database,
    )


def _answer_was_lost(error: Exception) -> bool:
    """Return whether the server was reached and may have done what was asked."""
    from urllib3.exceptions import ConnectTimeoutError, HTTPError, MaxRetryError, NewConnectionError

    cause = error.__cause__
    reason = cause.reason if isinstance(cause, MaxRetryError) else cause
    unreached = isinstance(reason, (NewConnectionError, ConnectTimeoutError))
    return isinstance(cause, HTTPError) and not unreached


def _reason(error: Exception) -> str:
    """Return what an error of the driver says, without the address that holds the whole query."""
    from urllib3.exceptions import HTTPError, MaxRetryError

    cause = error.__cause__
    if isinstance(cause, HTTPError):
        why = cause.reason if isinstance(cause, MaxRetryError) and cause.reason else cause
        said = why.args[-1] if why.args else type(why).__name__
        return f"no answer from the server: {str(said)[:300]}"
    reason = str(error).split("Stack trace")[0].strip()[:500]
    return reason or type(error).__name__


def _open(path: Path, memory_bytes: int) -> Client:
    import clickhouse_connect  # 0.2 s: only who opens the log pays

    limits = {
        "max_memory_usage": memory_bytes,
        "max_bytes_before_external_sort": memory_bytes // 2,
        "max_bytes_before_external_group_by": memory_bytes // 2,
    }
    with storage_errors("opening the log"):
        return clickhouse_connect.get_client(
            interface="chdb", path=str(path), settings=_SETTINGS | limits
        )
