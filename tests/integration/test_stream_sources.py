"""Sources in the distributed shape: what the door counts, and months that close through Kafka."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from streams.coverage import KIND
from streams.log.position import pack
from tests.support.kafka_reading import Stream, opened, send
from tests.support.stream import Servers, running_servers
from tests.support.stream_events import ANN, BOB, CAI, member
from tests.support.wire_events import an_event
from yujing.app.county import County
from yujing.app.daily import Daily
from yujing.app.month_close import closed_months, gaps_by_month
from yujing.app.source_days import source_days
from yujing.domain.days import month_start, to_day, to_month

pytestmark = pytest.mark.integration

SEPTEMBER = to_month(date(2026, 9, 1))


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    with running_servers(tmp_path_factory.mktemp("servers"), partitions=4) as running:
        yield running


@pytest.fixture
def county(servers: Servers) -> Iterator[County]:
    with opened(servers) as one:
        yield one


def taken_by_workers(county: County, stream: Stream, offset: int) -> np.ndarray:
    """Put what came to Kafka into the log, as workers do."""
    news = stream.news()
    n = len(news.facts)
    offsets = offset + np.arange(n, dtype=np.int64)
    lanes, places = np.ones(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
    news.facts["position"] = pack(lanes, offsets, places)
    county.log.append(news.facts, news.record_ids)
    county.drop_memory()  # it looks at the log once a second
    return news.facts


def status(person: str, month: int) -> dict[str, object]:
    text = f"{month_start(month):%Y-%m}"
    return an_event(
        "employment.monthly_status", source_record_id=f"s-{person}-{text}", id_number=person,
        month=text, worked="yes", occurred_from=f"{text}-01",
    )  # fmt: skip


def test_what_the_door_sends_is_counted_and_a_silent_month_closes_once(
    servers: Servers, county: County, tmp_path: Path
) -> None:
    stream = Stream(servers)
    able = {"skill": "ordinary", "student": "no"}
    send(county, *(
        member(f"m-{person}", person, f"H-{place}", **able)
        for place, person in enumerate((ANN, BOB, CAI))
    ))  # fmt: skip
    send(county, *(status(ANN, month) for month in range(SEPTEMBER - 5, SEPTEMBER + 1)))
    send(county, status(BOB, SEPTEMBER))
    taken_by_workers(county, stream, 0)

    counted = source_days(county.engine)
    told = [one for one in counted if one.event == "employment.monthly_status"]
    assert {one.day for one in counted} == {to_day(county.today())}
    assert sum(one.read for one in told if one.month == SEPTEMBER) == 2

    assert closed_months(county.today(), county.calendar)[-1] == SEPTEMBER
    day = Daily(county)
    assert day.look_at_sources()
    assert not day.look_at_sources()
    said = taken_by_workers(county, stream, 100)
    said = said[said["kind"] == KIND]
    cai = int(county.keys.person_keys([CAI])[0])
    assert set(said["subject"][said["month"] == SEPTEMBER].tolist()) == {cai}
    gaps, labourers = gaps_by_month(county)[SEPTEMBER]
    assert (gaps, labourers) == (1, 3)

    send(county, status(CAI, SEPTEMBER))
    taken_by_workers(county, stream, 200)
    other = Daily(county)  # another process of the service
    assert other.look_at_sources()
    withdrawn = taken_by_workers(county, stream, 300)
    assert [int(row["subject"]) for row in withdrawn if row["retracted"]] == [cai]
    assert Daily(county).look_at_sources()
    assert len(stream.news().facts) == 0
    stream.close()
