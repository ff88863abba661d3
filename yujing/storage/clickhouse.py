"""The connection to the ClickHouse engine inside this process (chDB)."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from yujing.errors import DataHeldError, StorageError
from yujing.storage.lock import is_held
from yujing.storage.private import private_directory, use_as_temporary

DATABASE = "yujing"
MEMORY_BYTES = 2 * 2**30  # the log of ten million events is read in slices far below this
_SETTINGS = {
    "async_insert": 0,  # an insert is acknowledged when it is on disk
    "output_format_arrow_compression_method": "none",  # the bytes never leave the process
}
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
        reason = str(error).split("Stack trace")[0].strip()[:500]
        raise StorageError(f"{what} failed: {reason or type(error).__name__}") from error


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
