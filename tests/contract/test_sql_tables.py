"""Every room's tables: what its revisions make is what its code names, on both engines.

A database that the former runner made (numbered SQL files) is taken over with all that is in it.
"""

import hashlib
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, MetaData, func, inspect, select, text

from yujing.app.migrate import DESK_ROOMS, VAULT_ROOMS
from yujing.errors import StorageError
from yujing.storage.revisions import SqlRoom, migrate_sql, pending_sql
from yujing.storage.sql import open_sqlite, reading, writing

ROOT = Path(__file__).parents[2]
FORMER = ROOT / "tests/unit/yujing/storage/former"
ROOMS = (*DESK_ROOMS, *VAULT_ROOMS)
TABLES = {
    "app": "yujing.app.tables",
    "access": "yujing.access.tables",
    "desk": "alerts.desk.tables",
    "dashboards": "dashboards.tables",
    "unmatched": "streams.log.unmatched_tables",
    "quality": "alerts.quality.tables",
    "doubles": "streams.vault.doubles_tables",
    "worker": "streams.kafka.tables",
    "sources": "yujing.app.source_tables",
    "vault": "streams.vault.tables",
    "uploads": "yujing.app.uploads.tables",
}
NEWER = {  # columns that came after the former runner
    "outbox.taken_until", "account.source", "source_token.valid_until", "source_token.follows",
    "source_token.beyond_purpose",
}  # fmt: skip
ROWS = {
    "desk": (
        "INSERT INTO cards (household, person, region, kind, stage, level, rule, reason,"
        " score_reason, kinds, source, employer, file, sentence, benefit_fen, p12, u90, opened_on,"
        " opened_at, due_on, measure_due_on) VALUES (-1, 2, 520526101001, 'fact', 'open', 2, 4,"
        " 'ended', '', 1, 3, 0, 0, '工作结束', 100, 0.5, 0.25, '2026-11-24', 1, '2026-11-27',"
        " '2026-12-08')",
        "INSERT INTO transitions (card, at, day, by, role, what, from_stage, to_stage, why)"
        " VALUES (1, 1, '2026-11-24', 'yujing', '', 'dealt', '', 'open', '')",
        "INSERT INTO outbox (kind, body, made_at) VALUES ('card', '{}', 1)",
    ),
    "access": (
        "INSERT INTO account VALUES ('wang', '王', 'worker', '5205', 'x', 1, NULL, 0, 1, 1)",
        "INSERT INTO source_token VALUES (1, 'h', 'village_report', '', '52', 0, '', 1, 'a',"
        " NULL, NULL)",
    ),
    "app": ("INSERT INTO sweep VALUES (1, '2026-11-24', 'deal', 7, 1, '{}', 1)",),
    "dashboards": ("INSERT INTO board_snapshot VALUES (20000, 520526101001, 'unseen', 3, 10)",),
    "unmatched": ("INSERT INTO unmatched VALUES (-5, 1, 9, -7, 2, 1, 'r', 'layout', x'0102', 8)",),
    "vault": (
        "INSERT INTO persons VALUES (-9, x'01', x'02', x'03', NULL, 4)",
        "INSERT INTO notes (owner, seen, content) VALUES (1, 2, x'05')",
    ),
}


def metadata(room: SqlRoom) -> MetaData:
    found: MetaData = import_module(TABLES[room.name]).METADATA
    return found


def by_name(room: SqlRoom) -> str:
    return room.name


@pytest.mark.parametrize("room", ROOMS, ids=by_name)
def test_the_revisions_make_what_the_code_names(sql_engine: Engine, room: SqlRoom) -> None:
    migrate_sql(sql_engine, room)

    assert differences(sql_engine, room) == []


def differences(engine: Engine, room: SqlRoom, *, former: bool = False) -> list[object]:
    """Return what Alembic would do to make the database what the code names.

    The former SQL files called types by other names of the same meaning for SQLite, and did not
    say NOT NULL of a primary key.
    """
    known = metadata(room)

    def ours(_object: object, name: str | None, kind: str, *_: object) -> bool:
        return kind != "table" or name in known.tables

    options = {"include_object": ours, "compare_type": not former}
    with engine.connect() as connection:
        found = compare_metadata(MigrationContext.configure(connection, opts=options), known)
    nullable = {
        (table.name, column["name"], column["nullable"])
        for table in known.sorted_tables
        for column in inspect(engine).get_columns(table.name)
    }
    expected = {
        (table.name, column.name, column.nullable)
        for table in known.sorted_tables
        for column in table.columns
    }
    keys = {(t.name, c.name) for t in known.sorted_tables for c in t.primary_key if former}
    return [
        *(one for one in found if not (isinstance(one, list) and one[0][2:4] in keys)),
        *(one for one in nullable ^ expected if one[:2] not in keys),
    ]


@pytest.mark.parametrize("room", ROOMS, ids=by_name)
def test_every_revision_can_be_undone(sql_engine: Engine, room: SqlRoom) -> None:
    before = set(inspect(sql_engine).get_table_names())
    migrate_sql(sql_engine, room)
    script = ScriptDirectory(str(room.directory), version_locations=[str(room.directory)])

    with writing(sql_engine) as connection:
        context = MigrationContext.configure(connection)
        with Operations.context(context):
            for number in reversed(room.numbers):
                script.get_revision(number).module.downgrade()
        connection.execute(text(f"DROP TABLE {room.version_table}"))

    assert set(inspect(sql_engine).get_table_names()) == before
    assert len(migrate_sql(sql_engine, room)) == len(room.numbers)


def test_rooms_share_a_database(sql_engine: Engine) -> None:
    migrate_sql(sql_engine, *ROOMS)

    assert [found for room in ROOMS for found in differences(sql_engine, room)] == []


# --- databases of the former runner


def former_files(room: SqlRoom) -> list[Path]:
    return sorted(FORMER.glob(f"{room.name}_*.sql"))


def run_former(engine: Engine, room: SqlRoom, *, files: int | None = None) -> None:
    """Make a room's tables as the former runner did: each file and its record."""
    raw = engine.raw_connection()
    raw.cursor().execute(
        "CREATE TABLE IF NOT EXISTS migrations (room TEXT, number INTEGER, name TEXT,"
        " checksum TEXT, PRIMARY KEY (room, number))"
    )
    for path in former_files(room)[:files]:
        _, number, name = path.stem.split("_", 2)
        sql = path.read_text(encoding="utf8")
        raw.cursor().executescript(sql)  # type: ignore[attr-defined]  # sqlite3's own
        checksum = hashlib.sha256(sql.encode()).hexdigest()
        raw.cursor().execute(
            "INSERT INTO migrations VALUES (?, ?, ?, ?)", (room.name, int(number), name, checksum)
        )
    raw.commit()
    raw.close()


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """The former runner knew SQLite alone."""
    engine = open_sqlite(tmp_path / "former.sqlite")
    yield engine
    engine.dispose()


@pytest.mark.parametrize("room", [r for r in ROOMS if former_files(r)], ids=by_name)
def test_a_database_of_the_former_runner_is_taken_over(engine: Engine, room: SqlRoom) -> None:
    run_former(engine, room)
    with writing(engine) as connection:
        for statement in ROWS[room.name]:
            connection.execute(text(statement))
    before = content(engine, room)
    former = [f"{room.name} {path.stem.split('_')[1]}" for path in former_files(room)]
    due = [f"{room.name} {n}" for n in room.numbers if f"{room.name} {n}" not in former]

    assert pending_sql(engine, room) == due
    assert migrate_sql(engine, room) == due

    assert differences(engine, room, former=True) == []
    after = content(engine, room)
    assert {name: after[name] for name in before} == before
    assert any(before.values())
    assert migrate_sql(engine, room) == []


def content(engine: Engine, room: SqlRoom) -> dict[str, list[tuple[object, ...]]]:
    """Return the rows of each table that is there, without columns that came since."""
    found = {}
    with reading(engine) as connection:
        for table in metadata(room).sorted_tables:
            if inspect(connection).has_table(table.name):
                columns = [c for c in table.columns if str(c) not in NEWER]
                found[table.name] = [tuple(row) for row in connection.execute(select(*columns))]
    return found


def test_a_database_in_the_middle_is_taken_on_from_there(engine: Engine) -> None:
    room = next(one for one in ROOMS if one.name == "unmatched")
    run_former(engine, room, files=1)

    assert migrate_sql(engine, room) == ["unmatched 0002"]
    assert differences(engine, room, former=True) == []


@pytest.mark.parametrize("change", ["checksum = 'other'", "number = 9"])
def test_a_database_of_another_make_is_not_touched(engine: Engine, change: str) -> None:
    room = next(one for one in ROOMS if one.name == "dashboards")
    run_former(engine, room)
    with writing(engine) as connection:
        connection.execute(text(f"UPDATE migrations SET {change}"))

    with pytest.raises(StorageError, match="cannot be taken over") as caught:
        migrate_sql(engine, room)

    assert caught.value.permanent
    assert not inspect(engine).has_table(room.version_table)


def test_numbers_of_rows_go_on_after_a_take_over(engine: Engine) -> None:
    room = next(one for one in ROOMS if one.name == "desk")
    run_former(engine, room)
    with writing(engine) as connection:
        for statement in ROWS["desk"]:
            connection.execute(text(statement))
        connection.execute(text("DELETE FROM outbox"))
    migrate_sql(engine, room)
    outbox = metadata(room).tables["outbox"]

    with writing(engine) as connection:
        connection.execute(outbox.insert(), {"kind": "card", "body": "{}", "made_at": 1})
        newest = connection.execute(select(func.max(outbox.c.id))).scalar()

    assert newest == 2
