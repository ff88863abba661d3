"""Where the stores of a county are: in its own directory, or on servers.

Embedded: one process holds the data directory; the ClickHouse engine runs inside it, SQL is SQLite.
Distributed: ClickHouse over HTTP and PostgreSQL; any number of processes, none holds anything. The
vault lies in tables of its own in the same PostgreSQL; only sealed fields and keyed hashes are in
them.
"""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Engine

from yujing.settings import Settings
from yujing.storage.clickhouse import Client, connect, connect_server
from yujing.storage.lock import hold
from yujing.storage.private import private_directory, use_as_temporary
from yujing.storage.sql import open_postgres, open_sqlite, take_turn, writing


class Stores(Protocol):
    """Opens each store once, when it is first asked for."""

    def holding(self) -> Any:
        """Return a context in which this process may use the stores."""
        ...

    def desk(self) -> Engine:
        """Open the desk database."""
        ...

    def vault(self) -> Engine:
        """Open the vault's database."""
        ...

    def clickhouse(self) -> Client:
        """Open ClickHouse."""
        ...

    def turn(self, name: str) -> Any:
        """Return a context that one process is in at a time; it waits for the others."""
        ...


class EmbeddedStores:
    """Everything in the data directory, one process at a time.

    Parameters
    ----------
    settings
        Where the data lies.
    closing
        Takes what must be closed at the end.
    """

    def __init__(self, settings: Settings, closing: ExitStack) -> None:
        self._settings, self._closing = settings, closing

    def holding(self) -> Any:
        """Take the lock of the data directory."""
        return hold(self._settings.data)

    def desk(self) -> Engine:
        """Open `desk.sqlite`."""
        return self._sqlite("desk.sqlite")

    def vault(self) -> Engine:
        """Open `vault.sqlite`."""
        return self._sqlite("vault.sqlite")

    def _sqlite(self, name: str) -> Engine:
        engine = open_sqlite(self._settings.data / name)
        self._closing.callback(engine.dispose)
        return engine

    def clickhouse(self) -> Client:
        """Open the engine in this process."""
        data = self._settings.data
        client = connect(data / "log", data / "tmp", memory_bytes=self._settings.memory_bytes)
        self._closing.callback(client.close)
        return client

    def turn(self, name: str) -> Any:
        """Go on: no other process has the data directory."""
        return nullcontext()


class ServerStores:
    """ClickHouse and PostgreSQL on servers.

    Parameters
    ----------
    settings
        Addresses; the data directory holds what is this process's own.
    closing
        Takes what must be closed at the end.
    """

    def __init__(self, settings: Settings, closing: ExitStack) -> None:
        self._settings, self._closing = settings, closing
        self._sql: Engine | None = None

    def holding(self) -> Any:
        """Hold nothing: servers look after their data."""
        private_directory(self._settings.data)
        return nullcontext()

    def desk(self) -> Engine:
        """Open PostgreSQL."""
        if self._sql is None:
            address = self._settings.postgres
            assert address is not None  # noqa: S101  the settings name all servers or none
            self._sql = open_postgres(address.get_secret_value())
            self._closing.callback(self._sql.dispose)
        return self._sql

    def vault(self) -> Engine:
        """Open PostgreSQL: the vault has tables of its own there."""
        return self.desk()

    def clickhouse(self) -> Client:
        """Open ClickHouse over HTTP."""
        address = self._settings.clickhouse
        assert address is not None  # noqa: S101  the settings name all servers or none
        self._use_own_temporary()
        client = connect_server(address.get_secret_value())
        self._closing.callback(client.close)
        return client

    @contextmanager
    def turn(self, name: str) -> Iterator[None]:
        """Hold a lock of PostgreSQL, which a killed process gives back and a frozen one keeps."""
        with writing(self.desk()) as connection:
            take_turn(connection, name)
            connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")
            yield

    def _use_own_temporary(self) -> Path:
        """Use a directory that no other process on this data directory empties."""
        own = self._settings.data / "tmp" / str(os.getpid())
        private_directory(own.parent)
        return use_as_temporary(own)


def stores_of(settings: Settings, closing: ExitStack) -> Stores:
    """Return the stores that the settings name."""
    if settings.distributed:
        return ServerStores(settings, closing)
    return EmbeddedStores(settings, closing)
