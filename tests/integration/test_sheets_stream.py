"""Sheets in the distributed shape: a real broker, real servers, a worker process."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from streams.door.grant import Grant
from tests.support.sheet_office import (
    Row,
    csv_of,
    id_number,
    install_mapping,
    people,
    registration,
    send,
)
from tests.support.stream import Servers, running_servers
from yujing.app.county import County
from yujing.app.output import Silence
from yujing.app.sheets.ways import StreamWay
from yujing.app.stream_door import Sending
from yujing.errors import DependencyError

pytestmark = pytest.mark.integration

STATUS = 9
_WITHIN_S = 120


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    with running_servers(tmp_path_factory.mktemp("servers"), partitions=4) as running:
        yield running


def standing(county: County) -> dict[int, float]:
    facts = county.log.facts()
    mine = facts.compress(facts["kind"] == STATUS)
    keys = county.keys.person_keys([id_number(n) for n in range(30)]).tolist()
    return {keys.index(int(f["subject"])): int(f["wage_fen"]) / 100 for f in mine}


def wait_for(county: County, wanted: dict[int, float]) -> None:
    """Wait until the workers have made this of what was sent."""
    until = time.monotonic() + _WITHIN_S
    while standing(county) != wanted and time.monotonic() < until:
        time.sleep(0.2)
    assert standing(county) == wanted


def counts(delivered: object) -> tuple[int, ...]:
    c = delivered.counts  # type: ignore[attr-defined]
    return (c.accepted, c.duplicate, c.conflict, c.rejected, c.unmatched)


def test_a_sheet_sent_twice_then_corrected_with_a_row_missing(servers: Servers) -> None:
    settings = servers.settings("office")
    install_mapping(settings.data)
    worker = servers.worker("one")
    try:
        with County.open(settings) as county:
            sending = Sending(county, county.stream_door, Grant(), "register")
            sending.take(registration(range(20)))

            first = send(county, csv_of([*people(*range(12)), Row(25)]))
            assert (first.error, counts(first)) == (None, (12, 0, 0, 0, 1))
            second = send(county, csv_of([*people(*range(12)), Row(25)]))
            assert counts(second) == (0, 12, 0, 0, 1)
            assert county.unmatched.count() == 1
            wait_for(county, dict.fromkeys(range(12), 3000.0))
            n_rows = county.log.count()

            third = send(county, csv_of([*people(*range(10)), Row(10, wage="9000")]))

            assert counts(third) == (1, 10, 0, 0, 0)
            assert third.retracted == 2  # one in the log, one that waits
            wait_for(county, {**dict.fromkeys(range(10), 3000.0), 10: 9000.0})
            assert county.log.count() == n_rows + 2
            refused = send(county, csv_of(people(0)))
            assert refused.question == "retractions"
            sending.take(registration([25]))  # what waited and was withdrawn stays withdrawn
            again = send(county, csv_of([*people(*range(10)), Row(10, wage="9000")]))
            assert (counts(again), again.retracted) == ((0, 11, 0, 0, 0), 0)
            wait_for(county, {**dict.fromkeys(range(10), 3000.0), 10: 9000.0})
    finally:
        worker.stop()


def test_without_workers_that_come_up_nothing_is_sent(servers: Servers, tmp_path: Path) -> None:
    settings = servers.settings("office")
    with County.open(settings) as county:
        Sending(county, county.stream_door, Grant(), "register").take(registration([21]))
        way = StreamWay(county, county.stream_door, Grant(), "x", patience_s=0.5)

        with pytest.raises(DependencyError, match="behind"):
            way.ready(Silence())
