from importlib import invalidate_caches
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from yujing.errors import StorageError
from yujing.storage.migration import (
    Migration,
    SqliteStore,
    dry_run,
    migrate,
    pending,
    read_migrations,
)
from yujing.storage.sqlite import open_engine, reading

FIRST = Migration("room", 1, "first", "-- a; comment;\nCREATE TABLE a (x TEXT DEFAULT ';');\n")
SECOND = Migration(
    "room", 2, "second", "INSERT INTO a VALUES ('1');\nINSERT INTO a VALUES ('2');\n"
)


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return open_engine(tmp_path / "desk.sqlite")


def rows(engine: Engine) -> int:
    with reading(engine) as connection:
        return int(connection.execute(text("SELECT count(*) FROM a")).scalar_one())


def test_each_file_runs_once(engine: Engine) -> None:
    store = SqliteStore(engine)

    assert migrate(store, [FIRST]) == [FIRST]
    assert migrate(store, [FIRST, SECOND]) == [SECOND]
    assert migrate(store, [FIRST, SECOND]) == []
    assert rows(engine) == 2


def test_rooms_count_for_themselves(engine: Engine) -> None:
    other = Migration("other", 1, "first", "CREATE TABLE b (x);")

    assert migrate(SqliteStore(engine), [FIRST, other]) == [FIRST, other]


def test_a_file_that_fails_leaves_nothing(engine: Engine) -> None:
    store = SqliteStore(engine)
    migrate(store, [FIRST])
    broken = Migration(
        "room", 2, "broken", "INSERT INTO a VALUES ('1');\nINSERT INTO none VALUES (1);"
    )

    with pytest.raises(StorageError):
        migrate(store, [FIRST, broken])

    assert rows(engine) == 0
    assert pending(store, [FIRST, broken]) == [broken]


def test_a_file_that_changed_after_it_ran_is_refused(engine: Engine) -> None:
    store = SqliteStore(engine)
    migrate(store, [FIRST])

    with pytest.raises(StorageError, match="room 0001 changed") as caught:
        migrate(store, [Migration("room", 1, "first", FIRST.sql + "-- more\n")])

    assert caught.value.permanent


def test_a_dry_run_prints_and_does_nothing(engine: Engine) -> None:
    store = SqliteStore(engine)

    printed = dry_run(store, [FIRST, SECOND])

    assert FIRST.sql in printed
    assert "-- room 0002 second" in printed
    assert pending(store, [FIRST, SECOND]) == [FIRST, SECOND]


def test_statements_end_at_the_end_of_a_line() -> None:
    assert FIRST.statements == ["CREATE TABLE a (x TEXT DEFAULT ';')"]


@pytest.mark.parametrize("names", [["1_a.sql"], ["0002_a.sql"], ["0001_a.sql", "0001_b.sql"]])
def test_misnumbered_folders_are_refused(
    names: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / f"package_{'_'.join(names).replace('.', '_')}"
    (package / "migrations").mkdir(parents=True)
    (package / "__init__.py").touch()
    for name in names:
        (package / "migrations" / name).touch()
    monkeypatch.syspath_prepend(tmp_path)
    invalidate_caches()

    with pytest.raises(ValueError, match=r"not a migration|not numbered"):
        read_migrations("room", package.name)
