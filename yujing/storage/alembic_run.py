"""Alembic without its command line: revisions of a room run on a connection, or printed."""

from collections.abc import Callable, Mapping
from io import StringIO
from typing import Any

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext, RevisionStep, StampStep
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from yujing.errors import StorageError
from yujing.storage.revisions import SqlRoom


def upgrade(connection: Connection, room: SqlRoom, now: str | None, to: str) -> list[str]:
    """Run what a room lacks up to a revision in the caller's transaction; return the numbers."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL statement_timeout = 0"))  # an index may take long
    _run(room, lambda script: script._upgrade_revs(to, now or "base"), connection=connection)
    return [number for number in room.numbers if (now or "") < number <= to]


def adopt(connection: Connection, room: SqlRoom, ran: Mapping[str, str]) -> str:
    """Count what the former runner ran as run here; return the newest number of it.

    Parameters
    ----------
    ran
        Checksum by number.

    Raises
    ------
    StorageError
        If what ran there is not what the revision of that number takes the place of.
    """
    script = _script(room)
    for number, checksum in ran.items():
        expected = None
        if number in room.numbers:
            expected = getattr(script.get_revision(number).module, "FORMER_CHECKSUM", None)
        if checksum != expected:
            raise StorageError(
                f"migration {room.name} {number} of this database is not the one that was "
                "published; it cannot be taken over",
                permanent=True,
            )
    newest = max(ran)
    _run(room, lambda script: script._stamp_revs(newest, ()), connection=connection)
    return newest


def print_upgrade(engine: Engine, room: SqlRoom, now: str | None) -> str:
    """Return the SQL that brings a room from a revision to the newest."""
    buffer = StringIO()
    buffer.write(f"-- {room.name}, from {now or 'nothing'} to {room.head}\n")
    _run(
        room, lambda script: script._upgrade_revs("head", now or "base"),
        dialect_name=engine.dialect.name, as_sql=True, starting_rev=now, output_buffer=buffer,
    )  # fmt: skip
    return buffer.getvalue()


def _script(room: SqlRoom) -> ScriptDirectory:
    directory = str(room.directory)
    return ScriptDirectory(directory, version_locations=[directory])


def _run(
    room: SqlRoom,
    steps: Callable[[ScriptDirectory], list[RevisionStep] | list[StampStep]],
    *,
    as_sql: bool = False,
    starting_rev: str | None = None,
    **where: Any,
) -> None:
    script = _script(room)

    def chosen(_now: Any, _context: MigrationContext) -> Any:
        return steps(script)

    with EnvironmentContext(
        Config(),
        script,
        fn=chosen,
        as_sql=as_sql,
        starting_rev=starting_rev,
        destination_rev="head",
    ) as environment:
        environment.configure(
            version_table=room.version_table,
            transactional_ddl=True,  # our SQLite transactions begin before the first statement
            literal_binds=as_sql,
            **where,
        )
        with environment.begin_transaction():
            environment.run_migrations()
