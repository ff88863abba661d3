"""ClickHouse over HTTP: what a lost answer, a late one, a kill and a standstill do to the log."""

import random
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import numpy as np
import pytest
from clickhouse_connect.driver.exceptions import ClickHouseError

from streams.fact import FactArray
from streams.log.card_events import CardEvent, CardLog
from streams.log.log import EventLog
from streams.log.position import pack
from tests.support.certificates import make_certificates
from tests.support.clickhouse_front import ClickHouseFront, a_clickhouse_front
from tests.support.histories import record_ids, some_facts
from yujing.errors import StorageError
from yujing.storage.clickhouse import connect_server, query_with_keys, storage_errors

pytestmark = pytest.mark.integration
SHORT = 2  # seconds that a client waits in these tests


@pytest.fixture
def front(clickhouse_front: ClickHouseFront) -> Iterator[ClickHouseFront]:
    yield clickhouse_front
    clickhouse_front.heal()


@pytest.fixture
def url(front: ClickHouseFront) -> str:
    return front.url(f"d{uuid4().hex}")


@pytest.fixture
def log(url: str) -> EventLog:
    return EventLog(connect_server(url, timeout_s=SHORT))


def batch(number: int, n: int = 200) -> FactArray:
    facts = some_facts(n, seed=number, first=1 + number * n)
    facts["position"] = pack(1 + number % 3, number, np.arange(n))
    return facts


def append(log: EventLog, facts: FactArray) -> None:
    log.append(facts, record_ids(facts))


def test_the_address_names_user_password_and_database() -> None:
    with a_clickhouse_front(user="yujing", password="p@ss/w:rd") as guarded:
        address = f"127.0.0.1:{guarded.port}/county"
        client = connect_server(f"http://yujing:{quote('p@ss/w:rd', safe='')}@{address}")
        assert client.command("SELECT currentDatabase()") == "county"
        assert client.command("SELECT name FROM system.databases WHERE engine = 'Atomic'")
        assert guarded.counts()["settings"]["async_insert"] == "0"

        with pytest.raises(StorageError, match="AUTHENTICATION_FAILED") as refused:
            connect_server(f"http://yujing:wrong-one@{address}")
    assert refused.value.permanent
    assert "wrong-one" not in str(refused.value)


def test_over_tls_only_whom_the_authority_vouches_for(tmp_path: Path) -> None:
    certificates = make_certificates(tmp_path)
    with a_clickhouse_front(key=certificates.key_store) as front:
        log = EventLog(connect_server(front.url(), ca_file=certificates.ca_file))
        append(log, batch(1))
        assert log.count() == 200

        with pytest.raises(StorageError, match="CERTIFICATE_VERIFY_FAILED"):
            connect_server(front.url())


def test_who_is_away_is_named_and_worth_another_try() -> None:
    with pytest.raises(StorageError, match=r"ClickHouse at 127\.0\.0\.1:9") as caught:
        connect_server("http://u:secret@127.0.0.1:9/x")

    assert not caught.value.permanent
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("wrong", ["tcp://host/x", "http:///x", "clickhouse", "http://h/a`b"])
def test_what_is_no_address_is_refused(wrong: str) -> None:
    with pytest.raises(StorageError, match="address of ClickHouse") as caught:
        connect_server(wrong)

    assert caught.value.permanent


def test_a_wrong_statement_is_not_worth_another_try(url: str) -> None:
    with (
        closing(connect_server(url)) as client,
        pytest.raises(StorageError, match="UNKNOWN_TABLE") as caught,
        storage_errors("asking"),
    ):
        client.query("SELECT * FROM none")

    assert caught.value.permanent


@pytest.mark.parametrize(("kind", "seconds"), [("drop", 0.0), ("late", SHORT + 0.5)])
def test_a_batch_whose_answer_is_lost_counts_once(
    front: ClickHouseFront, log: EventLog, kind: str, seconds: float
) -> None:
    facts = batch(1)
    front.fault(kind, seconds=seconds)

    append(log, facts)

    assert log.count() == 2 * len(facts)
    assert np.array_equal(log.facts(), np.sort(facts, order="fact"))
    assert np.array_equal(np.unique(log.history()), np.unique(facts))


def test_an_answer_lost_again_and_again_is_worth_another_try(
    front: ClickHouseFront, log: EventLog
) -> None:
    facts = batch(1)
    front.fault("drop", n=2)
    with pytest.raises(StorageError, match="no answer from the server") as caught:
        append(log, facts)
    assert not caught.value.permanent

    append(log, facts)

    assert np.array_equal(log.facts(), np.sort(facts, order="fact"))


def test_what_is_late_beyond_its_second_try_enters_after_all(
    front: ClickHouseFront, log: EventLog
) -> None:
    first, second = batch(1), batch(2)
    front.fault("slow", n=2, seconds=SHORT + 1.0)  # begins when the client has given up
    with pytest.raises(StorageError, match="timed out"):
        append(log, first)
    append(log, second)
    append(log, first)
    with closing(connect_server(front.url())) as other:
        other.command("SELECT sleep(2)")  # what was given up has come by then

    both = np.concatenate([first, second])
    assert np.array_equal(log.facts(), np.sort(both, order="fact"))


@pytest.mark.parametrize("kind", ["refuse", "overload"])
def test_who_refuses_for_a_while_is_asked_again(
    front: ClickHouseFront, log: EventLog, kind: str
) -> None:
    front.fault(kind, n=-1, match=".")
    for question in (lambda: append(log, batch(1)), log.count):
        with pytest.raises(StorageError) as caught:
            question()
        assert not caught.value.permanent
    front.heal()

    assert log.count() == 0
    append(log, batch(1))
    assert log.count() == 200


def test_half_an_answer_is_none(front: ClickHouseFront, log: EventLog) -> None:
    append(log, batch(1))
    front.fault("cut", match="SELECT fact")

    with pytest.raises(StorageError, match="reading the log failed"):
        log.history()


def test_questions_with_keys_survive_a_restart_of_the_server(url: str) -> None:
    with a_clickhouse_front() as front:
        log = EventLog(connect_server(front.url(), timeout_s=SHORT))
        facts = batch(1)
        append(log, facts)
        log.versions_of(facts["fact"][:3])
        front.restart()

        assert len(log.versions_of(facts["fact"][:3])) == 3
        assert np.array_equal(np.sort(log.history(), order="fact"), facts)

        front.freeze()
        with pytest.raises(StorageError, match="timed out") as caught:
            log.count()
        assert not caught.value.permanent
        front.thaw()
        assert log.count() == 200

        front.stop()
        with pytest.raises(StorageError, match="refused"):
            append(log, batch(2))
        front.start()
        append(log, batch(2))
        assert log.count() == 400


def test_many_ask_at_once_and_each_gets_its_own_answer(url: str) -> None:
    facts = batch(1, 2_000)
    shared = connect_server(url)
    append(EventLog(shared), facts)

    def asked(seed: int) -> bool:
        wanted = np.random.default_rng(seed).choice(facts["fact"], 50, replace=False)
        sql = "SELECT fact FROM events WHERE fact IN (SELECT key FROM keys) ORDER BY fact"
        got = query_with_keys(shared, sql, wanted)["fact"].to_numpy()
        return np.array_equal(got, np.sort(wanted))

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(asked, range(80)))


def test_a_session_keeps_tables_of_its_own(url: str) -> None:
    with (
        closing(connect_server(url, session="one")) as one,
        closing(connect_server(url, session="two")) as two,
    ):
        one.command("CREATE TEMPORARY TABLE mine (x UInt8)")
        one.command("INSERT INTO mine VALUES (7)")
        assert one.command("SELECT x FROM mine") == 7
        with pytest.raises(ClickHouseError, match="UNKNOWN_TABLE"):
            two.command("SELECT x FROM mine")


def test_a_transition_whose_answer_is_lost_counts_once(front: ClickHouseFront, url: str) -> None:
    cards = CardLog(connect_server(url, timeout_s=SHORT))
    opened = CardEvent(1, 7, 2**64 - 1, 0, 520221102001, 2, "", "open", "job_ended", "", 1_764)
    front.fault("drop")

    cards.append([opened])

    assert cards.of_card(7) == [opened]


@pytest.mark.parametrize("n_kills", [4, pytest.param(40, marks=pytest.mark.soak)])
def test_no_acknowledged_batch_is_lost_by_kills_of_the_server(n_kills: int) -> None:
    moments = random.Random(7)
    acknowledged: list[FactArray] = []
    with a_clickhouse_front() as front:
        log = EventLog(connect_server(front.url(), timeout_s=SHORT))
        for round_number in range(n_kills):
            killing = threading.Timer(moments.uniform(0.05, 0.4), front.kill)
            killing.start()
            for number in range(round_number * 1_000, (round_number + 1) * 1_000):
                try:
                    append(log, batch(number))
                except StorageError:
                    break
                acknowledged.append(batch(number))
            killing.join()
            front.start()
            append(log, batch(number))  # the same again
            acknowledged.append(batch(number))

        wanted = np.sort(np.concatenate(acknowledged), order="fact")
        assert len(acknowledged) > 2 * n_kills
        assert np.array_equal(np.unique(log.history()), np.unique(wanted))
        assert np.array_equal(log.facts(), wanted)


def test_the_database_is_made_once_and_found_again(front: ClickHouseFront) -> None:
    url: Any = front.url(f"d{uuid4().hex}")
    with closing(connect_server(url)) as first:
        first.command("CREATE TABLE t (x UInt8) ENGINE = MergeTree ORDER BY x")
    with closing(connect_server(url)) as second:
        assert second.command("EXISTS TABLE t") == 1
