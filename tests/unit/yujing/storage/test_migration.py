from importlib import invalidate_caches
from pathlib import Path

import pytest

from yujing.errors import StorageError
from yujing.storage.migration import Migration, dry_run, migrate, pending, read_migrations

FIRST = Migration("room", 1, "first", "-- a; comment;\nCREATE TABLE a (x TEXT DEFAULT ';');\n")
SECOND = Migration("room", 2, "second", "INSERT INTO a VALUES ('1');\n")


class Notebook:
    """A store that writes down what ran."""

    def __init__(self) -> None:
        self.ran: list[Migration] = []
        self.refuses = False

    def applied(self) -> dict[tuple[str, int], str]:
        return {(one.room, one.number): one.checksum for one in self.ran}

    def apply(self, migration: Migration) -> None:
        if self.refuses:
            raise StorageError("full")
        self.ran.append(migration)


def test_each_file_runs_once() -> None:
    store = Notebook()

    assert migrate(store, [FIRST]) == [FIRST]
    assert migrate(store, [FIRST, SECOND]) == [SECOND]
    assert migrate(store, [FIRST, SECOND]) == []
    assert store.ran == [FIRST, SECOND]


def test_rooms_count_for_themselves() -> None:
    other = Migration("other", 1, "first", "CREATE TABLE b (x);")

    assert migrate(Notebook(), [FIRST, other]) == [FIRST, other]


def test_a_file_that_failed_is_still_due() -> None:
    store = Notebook()
    store.refuses = True

    with pytest.raises(StorageError):
        migrate(store, [FIRST])

    assert pending(store, [FIRST]) == [FIRST]


def test_a_file_that_changed_after_it_ran_is_refused() -> None:
    store = Notebook()
    migrate(store, [FIRST])

    with pytest.raises(StorageError, match="room 0001 changed") as caught:
        migrate(store, [Migration("room", 1, "first", FIRST.sql + "-- more\n")])

    assert caught.value.permanent


def test_a_dry_run_prints_and_does_nothing() -> None:
    store = Notebook()

    printed = dry_run(store, [FIRST, SECOND])

    assert FIRST.sql in printed
    assert "-- room 0002 second" in printed
    assert store.ran == []


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
