"""The log's tables as they were, moved to the present form, with kills anywhere on the way."""

import random
import threading
from contextlib import suppress
from typing import Any
from uuid import uuid4

import numpy as np
import pytest

from streams.fact import FACT, FactArray
from streams.log.columns import FACT_COLUMNS, from_arrow, to_arrow
from streams.log.log import EventLog, log_migrations
from streams.log.position import pack
from tests.support.clickhouse_front import a_clickhouse_front
from tests.support.histories import record_ids, some_facts
from yujing.errors import StorageError
from yujing.storage.clickhouse import connect_server, insert_rows, storage_errors
from yujing.storage.migration import ClickHouseStore, migrate

pytestmark = pytest.mark.integration
BY_POSITION, BY_ARRIVAL = log_migrations()[:3], log_migrations()[3]


def an_old_log(client: Any, n: int) -> FactArray:
    """Make the tables as they were before partitions by arrival, with counted positions."""
    for table in ("events", "events_by_arrival", "migrations"):
        client.command(f"DROP TABLE IF EXISTS {table} SYNC")
    for view in ("facts", "facts_as_of"):
        client.command(f"DROP VIEW IF EXISTS {view}")
    migrate(ClickHouseStore(client), BY_POSITION)
    facts = some_facts(n)
    facts["position"] = np.arange(1, n + 1)
    rows = to_arrow(facts, record_ids(facts)).drop_columns(["place"])  # came later
    insert_rows(client, "events", rows)
    return facts


def everything(client: Any) -> FactArray:
    names = ", ".join(FACT_COLUMNS)
    return from_arrow(client.query_arrow(f"SELECT {names} FROM events ORDER BY fact"))


def partitioned_by(client: Any) -> str:
    return str(
        client.command(
            "SELECT partition_key FROM system.tables "
            "WHERE database = currentDatabase() AND name = 'events'"
        )
    )


def holds_all(client: Any, facts: FactArray) -> None:
    log = EventLog(client)
    assert partitioned_by(client) == "toYYYYMM(arrived_at)"
    assert np.array_equal(everything(client), facts)
    assert np.array_equal(log.facts(), facts)
    middle = int(np.median(facts["known_at"]))
    assert np.array_equal(log.facts(middle), facts[facts["known_at"] < middle])
    assert log.record_ids_of(facts["fact"][:1]) == {int(facts["fact"][0]): record_ids(facts)[0]}
    assert not client.command("EXISTS TABLE events_by_arrival")
    assert log.last_position() == len(facts)


N_STATEMENTS = len(BY_ARRIVAL.statements)


SAMPLED = (0, N_STATEMENTS // 2, N_STATEMENTS)


@pytest.mark.parametrize(
    "n_done",
    [
        pytest.param(n, marks=() if n in SAMPLED else pytest.mark.soak)
        for n in range(N_STATEMENTS + 1)
    ],
)
def test_a_kill_between_any_two_statements_loses_nothing(clickhouse: Any, n_done: int) -> None:
    facts = an_old_log(clickhouse, 50)
    assert partitioned_by(clickhouse) == "intDiv(position, 20000000)"
    for statement in BY_ARRIVAL.statements[:n_done]:
        clickhouse.command(statement)

    migrate(ClickHouseStore(clickhouse), log_migrations())

    holds_all(clickhouse, facts)


def test_half_a_copy_is_thrown_away(clickhouse: Any) -> None:
    facts = an_old_log(clickhouse, 50)
    for statement in BY_ARRIVAL.statements[:3]:
        clickhouse.command(statement)
    clickhouse.command("INSERT INTO events_by_arrival SELECT * FROM events LIMIT 20")

    migrate(ClickHouseStore(clickhouse), log_migrations())

    holds_all(clickhouse, facts)


def test_the_views_show_no_time_of_arrival_and_positions_of_kafka_make_one_part(
    clickhouse: Any,
) -> None:
    an_old_log(clickhouse, 3)
    log = EventLog(clickhouse)
    facts = some_facts(500, first=9)
    facts["position"] = pack(1 + np.arange(500), 70, 0)
    log.append(facts, record_ids(facts))

    columns = [row[0] for row in clickhouse.query("DESCRIBE TABLE facts").result_rows]
    more = ["record_id", "known_time", "occurred_from_date", "occurred_to_date"]
    assert columns == [*(FACT.names or ()), *more]
    partitions = clickhouse.command(
        "SELECT uniqExact(partition) FROM system.parts "
        "WHERE database = currentDatabase() AND table = 'events' AND active"
    )
    assert partitions in (1, 2)  # two when a month ends meanwhile


@pytest.mark.parametrize("n_kills", [3, pytest.param(30, marks=pytest.mark.soak)])
def test_kills_at_any_moment_lose_nothing(n_kills: int) -> None:
    moments = random.Random(5)
    with a_clickhouse_front() as front:
        url = front.url(f"d{uuid4().hex}")
        facts = an_old_log(connect_server(url), 60_000)
        for _ in range(n_kills):
            killing = threading.Timer(moments.uniform(0.01, 0.7), front.kill)
            killing.start()
            with suppress(StorageError), storage_errors("migrating"):
                migrate(ClickHouseStore(connect_server(url)), log_migrations()[:4])
                connect_server(url).command("DROP TABLE migrations SYNC")  # once more
            killing.join()
            front.start()

        client = connect_server(url)
        migrate(ClickHouseStore(client), log_migrations())
        holds_all(client, facts)
