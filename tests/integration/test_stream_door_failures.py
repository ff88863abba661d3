"""The door in front of Kafka when something fails, and what its topics hold of people."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from starlette.applications import Starlette

from streams.door.grant import Grant
from streams.kafka.bucket import bucket_of
from tests.integration.test_http_door import Caller, TestClient
from tests.support.door_child import STEPS
from tests.support.kafka_reading import Stream, opened, send
from tests.support.personal_data_scan import scan
from tests.support.stream import ROOT, Servers, running_servers
from tests.support.stream_events import ANN, BOB, CAI, job, member, other_homes
from tests.support.wire_events import an_event
from yujing.access.tokens import TokenGrant
from yujing.app.county import County
from yujing.app.http_door import routes
from yujing.app.output import Silence
from yujing.app.publish import publish_files
from yujing.app.stream_door import StreamDoor
from yujing.app.takers import ToKafka
from yujing.domain.codes import Source

pytestmark = pytest.mark.integration

N = 8
SOON_S = 2.0
VISIBLE = "member.upsert"  # in clear in every file of members


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    with running_servers(tmp_path_factory.mktemp("servers"), partitions=N) as running:
        yield running


@pytest.fixture
def own(servers: Servers, request: pytest.FixtureRequest) -> Servers:
    name = "".join(c if c.isalnum() else "_" for c in request.node.name)
    return servers.another(name)


@pytest.fixture
def county(own: Servers) -> Iterator[County]:
    with opened(own) as one:
        yield one


@pytest.fixture
def stream(own: Servers) -> Iterator[Stream]:
    reading = Stream(own)
    yield reading
    reading.close()


@pytest.mark.parametrize("step", list(STEPS))
def test_a_door_that_is_killed_at_any_step_loses_nothing(
    own: Servers, county: County, stream: Stream, step: str
) -> None:
    old, new, home = other_homes(county, 3)
    send(county, member("m-1", ANN, old))
    assert send(county, job("j-bob", BOB)) == ["unmatched"]
    batch = [
        member("m-2", ANN, new, occurred_from="2026-05-21"), member("m-bob", BOB, home),
        job("j-ann", ANN), job("j-cai", CAI),
    ]  # fmt: skip

    done = subprocess.run(
        [sys.executable, "-m", "tests.support.door_child", step],
        env=os.environ | own.environment("child"), cwd=ROOT, input=json.dumps(batch).encode(),
        check=False,
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL
    said = send(county, *batch)

    assert said == ["accepted", "accepted", "accepted", "unmatched"]
    news = stream.news()
    keys = county.keys.household_keys([old, new, home])
    at = dict(zip(("old", "new", "home"), bucket_of(keys, N).tolist(), strict=True))
    assert set(news.record_ids) == {"m-1", "m-2", "m-bob", "j-bob", "j-ann"}
    assert set(news.of("m-2")) == set(news.of("j-ann")) == {at["new"]}
    assert set(news.of("m-bob")) == set(news.of("j-bob")) == {at["home"]}
    left = {m for m, r in zip(news.moved_from, news.record_ids, strict=True) if r == "m-2"}
    assert int(keys[0]) in left, "the owner that is left has to hear of it"
    homes = county.stream_door.routing.present_homes(county.keys.person_keys([ANN, BOB, CAI]))
    assert homes.tolist() == [int(keys[1]), int(keys[2]), 0]
    assert county.unmatched.count() == 1
    persons = county.vault.persons(county.keys.person_keys([ANN, BOB]).tolist())
    assert sorted(persons.values()) == ["欧阳晓峰", "欧阳晓峰"]


def test_without_a_broker_the_answer_is_503_and_the_same_request_is_taken_later(
    own: Servers, county: County, stream: Stream
) -> None:
    door = StreamDoor(county, patience_s=SOON_S)
    client = TestClient(Starlette(routes=routes(county, ToKafka(county, door))))
    grant = TokenGrant(Source.VILLAGE_REPORT, (), ("52",))
    token = county.access.tokens.create(grant, label="test", at=county.now(), by="test")
    sender = Caller(client, token)
    events = [member("m-1", ANN, "H-1"), job("j-1", ANN), job("j-2", BOB)]
    body = b"\n".join(map(msgspec.json.encode, events)) + b"\n{"
    assert sender.rows(member("m-0", CAI, "H-0"))[1] == [{"row": 1, "outcome": "accepted"}]

    own.broker.stop()
    try:
        refused = [sender.post(body, Idempotency_Key="k-1") for _ in range(2)]
    finally:
        own.broker.start()
    taken = sender.post(body, Idempotency_Key="k-1")
    again = sender.post(body, Idempotency_Key="k-1")

    assert [answer.status_code for answer in refused] == [503, 503]
    assert int(refused[0].headers["retry-after"]) > 0
    assert b"send the same again" in refused[0].content
    assert taken.status_code == 200
    outcomes = [msgspec.json.decode(line)["outcome"] for line in taken.content.splitlines()]
    assert outcomes == ["accepted", "accepted", "unmatched", "rejected"]
    assert again.content == taken.content
    assert again.headers["x-trace-id"] != taken.headers["x-trace-id"]
    news = stream.news()
    assert set(news.record_ids) == {"m-0", "m-1", "j-1"}
    last = news.headers[len(news.record_ids) - 1 - news.record_ids[::-1].index("j-1")]
    assert last["trace"].decode() == taken.headers["x-trace-id"]
    assert county.unmatched.count() == 1
    assert len(county.deadletters.list()) == 1
    door.close()


def test_no_name_number_or_phone_is_in_the_files_of_the_broker(
    own: Servers, county: County, county_files: list[Path]
) -> None:
    planted = {ANN, "13987654321", "欧阳晓峰", "贵州某某建筑公司", "屋顶漏雨已经三个月"}
    send(
        county,
        member("m-1", ANN, "H-1", phone="13987654321"),
        job(ANN, ANN, employer="贵州某某建筑公司", intermediary="欧阳晓峰"),
        an_event("hardship.report", id_number=ANN, description="屋顶漏雨已经三个月"),
    )
    send_all(county, county_files)
    told = {value for path in county_files[:4] for value in personal(path)}
    own.broker.stop()
    try:
        found = scan(own.broker.directory, None, {*planted, *told, VISIBLE})
    finally:
        own.broker.start()

    assert len(told) > 100
    assert {place.needle for place in found} == {VISIBLE}
    assert any("unpacked" in place.where for place in found), "the batches were opened"


def send_all(county: County, files: list[Path]) -> None:
    results = publish_files(county, files[:4], Grant(backfill=True), Silence())
    assert all(result["rows"] and not result["error"] for result in results)


def personal(path: Path) -> Iterator[str]:
    for line in path.read_bytes().splitlines():
        event: dict[str, Any] = msgspec.json.decode(line)
        for name in ("id_number", "name", "phone", "household_no", "employer"):
            text = event.get(name)
            if text and len(text.encode()) > 8:
                yield text
