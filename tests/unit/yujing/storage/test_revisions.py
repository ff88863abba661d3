"""Revisions of a small room on both engines: once, whole or not at all, also by several at once."""

import subprocess
import sys
from importlib import invalidate_caches
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import Engine, inspect, text

from yujing.errors import StorageError
from yujing.storage.revisions import SqlRoom, migrate_sql, pending_sql, print_sql
from yujing.storage.sql import reading, writing

HEAD = '"""One."""\n\nimport sqlalchemy as sa\nfrom alembic import op\n\n'
FIRST = HEAD + (
    'revision, down_revision = "0001", None\n\n\ndef upgrade():\n'
    '    op.create_table("a", sa.Column("x", sa.Integer))\n'
)
SECOND = HEAD + (
    'revision, down_revision = "0002", "0001"\n\n\ndef upgrade():\n'
    '    op.execute("INSERT INTO a VALUES (1)")\n'
)
BROKEN = SECOND + '    op.execute("INSERT INTO none VALUES (1)")\n'


class Package:
    """A room whose revisions a test writes."""

    def __init__(self, folder: Path, name: str) -> None:
        self.name = name
        self.folder = folder / name / "revisions"
        self.folder.mkdir(parents=True)
        for made in (self.folder.parent, self.folder):
            (made / "__init__.py").write_text('"""A room."""\n')

    def holds(self, *texts: str) -> SqlRoom:
        for number, one in enumerate(texts, start=1):
            (self.folder / f"r{number:04}_step.py").write_text(one)
        return SqlRoom("small", self.name)


@pytest.fixture
def package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Package:
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    made = Package(tmp_path, f"room_{abs(hash(request.node.nodeid))}")
    invalidate_caches()
    return made


def n_rows(engine: Engine) -> int:
    with reading(engine) as connection:
        return int(connection.execute(text("SELECT count(*) FROM a")).scalar_one())


def test_each_revision_runs_once(sql_engine: Engine, package: Package) -> None:
    assert migrate_sql(sql_engine, package.holds(FIRST)) == ["small 0001"]
    room = package.holds(FIRST, SECOND)

    assert pending_sql(sql_engine, room) == ["small 0002"]
    assert migrate_sql(sql_engine, room) == ["small 0002"]
    assert migrate_sql(sql_engine, room) == []
    assert n_rows(sql_engine) == 1


def test_a_revision_that_fails_leaves_nothing(sql_engine: Engine, package: Package) -> None:
    migrate_sql(sql_engine, package.holds(FIRST))
    room = package.holds(FIRST, BROKEN)

    with pytest.raises(StorageError):
        migrate_sql(sql_engine, room)

    assert n_rows(sql_engine) == 0
    assert pending_sql(sql_engine, room) == ["small 0002"]


def test_several_that_start_at_once_run_it_once(sql_engine: Engine, package: Package) -> None:
    room = package.holds(FIRST, SECOND)
    ran: list[str] = []
    threads = [Thread(target=lambda: ran.extend(migrate_sql(sql_engine, room))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert ran == ["small 0001", "small 0002"]
    assert n_rows(sql_engine) == 1


def test_what_would_run_is_printed_and_does_not_run(sql_engine: Engine, package: Package) -> None:
    migrate_sql(sql_engine, package.holds(FIRST))
    room = package.holds(FIRST, SECOND)

    printed = print_sql(sql_engine, room)

    assert "INSERT INTO a VALUES (1);" in printed
    assert "UPDATE version_small SET version_num='0002'" in printed
    assert "CREATE TABLE" not in printed
    assert n_rows(sql_engine) == 0
    migrate_sql(sql_engine, room)
    assert print_sql(sql_engine, room) == ""


def test_a_printed_upgrade_does_what_the_upgrade_does(sql_engine: Engine, package: Package) -> None:
    room = package.holds(FIRST, SECOND)
    statements = [
        line
        for line in print_sql(sql_engine, room).split(";")
        if line.strip() not in ("", "COMMIT") and "BEGIN" not in line
    ]

    with writing(sql_engine) as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)

    assert migrate_sql(sql_engine, room) == []
    assert n_rows(sql_engine) == 1


def test_tables_of_a_newer_program_are_left_alone(sql_engine: Engine, package: Package) -> None:
    migrate_sql(sql_engine, package.holds(FIRST, SECOND))
    (package.folder / "r0002_step.py").unlink()

    with pytest.raises(StorageError, match="newer program") as caught:
        migrate_sql(sql_engine, package.holds(FIRST))

    assert caught.value.permanent


def test_a_fence_does_not_hinder_the_tables(sql_engine: Engine, package: Package) -> None:
    def fence(_connection: object) -> None:
        raise AssertionError

    assert migrate_sql(sql_engine.execution_options(fence=fence), package.holds(FIRST))
    assert inspect(sql_engine).has_table("a")


@pytest.mark.parametrize("names", [["0001_a.py"], ["r0002_a.py"], ["r0001_a.py", "r0001_b.py"], []])
def test_misnumbered_folders_are_refused(names: list[str], package: Package) -> None:
    for name in names:
        (package.folder / name).touch()

    with pytest.raises(ValueError, match="not numbered"):
        _ = SqlRoom("small", package.name).numbers


def test_alembic_is_not_loaded_where_nothing_is_due(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "from yujing.access.tables import ROOM\n"
        "from yujing.storage.revisions import migrate_sql\n"
        "from yujing.storage.sql import open_sqlite\n"
        "print(migrate_sql(open_sqlite(Path(sys.argv[1])), ROOM), 'alembic' in sys.modules)\n"
    )

    said = [
        subprocess.run(
            [sys.executable, "-c", code, str(tmp_path / "x.sqlite")],
            capture_output=True, text=True, check=True,
        ).stdout.strip()
        for _ in range(2)
    ]  # fmt: skip

    assert said == ["['access 0001', 'access 0002'] True", "[] False"]
