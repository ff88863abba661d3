"""Bring the tables of every store up to date, or say what that would run: `yujing migrate`.

A store also looks after its own tables when it is opened. In the distributed shape many processes
open them: there the operator runs this once before a new version starts.
"""

from contextlib import ExitStack

from sqlalchemy import Engine

from alerts.desk.tables import ROOM as DESK
from alerts.quality.tables import ROOM as QUALITY
from dashboards.rollup.rollup import board_migrations
from dashboards.tables import ROOM as DASHBOARDS
from streams.kafka.tables import ROOM as WORKER
from streams.log.log import log_migrations
from streams.log.unmatched_tables import ROOM as UNMATCHED
from streams.vault.doubles_tables import ROOM as DOUBLES
from streams.vault.tables import ROOM as VAULT
from yujing.access.tables import ROOM as ACCESS
from yujing.app.output import DONE, Output
from yujing.app.source_tables import ROOM as SOURCES
from yujing.app.stores import Stores, stores_of
from yujing.app.tables import ROOM as APP
from yujing.app.uploads.tables import ROOM as UPLOADS
from yujing.errors import UsageError
from yujing.settings import Settings
from yujing.storage.migration import ClickHouseStore, Migration, dry_run, migrate
from yujing.storage.revisions import SqlRoom, migrate_sql, print_sql

DESK_ROOMS = (APP, ACCESS, DESK, DASHBOARDS, UNMATCHED, WORKER, QUALITY, SOURCES)
VAULT_ROOMS = (VAULT, UPLOADS, DOUBLES)


def migrate_all(settings: Settings, output: Output, *, dry: bool) -> int:
    """Run what every store lacks and show it; with `dry` print the SQL and run nothing.

    Raises
    ------
    UsageError
        If there is nothing yet that a dry run could look at.
    DataHeldError
        If a process has the data directory open; it did the same when it started.
    StorageError
        If a store refuses; what ran before stays.
    """
    if dry and not settings.distributed and not settings.data.is_dir():
        raise UsageError(f"there is no data directory {settings.data} yet; every table is missing")
    with ExitStack() as closing:
        stores = stores_of(settings, closing)
        with stores.holding():
            return _print(stores, output) if dry else _run(stores, output)


def clickhouse_migrations() -> list[Migration]:
    """Return the migrations of every room that keeps tables in ClickHouse, in their order."""
    return [*log_migrations(), *board_migrations()]


def _sql(stores: Stores) -> list[tuple[Engine, tuple[SqlRoom, ...]]]:
    return [(stores.desk(), DESK_ROOMS), (stores.vault(), VAULT_ROOMS)]


def _run(stores: Stores, output: Output) -> int:
    ran = [number for engine, rooms in _sql(stores) for number in migrate_sql(engine, *rooms)]
    with stores.turn("tables of the log"):
        done = migrate(ClickHouseStore(stores.clickhouse()), clickhouse_migrations())
    ran += [f"{one.room} {one.number:04}" for one in done]
    for number in ran:
        output.result({"ran": number}, number)
    if not ran:
        output.message("every table is up to date")
    return DONE


def _print(stores: Stores, output: Output) -> int:
    parts = [print_sql(engine, *rooms) for engine, rooms in _sql(stores)]
    parts.append(dry_run(ClickHouseStore(stores.clickhouse()), clickhouse_migrations()))
    whole = "\n".join(part for part in parts if part)
    output.result({"sql": whole}, whole or "-- every table is up to date")
    return DONE
