"""The runner of numbered SQL files for ClickHouse, which Alembic does not speak.

A room keeps its files in a folder beside the code: `0001_events.sql`, `0002_...`. Each is recorded
with its checksum once it ran; a file that changed afterwards is refused. ClickHouse has no
transactions: a statement must be harmless when it runs twice (`IF NOT EXISTS`), because a kill in
the middle of a file lets it start again, and two processes may run it at once.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Protocol

from yujing.errors import StorageError
from yujing.storage.clickhouse import Client, storage_errors

_NAME = re.compile(r"(\d{4})_([a-z0-9_]+)\.sql")
_END = re.compile(r";[ \t]*(?:\n|$)")


@dataclass(frozen=True)
class Migration:
    """One numbered SQL file of a room."""

    room: str
    number: int
    name: str
    sql: str

    @property
    def checksum(self) -> str:
        """Return the SHA-256 of the text, hex."""
        return hashlib.sha256(self.sql.encode()).hexdigest()

    @property
    def statements(self) -> list[str]:
        """Return the statements; each ends with a semicolon at the end of a line."""
        lines = [line for line in self.sql.splitlines() if not line.lstrip().startswith("--")]
        return [part.strip() for part in _END.split("\n".join(lines)) if part.strip()]


class Store(Protocol):
    """An engine that migrations run on."""

    def applied(self) -> dict[tuple[str, int], str]:
        """Return the checksum of every migration that ran, by room and number."""
        ...

    def apply(self, migration: Migration) -> None:
        """Run a migration and record it."""
        ...


class ClickHouseStore:
    """Migrations on ClickHouse, in the client's current database."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def applied(self) -> dict[tuple[str, int], str]:
        """Return the checksum of every migration that ran, by room and number."""
        with storage_errors("reading the migrations"):
            if not self._client.command("EXISTS TABLE migrations"):
                return {}
            rows = self._client.query("SELECT room, number, checksum FROM migrations").result_rows
        return {(room, number): checksum for room, number, checksum in rows}

    def apply(self, migration: Migration) -> None:
        """Run a migration and record it."""
        with storage_errors(f"migration {migration.room} {migration.number}"):
            self._client.command(
                "CREATE TABLE IF NOT EXISTS migrations (room String, number UInt32, name String,"
                " checksum String) ENGINE = MergeTree ORDER BY (room, number)"
            )
            for statement in migration.statements:
                self._client.command(statement)
            self._client.command(
                "INSERT INTO migrations VALUES (%(room)s, %(number)s, %(name)s, %(checksum)s)",
                parameters=_record(migration),
            )


def read_migrations(room: str, package: str, folder: str = "migrations") -> list[Migration]:
    """Return the migrations of a folder of a package, in order.

    Parameters
    ----------
    room
        Name under which they are recorded.
    package
        Dotted name of the package that holds the folder.
    folder
        Name of the folder.

    Raises
    ------
    ValueError
        If a file is misnamed or a number is missing or used twice.
    """
    found = []
    for file in sorted(files(package).joinpath(folder).iterdir(), key=lambda f: f.name):
        match = _NAME.fullmatch(file.name)
        if match is None:
            raise ValueError(f"not a migration: {package}/{folder}/{file.name}")
        found.append(Migration(room, int(match[1]), match[2], file.read_text(encoding="utf8")))
    if [m.number for m in found] != list(range(1, len(found) + 1)):
        raise ValueError(f"the migrations of {package} are not numbered 1, 2, 3, ...")
    return found


def pending(store: Store, migrations: Sequence[Migration]) -> list[Migration]:
    """Return the migrations that did not run yet.

    Raises
    ------
    StorageError
        If one that ran was changed since.
    """
    applied = store.applied()
    for migration in migrations:
        known = applied.get((migration.room, migration.number))
        if known not in (None, migration.checksum):
            raise StorageError(
                f"migration {migration.room} {migration.number:04} changed after it ran",
                permanent=True,
            )
    return [m for m in migrations if (m.room, m.number) not in applied]


def migrate(store: Store, migrations: Sequence[Migration]) -> list[Migration]:
    """Run what did not run yet, in order, and return it."""
    due = pending(store, migrations)
    for migration in due:
        store.apply(migration)
    return due


def dry_run(store: Store, migrations: Sequence[Migration]) -> str:
    """Return the SQL that `migrate` would run."""
    return "\n".join(
        f"-- {m.room} {m.number:04} {m.name}\n{m.sql}" for m in pending(store, migrations)
    )


def _record(migration: Migration) -> dict[str, str | int]:
    return {
        "room": migration.room,
        "number": migration.number,
        "name": migration.name,
        "checksum": migration.checksum,
    }
