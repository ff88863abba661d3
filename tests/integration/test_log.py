"""The event log on the real engine, in the process and over HTTP."""

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from streams.content import fact_version_hash
from streams.fact import FACT, PERSON, FactArray
from streams.log import log as log_module
from streams.log import table as table_module
from streams.log.log import EventLog, log_migrations
from streams.state.fact_index import SAME, FactIndex
from tests.support.histories import Version, oracle, record_ids, some_facts, to_facts, versions
from yujing.storage.migration import ClickHouseStore, dry_run, migrate

pytestmark = pytest.mark.integration
_SHARED = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],  # each example empties the table
)


@pytest.fixture
def client(clickhouse: Any) -> Any:
    return clickhouse


@pytest.fixture
def log(client: Any) -> EventLog:
    return an_empty_log(client)


def an_empty_log(client: Any) -> EventLog:
    log = EventLog(client)
    client.command("TRUNCATE TABLE events")
    return log


def by_fact(facts: FactArray) -> dict[int, tuple[int, int, int]]:
    return {
        int(row["fact"]): (int(row["version"]), int(row["known_at"]), int(row["content"]))
        for row in facts
    }


def test_the_table_has_the_columns_of_a_fact_and_the_record_id(client: Any) -> None:
    migrate(ClickHouseStore(client), log_migrations())
    types = {
        "u1": "UInt8",
        "u2": "UInt16",
        "u4": "UInt32",
        "u8": "UInt64",
        "i4": "Int32",
        "i8": "Int64",
    }
    wanted = [(name, types[FACT[name].str[1:]]) for name in FACT.names or ()]

    rows = client.query("DESCRIBE TABLE events").result_rows

    assert [(row[0], row[1]) for row in rows] == [
        *wanted,
        ("record_id", "String"),
        ("arrived_at", "DateTime"),
        ("place", "Int64"),
    ]


def test_a_batch_comes_back_bit_for_bit(log: EventLog) -> None:
    facts = some_facts(3_000)

    last = log.append(facts, record_ids(facts))

    assert last == 3_000
    assert facts["position"].tolist() == list(range(1, 3_001))
    assert np.array_equal(np.sort(log.history(), order="position"), facts)
    assert np.array_equal(log.since(2_990), facts[2_990:])
    assert log.count() == 3_000
    assert log.last_known_at() == int(facts["known_at"].max())
    assert log.record_ids_of(facts["fact"][:2]) == {1: "r-1", 2: "r-2"}


def test_positions_go_on_after_a_new_start(client: Any, log: EventLog) -> None:
    log.append(some_facts(3), ["a", "b", "c"])

    assert EventLog(client).append(some_facts(2, first=9), ["d", "e"]) == 5


def test_positions_given_elsewhere_are_kept(log: EventLog) -> None:
    facts = some_facts(2)
    facts["position"] = [70, 71]

    assert log.append(facts, ["a", "b"]) == 71
    assert log.since(70)["position"].tolist() == [71]


def test_a_large_batch_goes_in_several_inserts(
    log: EventLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_module, "ROWS_OF_AN_INSERT", 100)
    monkeypatch.setattr(table_module, "ROWS_OF_A_SLICE", 70)
    facts = some_facts(250)

    log.append(facts, record_ids(facts))

    assert np.array_equal(np.sort(log.history(), order="position"), facts)


def test_sums_of_parts_of_the_facts_are_the_sums_of_all(
    log: EventLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts = some_facts(250)
    log.append(facts, record_ids(facts))
    at_once = log.sums()
    monkeypatch.setattr(log_module, "ROWS_OF_A_SUM", 30)

    assert np.array_equal(log.sums(), at_once)


def test_an_empty_log_answers_every_question(log: EventLog) -> None:
    nobody = np.empty(0, dtype=np.uint64)

    assert (log.last_position(), log.last_known_at(), log.count()) == (0, 0, 0)
    assert len(log.history()) == len(log.since(0)) == len(log.facts()) == len(log.sums()) == 0
    assert len(log.versions_of(nobody)) == len(log.facts_of(nobody)) == 0
    assert len(log.newest_of(nobody)) == 0
    assert log.append(some_facts(0), []) == 0
    assert [len(keys) for keys in log.registered()] == [0, 0]


def test_facts_and_record_ids_come_in_pairs(log: EventLog) -> None:
    with pytest.raises(ValueError, match="2 facts but 1 record ids"):
        log.append(some_facts(2), ["a"])


def test_members_and_households_are_registered_by_any_version(log: EventLog) -> None:
    facts = some_facts(4)
    facts["kind"] = [1, 1, 4, 13]
    facts["subject"] = [11, 12, 21, 13]
    facts["other"] = [20, 0, 9, 9]
    facts["retracted"] = [0, 1, 0, 0]
    log.append(facts, record_ids(facts))

    persons, households = log.registered()

    assert persons.tolist() == [11, 12]
    assert households.tolist() == [20, 21]


def test_a_board_reads_dates_and_times_in_the_county_s_zone(client: Any, log: EventLog) -> None:
    facts = some_facts(1)
    facts["known_at"] = 1_764_000_000  # 2025-11-24 16:00 UTC
    facts["occurred_from"] = 20_000  # 2024-10-04
    log.append(facts, ["a"])

    row = client.query(
        "SELECT toString(known_time), toString(occurred_from_date) FROM facts"
    ).first_row

    assert row == ("2025-11-25 00:00:00.000", "2024-10-04")


@_SHARED
@given(history=versions())
def test_the_view_is_the_plain_reading_of_the_rules(client: Any, history: list[Version]) -> None:
    log = an_empty_log(client)
    facts = to_facts(history)
    for batch in np.array_split(facts, 3):
        log.append(batch.copy(), record_ids(batch))

    assert by_fact(log.facts()) == oracle(facts)
    assert by_fact(log.facts(known_before=3)) == oracle(facts, known_before=3)
    assert len(log.history(known_before=3)) == int((facts["known_at"] < 3).sum())
    some = ["fact", "known_at"]
    assert np.array_equal(log.facts(columns=some), log.facts()[some])
    assert np.array_equal(np.sort(log.history(columns=some)), np.sort(facts[some]))


@_SHARED
@given(history=versions())
def test_questions_by_key_agree_with_the_view(client: Any, history: list[Version]) -> None:
    log = an_empty_log(client)
    facts = to_facts(history)
    log.append(facts, record_ids(facts))
    whole = log.facts()

    asked = np.unique(facts["subject"])[:2]
    some = np.unique(facts["fact"])[:3]

    assert by_fact(log.facts_of(asked)) == by_fact(whole[np.isin(whole["subject"], asked)])
    index = FactIndex()
    index.enter(log.history())
    near = log.newest_of(asked)
    standing = near[index.ask(near) == SAME]
    assert by_fact(standing) == by_fact(log.facts_of(asked))
    assert len(log.versions_of(some)) == int(np.isin(facts["fact"], some).sum())
    hashes = fact_version_hash(whole)
    assert [
        (int(row["subject"]), int(row["subject_kind"]), int(row["n"]), int(row["xor"]))
        for row in log.sums()
    ] == [
        (int(s), PERSON, int(of.sum()), int(np.bitwise_xor.reduce(hashes[of])))
        for s in np.unique(whole["subject"])
        for of in [whole["subject"] == s]
    ]


def test_the_sql_that_would_run_can_be_printed(client: Any) -> None:
    store = ClickHouseStore(client)
    migrate(store, log_migrations())

    assert dry_run(store, log_migrations()) == ""
