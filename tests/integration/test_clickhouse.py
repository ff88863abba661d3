"""Opening the engine: who holds it, where its temporary files go, how its failures read."""

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.support.engines import engine
from yujing.errors import DataHeldError, StorageError
from yujing.storage.clickhouse import DATABASE, connect, join, storage_errors
from yujing.storage.migration import ClickHouseStore, Migration, dry_run, migrate

pytestmark = pytest.mark.integration


def test_the_engine_opens_private_and_remembers(tmp_path: Path) -> None:
    (tmp_path / "tmp").mkdir()
    (tmp_path / "tmp" / "left.native").write_bytes(b"left by a kill")
    with engine(tmp_path) as client:
        client.command("CREATE TABLE t (x UInt8) ENGINE = MergeTree ORDER BY x")
        client.command("INSERT INTO t VALUES (7)")
        assert tempfile.gettempdir() == str(tmp_path / "tmp")
        assert list((tmp_path / "tmp").iterdir()) == []
        assert (tmp_path / "log").stat().st_mode & 0o777 == 0o700
        assert client.command(
            "SELECT engine FROM system.databases WHERE name = currentDatabase()"
        ) == ("Atomic")
        assert client.command("SELECT getSetting('max_memory_usage')") == 2**30

    with engine(tmp_path) as client:
        assert client.command("SELECT x FROM t") == 7


def test_a_second_connection_in_the_process_sees_the_same(tmp_path: Path) -> None:
    with engine(tmp_path) as client:
        client.command("CREATE TABLE t (x UInt8) ENGINE = MergeTree ORDER BY x")
        other = join(tmp_path / "log")
        try:
            other.command("INSERT INTO t VALUES (7)")
            assert other.database == DATABASE
        finally:
            other.close()

        assert client.command("SELECT x FROM t") == 7


def test_a_second_process_is_told_clearly(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from yujing.storage.clickhouse import connect\n"
        "from yujing.errors import DataHeldError\n"
        "try: connect(Path(sys.argv[1]) / 'log', Path(sys.argv[1]) / 'tmp')\n"
        "except DataHeldError as error: print(error)"
    )
    with engine(tmp_path):
        (tmp_path / "tmp" / "in use").touch()
        said = subprocess.run(
            [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True
        )
        with pytest.raises(DataHeldError):
            connect(tmp_path / "log", tmp_path / "tmp")

        assert "is already open, here or in another process" in said.stdout
        assert (tmp_path / "tmp" / "in use").exists()  # who is refused wipes nothing


def test_a_failing_statement_is_a_storage_error_of_one_line(tmp_path: Path) -> None:
    with engine(tmp_path) as client:
        with (
            pytest.raises(StorageError, match=r"asking failed: .*UNKNOWN_TABLE") as caught,
            storage_errors("asking"),
        ):
            client.query("SELECT * FROM none")

        assert "\n" not in str(caught.value)


def test_migrations_run_once_on_clickhouse_too(tmp_path: Path) -> None:
    first = Migration("room", 1, "first", "CREATE TABLE IF NOT EXISTS a (x UInt8) ENGINE = Memory;")
    with engine(tmp_path) as client:
        store = ClickHouseStore(client)
        assert first.sql in dry_run(store, [first])

        assert migrate(store, [first]) == [first]
        assert migrate(store, [first]) == []
        with pytest.raises(StorageError, match="changed after it ran"):
            migrate(store, [Migration("room", 1, "first", "SELECT 1;")])
