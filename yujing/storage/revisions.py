"""The tables of a room on the SQL side, brought up to date by Alembic.

A room keeps its revisions in a folder beside the code, `r0001_desk.py`, `r0002_...`, each a module
with `upgrade` and `downgrade`, and counts them in a table of its own, `version_<room>`. Alembic is
imported only where something is due. A database made by the runner that was here before (numbered
SQL files, table `migrations`) is taken over: what ran there counts as run here.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from pathlib import Path

from sqlalchemy import Connection, Engine, Text, column, inspect, select, table, text

from yujing.errors import StorageError
from yujing.storage.sql import reading, take_turn, writing

_FILE = re.compile(r"r(\d{4})_[a-z0-9_]+\.py")
_TURN = "migration"


@dataclass(frozen=True)
class SqlRoom:
    """A room with tables on the SQL side.

    Parameters
    ----------
    name
        What its version table is called after.
    package
        Dotted name of the package that holds the folder.
    folder
        Name of the folder of revisions.
    """

    name: str
    package: str
    folder: str = "revisions"

    @cached_property
    def directory(self) -> Path:
        """Where its revisions lie."""
        return Path(str(files(self.package).joinpath(self.folder)))

    @cached_property
    def numbers(self) -> tuple[str, ...]:
        """The numbers of its revisions, `0001` and on.

        Raises
        ------
        ValueError
            If a file is misnamed or a number is missing or used twice.
        """
        names = sorted(path.name for path in self.directory.glob("*.py"))
        found = [_FILE.fullmatch(name) for name in names if name != "__init__.py"]
        numbers = tuple(match[1] if match else "" for match in found)
        if not numbers or numbers != tuple(f"{n:04}" for n in range(1, len(numbers) + 1)):
            raise ValueError(f"the revisions of {self.package} are not numbered 0001, 0002, ...")
        return numbers

    @property
    def head(self) -> str:
        """The number of its newest revision."""
        return self.numbers[-1]

    @property
    def version_table(self) -> str:
        """The table that says which revision the database has."""
        return f"version_{self.name}"


def migrate_sql(engine: Engine, *rooms: SqlRoom, to: Mapping[str, str] | None = None) -> list[str]:
    """Bring the tables of rooms up to date; several processes may do it at once.

    Parameters
    ----------
    to
        Revision of each room by its name where the newest is not wanted: to fill tables with what
        an earlier release wrote.

    Returns
    -------
    What ran, as `room 0001`.

    Raises
    ------
    StorageError
        If the database was made by a newer program, or refuses; a room whose revision failed is
        as it was before.
    """

    def wanted(room: SqlRoom) -> str:
        return room.head if to is None else to[room.name]

    with reading(engine) as connection:
        due = [room for room in rooms if _version(connection, room) != wanted(room)]
    done: list[str] = []
    for room in due:
        with writing(engine.execution_options(fence=None)) as connection:
            take_turn(connection, _TURN)
            now = _version(connection, room)
            if now == wanted(room):
                continue  # another process was faster
            from yujing.storage.alembic_run import adopt, upgrade  # 0.2 s: only where due

            if now is None and former(connection, room):
                now = adopt(connection, room, former(connection, room))
            done += [
                f"{room.name} {number}" for number in upgrade(connection, room, now, wanted(room))
            ]
    return done


def pending_sql(engine: Engine, *rooms: SqlRoom) -> list[str]:
    """Return what `migrate_sql` would run, as `room 0001`."""
    return [
        f"{room.name} {number}"
        for room, now in _present(engine, rooms)
        for number in room.numbers
        if number > (now or "")
    ]


def print_sql(engine: Engine, *rooms: SqlRoom) -> str:
    """Return the SQL that `migrate_sql` would run on this database."""
    due = [(room, now) for room, now in _present(engine, rooms) if now != room.head]
    if not due:
        return ""
    from yujing.storage.alembic_run import print_upgrade

    return "\n".join(print_upgrade(engine, room, now) for room, now in due)


def former(connection: Connection, room: SqlRoom) -> dict[str, str]:
    """Return the checksum of every file of a room that the former runner ran, by its number."""
    if not inspect(connection).has_table("migrations"):
        return {}
    rows = connection.execute(
        text("SELECT number, checksum FROM migrations WHERE room = :room ORDER BY number"),
        {"room": room.name},
    )
    return {f"{number:04}": checksum for number, checksum in rows}


def _present(engine: Engine, rooms: Sequence[SqlRoom]) -> list[tuple[SqlRoom, str | None]]:
    """Return each room with the number of the revision that it has."""
    with reading(engine) as connection:
        return [
            (room, _version(connection, room) or max(former(connection, room), default=None))
            for room in rooms
        ]


def _version(connection: Connection, room: SqlRoom) -> str | None:
    if not inspect(connection).has_table(room.version_table):
        return None
    number = connection.execute(
        select(column("version_num", Text)).select_from(table(room.version_table))
    ).scalar()
    if number is not None and number > room.head:
        raise StorageError(
            f"the tables of {room.name} are at {number}, made by a newer program; this one knows "
            f"{room.head}",
            permanent=True,
        )
    return number
