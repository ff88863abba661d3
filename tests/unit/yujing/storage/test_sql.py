"""One behaviour on both engines: transactions, fences, failures and the statements that differ."""

from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Engine,
    MetaData,
    Table,
    Text,
    select,
    text,
)

from tests.support.postgres import PostgresServer
from yujing.errors import FencedError, SettingsError, StorageError
from yujing.storage.columns import WORDS
from yujing.storage.sql import (
    empty_write_ahead_log,
    insert_new,
    open_postgres,
    open_sqlite,
    reading,
    upsert,
    writing,
)

T = Table("t", MetaData(), Column("k", BigInteger, primary_key=True), Column("v", Text))


@pytest.fixture
def engine(sql_engine: Engine) -> Engine:
    with writing(sql_engine) as connection:
        T.create(connection)
    return sql_engine


def put(engine: Engine, *rows: tuple[int, str]) -> None:
    with writing(engine) as connection:
        connection.execute(T.insert(), [{"k": k, "v": v} for k, v in rows])


def rows(engine: Engine) -> list[tuple[int, str]]:
    with reading(engine) as connection:
        return [(k, v) for k, v in connection.execute(select(T).order_by(T.c.k))]


def test_a_block_that_fails_keeps_nothing_not_even_tables(engine: Engine) -> None:
    def fail() -> None:
        with writing(engine) as connection:
            connection.execute(text("CREATE TABLE u (x INTEGER)"))
            connection.execute(T.insert(), {"k": 1, "v": "a"})
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()

    assert rows(engine) == []
    with pytest.raises(StorageError), reading(engine) as connection:
        connection.execute(text("SELECT * FROM u"))


def test_a_refusal_names_the_reason_and_no_value(engine: Engine) -> None:
    put(engine, (1, "王小明"))

    with pytest.raises(StorageError, match=r"UNIQUE|unique") as caught:
        put(engine, (1, "王小明"))

    assert caught.value.permanent
    assert "王小明" not in str(caught.value)


def test_a_reader_sees_one_moment(engine: Engine) -> None:
    put(engine, (1, "a"))
    with reading(engine) as connection:
        before = connection.execute(select(T.c.v)).scalars().all()
        put(engine, (2, "b"))
        after = connection.execute(select(T.c.v)).scalars().all()

    assert before == after == ["a"]
    assert len(rows(engine)) == 2


def test_writers_in_several_threads_wait_for_each_other(engine: Engine) -> None:
    put(engine, (1, "0"))

    def count_up() -> None:
        for _ in range(20):
            with writing(engine) as connection:
                v = connection.execute(select(T.c.v).with_for_update()).scalar_one()
                connection.execute(T.update().values(v=str(int(v) + 1)))

    threads = [Thread(target=count_up) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert rows(engine) == [(1, "80")]


def test_a_fence_is_asked_in_every_transaction_that_writes(engine: Engine) -> None:
    asked = []

    def fence(connection: Connection) -> None:
        asked.append(connection.execute(select(T.c.k)).scalars().all())
        if len(asked) == 2:
            raise FencedError("partition 7 belongs to another worker")

    fenced = engine.execution_options(fence=fence)
    put(fenced, (1, "a"))
    with pytest.raises(FencedError, match="partition 7"):
        put(fenced, (2, "b"))

    assert rows(fenced) == [(1, "a")]
    assert asked == [[], [1]]


def test_rows_that_are_there_are_passed_over_and_counted(engine: Engine) -> None:
    put(engine, (1, "a"))

    with writing(engine) as connection:
        new = connection.execute(
            insert_new(connection, T), [{"k": k, "v": "z"} for k in (1, 2, 3)]
        ).rowcount
        one = connection.execute(insert_new(connection, T).values(k=3, v="y")).rowcount

    assert (new, one) == (2, 0)
    assert rows(engine) == [(1, "a"), (2, "z"), (3, "z")]


def test_rows_that_are_there_take_new_values_under_a_condition(engine: Engine) -> None:
    put(engine, (1, "b"), (2, "b"))
    new = [{"k": 1, "v": "a"}, {"k": 2, "v": "c"}, {"k": 3, "v": "c"}]

    with writing(engine) as connection:
        smaller = upsert(
            connection, T, key=["k"], columns=["v"], where=lambda old, new: new.v < old.v
        )
        connection.execute(smaller, new)
    assert rows(engine) == [(1, "a"), (2, "b"), (3, "c")]

    with writing(engine) as connection:
        connection.execute(upsert(connection, T, key=["k"], columns=["v"]), new)
    assert rows(engine) == [(1, "a"), (2, "c"), (3, "c")]


def test_texts_are_sorted_by_their_bytes_and_hold_no_nul(sql_engine: Engine) -> None:
    words = Table("w", MetaData(), Column("x", WORDS, primary_key=True))
    texts = ["b", "a-1", "a1", "B", "王", "a\0z", ""]
    with writing(sql_engine) as connection:
        words.create(connection)
        connection.execute(words.insert(), [{"x": one} for one in texts])

    with reading(sql_engine) as connection:
        found = connection.execute(select(words.c.x).order_by(words.c.x)).scalars().all()
        same = connection.execute(select(words.c.x).where(words.c.x == "a\0z")).scalar()

    assert found == ["", "B", "a-1", "a1", "a\ufffdz", "b", "王"]
    assert same == "a\ufffdz"


# --- SQLite alone


def test_the_file_is_private_and_the_safe_modes_are_on(tmp_path: Path) -> None:
    engine = open_sqlite(tmp_path / "below" / "desk.sqlite")

    with reading(engine) as connection:
        modes = [
            connection.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "foreign_keys", "synchronous", "secure_delete")
        ]

    assert modes == ["wal", 1, 2, 1]
    assert (tmp_path / "below" / "desk.sqlite").stat().st_mode & 0o777 == 0o600
    engine.dispose()


def test_the_write_ahead_log_can_be_emptied(tmp_path: Path) -> None:
    engine = open_sqlite(tmp_path / "desk.sqlite")
    with writing(engine) as connection:
        T.create(connection)

    empty_write_ahead_log(engine)

    assert (tmp_path / "desk.sqlite-wal").stat().st_size == 0
    engine.dispose()


# --- PostgreSQL alone


def test_connections_use_utc_and_wait_for_nothing_without_end(postgres_url: str) -> None:
    engine = open_postgres(postgres_url + "?options=-c%20search_path%3Dother")

    with reading(engine) as connection:
        shown = {
            name: connection.exec_driver_sql(f"SHOW {name}").scalar()
            for name in ("timezone", "statement_timeout", "lock_timeout", "search_path",
                         "idle_in_transaction_session_timeout", "transaction_isolation")
        }  # fmt: skip
    with writing(engine) as connection:
        level = connection.exec_driver_sql("SHOW transaction_isolation").scalar()

    assert shown == {
        "timezone": "UTC", "statement_timeout": "30s", "lock_timeout": "20s",
        "search_path": "other", "idle_in_transaction_session_timeout": "15s",
        "transaction_isolation": "repeatable read",
    }  # fmt: skip
    assert level == "read committed"
    engine.dispose()


def test_a_reader_cannot_write(postgres_engine: Engine) -> None:
    with pytest.raises(StorageError, match="read-only"), reading(postgres_engine) as connection:
        connection.execute(text("CREATE TABLE u (x INTEGER)"))


def test_a_row_that_is_in_hand_elsewhere_is_passed_over(postgres_engine: Engine) -> None:
    with writing(postgres_engine) as connection:
        T.create(connection)
    put(postgres_engine, (1, "a"), (2, "b"))
    first = select(T.c.k).order_by(T.c.k).limit(1).with_for_update(skip_locked=True)

    with writing(postgres_engine) as one, writing(postgres_engine) as other:
        assert [one.execute(first).scalar(), other.execute(first).scalar()] == [1, 2]


def test_who_stands_still_in_a_transaction_loses_it_to_who_waits(postgres_url: str) -> None:
    short = "?options=-c%20idle_in_transaction_session_timeout%3D300"
    still, waiting = open_postgres(postgres_url + short), open_postgres(postgres_url)
    with writing(waiting) as connection:
        T.create(connection)
    put(waiting, (1, "a"))

    def stand_still() -> None:
        with writing(still) as connection:
            connection.execute(T.update().values(v="lost"))
            with writing(waiting) as other:
                other.execute(T.update().values(v="b"))
            connection.execute(T.update().values(v="too late"))

    with pytest.raises(StorageError) as caught:
        stand_still()

    assert not caught.value.permanent
    assert rows(waiting) == [(1, "b")]
    for engine in (still, waiting):
        engine.dispose()


def test_a_server_that_went_away_is_a_failure_that_passes() -> None:
    with PostgresServer() as server:
        engine = open_postgres(server.url())
        with writing(engine) as connection:
            T.create(connection)
        put(engine, (1, "a"))

        def lose() -> None:
            with writing(engine) as connection:
                connection.execute(T.insert(), {"k": 2, "v": "b"})
                server.stop()
                connection.execute(T.insert(), {"k": 3, "v": "c"})

        with pytest.raises(StorageError) as caught:
            lose()
        assert not caught.value.permanent
        with pytest.raises(StorageError) as caught, reading(engine):
            pass
        assert not caught.value.permanent

        server.start()
        put(engine, (4, "d"))
        assert rows(engine) == [(1, "a"), (4, "d")]
        engine.dispose()


def test_a_frozen_server_goes_on_where_it_was() -> None:
    with PostgresServer() as server:
        engine = open_postgres(server.url())
        with writing(engine) as connection:
            T.create(connection)
        server.freeze()
        thread = Thread(target=put, args=(engine, (1, "a")))
        thread.start()
        thread.join(0.3)
        assert thread.is_alive()

        server.cont()
        thread.join()
        assert rows(engine) == [(1, "a")]
        engine.dispose()


@pytest.mark.parametrize(
    "url", ["mysql://h/d", "sqlite:///x", "no address", "postgresql+pg8000://h"]
)
def test_an_address_of_something_else_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(SettingsError, match="postgres:"):
        open_postgres(url)


def test_the_former_prefix_is_taken_too() -> None:
    assert open_postgres("postgres://u:p@h/d").dialect.name == "postgresql"
