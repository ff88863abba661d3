"""Findings and doubles where the door sends to Kafka: kept without a state, linked by an event."""

from collections.abc import Iterator

import numpy as np
import pytest

from alerts.quality.finding import Wanted
from streams.vault.doubles import Register
from streams.vault.doubles_tables import DOUBLES
from streams.wire import identity_link
from tests.support.kafka_reading import Stream, opened, send
from tests.support.stream import Servers, running_servers
from tests.support.stream_events import ANN, BOB, member
from tests.support.wire_events import an_event
from yujing.app.county import County
from yujing.app.doubles import decide, send_links
from yujing.storage.signed import to_signed
from yujing.storage.sql import insert_new, writing

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    with running_servers(tmp_path_factory.mktemp("servers"), partitions=4) as running:
        yield running


@pytest.fixture
def own(servers: Servers, request: pytest.FixtureRequest) -> Servers:
    return servers.another(request.node.name)


@pytest.fixture
def county(own: Servers) -> Iterator[County]:
    with opened(own) as one:
        yield one


@pytest.fixture
def stream(own: Servers) -> Iterator[Stream]:
    reading = Stream(own)
    yield reading
    reading.close()


def a_month(version: int, **more: object) -> dict[str, object]:
    usual = {"worked": "yes", "wage_month": 3000, "employer": "某厂", "industry": "mining",
             "channel": "self"}  # fmt: skip
    return an_event(
        "employment.monthly_status", source_record_id="w-1", source_version=version,
        id_number=ANN, **(usual | more),
    )  # fmt: skip


def standing(county: County) -> set[tuple[str, str]]:
    return {(row.rule, row.record) for row in county.quality.rows(Wanted(), most=99)}


def test_findings_open_and_are_mended_at_the_door(county: County) -> None:
    send(county, member("m-1", ANN, "H-1"), a_month(1, wage_month=50, channel="unknown"))
    assert standing(county) >= {("wage_below_100", "w-1"), ("channel_missing", "w-1")}

    send(county, a_month(2, channel="unknown"))
    assert ("wage_below_100", "w-1") not in standing(county)
    assert ("channel_missing", "w-1") in standing(county)


def test_same_and_undo_go_through_kafka_as_events_of_ours(county: County, stream: Stream) -> None:
    send(county, member("m-1", ANN, "H-1"), member("m-2", BOB, "H-2"))
    one, other = sorted(county.keys.person_keys([ANN, BOB]).tolist())
    nobody = Register(
        np.empty(0, np.uint64), np.empty(0, np.int64), np.empty(0, np.uint64),
        np.empty(0, np.uint64),
    )  # fmt: skip
    county.doubles.look(nobody, [], at=county.now_s())
    _listed(county, one, other)

    decide(county, one, other, "same", by="tang")
    decide(county, other, one, "undo", by="tang")

    links = stream.news().facts
    links = links[links["kind"] == identity_link.KIND]
    assert sorted(set(zip(links["version"].tolist(), links["retracted"].tolist(), strict=True))) \
        == [(1, 0), (2, 1)]
    assert set(links["subject"].tolist()) == {one}
    assert send_links(county) == 0


def _listed(county: County, one: int, other: int) -> None:
    """Put a pair on the list, as if the two resembled each other."""
    with writing(county.vault_engine) as connection:
        row = {"one": to_signed(one), "other": to_signed(other), "why": "one_digit",
               "found_at": 1, "decision": None, "link_version": 0}  # fmt: skip
        connection.execute(insert_new(connection, DOUBLES), row)
