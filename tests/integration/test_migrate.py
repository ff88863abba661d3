"""`yujing migrate`: as a process in the embedded shape, on servers in the distributed one."""

import sqlite3
from pathlib import Path
from uuid import uuid4

import pytest
from pydantic import SecretStr

from tests.support.clickhouse_front import ClickHouseFront
from tests.support.running_county import run
from yujing.app.migrate import DESK_ROOMS, VAULT_ROOMS, migrate_all
from yujing.app.output import Collected
from yujing.errors import UsageError
from yujing.settings import Settings

pytestmark = pytest.mark.integration
ALL = [f"{room.name} {number}" for room in (*DESK_ROOMS, *VAULT_ROOMS) for number in room.numbers]


def test_a_directory_is_migrated_once_and_a_dry_run_changes_nothing(tmp_path: Path) -> None:
    data = tmp_path / "county"

    nothing_yet = run(data, "migrate", "--dry-run")
    first = run(data, "migrate", "--json")
    _undo_the_newest(data / "desk.sqlite")
    dry = run(data, "migrate", "--dry-run", "--json")
    second = run(data, "migrate", "--json")
    third = run(data, "migrate", "--json")
    done = run(data, "migrate", "--dry-run", "--json")

    assert (nothing_yet.status, "no data directory" in nothing_yet.messages) == (2, True)
    ran = [one["ran"] for one in first.results]
    assert ran[: len(ALL)] == ALL
    assert {name.split()[0] for name in ran[len(ALL) :]} == {"log", "dashboards"}
    assert "CREATE TABLE differences" in dry.results[0]["sql"]
    assert second.results == [{"ran": "desk 0004"}]
    assert (third.results, third.messages) == ([], "every table is up to date\n")
    assert done.results == [{"sql": ""}]


def _undo_the_newest(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("DROP TABLE differences")
    connection.execute("UPDATE version_desk SET version_num = '0003'")
    connection.commit()
    connection.close()


def test_servers_are_migrated_from_one_place(
    tmp_path: Path, postgres_url: str, clickhouse_front: ClickHouseFront
) -> None:
    clickhouse_front.heal()
    settings = Settings(
        data=tmp_path / "own",
        kafka="127.0.0.1:1",
        postgres=SecretStr(postgres_url),
        clickhouse=SecretStr(clickhouse_front.url(f"d{uuid4().hex}")),
    )
    dry, first, second = Collected(), Collected(), Collected()

    migrate_all(settings, dry, dry=True)
    migrate_all(settings, first, dry=False)
    migrate_all(settings, second, dry=False)

    (printed,) = dry.results
    assert "CREATE TABLE cards" in str(printed["sql"])
    assert "BIGSERIAL" in str(printed["sql"])
    assert "CREATE TABLE IF NOT EXISTS events" in str(printed["sql"])
    assert [one["ran"] for one in first.results][: len(ALL)] == ALL
    assert second.results == []


def test_a_dry_run_makes_no_directory(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no data directory"):
        migrate_all(Settings(data=tmp_path / "none"), Collected(), dry=True)

    assert list(tmp_path.iterdir()) == []
