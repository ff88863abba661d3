from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import text

from yujing.errors import StorageError
from yujing.storage.sqlite import empty_write_ahead_log, open_engine, reading, writing


def test_the_file_is_private_and_the_safe_modes_are_on(tmp_path: Path) -> None:
    engine = open_engine(tmp_path / "below" / "desk.sqlite")

    with reading(engine) as connection:
        modes = [
            connection.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "foreign_keys", "synchronous", "secure_delete")
        ]

    assert modes == ["wal", 1, 2, 1]
    assert (tmp_path / "below" / "desk.sqlite").stat().st_mode & 0o777 == 0o600


def test_a_block_that_fails_keeps_nothing_not_even_tables(tmp_path: Path) -> None:
    engine = open_engine(tmp_path / "desk.sqlite")

    def fail() -> None:
        with writing(engine) as connection:
            connection.execute(text("CREATE TABLE t (x)"))
            connection.execute(text("INSERT INTO t VALUES (1)"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()

    with reading(engine) as connection:
        assert connection.execute(text("SELECT count(*) FROM sqlite_master")).scalar() == 0


def test_what_the_database_refuses_is_a_storage_error(tmp_path: Path) -> None:
    engine = open_engine(tmp_path / "desk.sqlite")

    with pytest.raises(StorageError, match="no such table"), reading(engine) as connection:
        connection.execute(text("SELECT * FROM t"))
    with pytest.raises(StorageError), writing(engine) as connection:
        connection.execute(text("INSERT INTO t VALUES (1)"))


def test_writers_in_several_threads_wait_for_each_other(tmp_path: Path) -> None:
    engine = open_engine(tmp_path / "desk.sqlite")
    with writing(engine) as connection:
        connection.execute(text("CREATE TABLE t (x INTEGER)"))
        connection.execute(text("INSERT INTO t VALUES (0)"))

    def count_up() -> None:
        for _ in range(20):
            with writing(engine) as connection:
                x = connection.execute(text("SELECT x FROM t")).scalar_one()
                connection.execute(text("UPDATE t SET x = :x"), {"x": x + 1})

    threads = [Thread(target=count_up) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with reading(engine) as connection:
        assert connection.execute(text("SELECT x FROM t")).scalar() == 80


def test_the_write_ahead_log_can_be_emptied(tmp_path: Path) -> None:
    engine = open_engine(tmp_path / "desk.sqlite")
    with writing(engine) as connection:
        connection.execute(text("CREATE TABLE t (x INTEGER)"))

    empty_write_ahead_log(engine)

    assert (tmp_path / "desk.sqlite-wal").stat().st_size == 0
