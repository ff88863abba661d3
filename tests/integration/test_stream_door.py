"""The door in front of a real broker: what it sends, and to whom."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec
import numpy as np
import pytest

from alerts.desk.opening import open_card
from streams.door.grant import Grant
from streams.kafka.bucket import bucket_of
from streams.kafka.topics import CARD_EVENTS
from streams.vault.routing import Routing
from tests.support.kafka_reading import Stream, first_copies, opened, plain, send
from tests.support.running_county import lines_of
from tests.support.small_county import draft
from tests.support.stream import Servers, running_servers
from tests.support.stream_events import ANN, BOB, CAI, job, member, other_homes
from tests.support.wire_events import VILLAGE, an_event
from yujing.app.county import County
from yujing.app.feedback import relay
from yujing.app.intake import Intake
from yujing.app.stream_door import Sending, StreamDoor
from yujing.domain.codes import Outcome, Source
from yujing.settings import Settings
from yujing.storage.sql import writing
from yujing.telemetry.trace import traced

pytestmark = pytest.mark.integration

N = 8


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    with running_servers(tmp_path_factory.mktemp("servers"), partitions=N) as running:
        yield running


@pytest.fixture
def own(servers: Servers, request: pytest.FixtureRequest) -> Servers:
    """The same broker, with a log, a desk and a vault for this test."""
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


def key_of(county: County, household: str) -> int:
    return int(county.keys.household_keys([household])[0])


def bucket(county: County, household: str) -> int:
    return int(bucket_of(county.keys.household_keys([household]), N)[0])


def test_what_it_sends_is_what_the_embedded_door_appends(
    own: Servers, county: County, stream: Stream, county_files: list[Path], tmp_path: Path
) -> None:
    batches = [lines_of([path]) for path in county_files[:6]]
    sending = Sending(county, county.stream_door, Grant(backfill=True), "test")
    sent = [sending.take(batch) for batch in batches]
    news = stream.news()

    alone = Settings(  # type: ignore[call-arg]  # the rest has defaults
        data=tmp_path / "embedded", key_file=own.settings().key_file
    )
    with County.open(alone, clock=county.clock) as embedded:
        intake = Intake(embedded, Grant(backfill=True), "test", bulk=True)
        taken = [intake.take(batch) for batch in batches]
        appended = embedded.log.history()

    assert len(appended) > 1_000
    assert first_copies(news.facts).tobytes() == plain(appended).tobytes()
    for ours, theirs in zip(sent, taken, strict=True):
        unmatched = [row["outcome"] == "unmatched" for row in theirs.lines(0)]
        assert [row["outcome"] == "unmatched" for row in ours.lines(0)] == unmatched


def test_events_go_to_the_partition_of_the_household(county: County, stream: Stream) -> None:
    said = send(county, member("m-1", ANN, "H-1"), job("j-1", ANN))
    # alone: in one request two households of one partition would share an envelope
    said += send(county, an_event("household.upsert", source_record_id="h-2", household_no="H-2"))

    news = stream.news()
    assert said == ["accepted"] * 3
    assert news.of("m-1") == news.of("j-1") == [bucket(county, "H-1")]
    assert news.of("h-2") == [bucket(county, "H-2")]
    assert set(news.facts["known_at"].tolist()) == {county.now_s()}
    assert news.moved_from == [0, 0, 0]
    assert news.keys[news.at("h-2")] == b"%016x" % key_of(county, "H-2")


def test_headers_say_the_trace_the_source_and_a_backfill(county: County, stream: Stream) -> None:
    with traced("00000000000000ab"):
        send(county, member("m-1", ANN, "H-1"), grant=Grant(backfill=True))
    send(county, job("j-1", ANN, source_system="employment_platform"))

    news = stream.news()
    assert news.headers[news.at("m-1")] == {
        "trace": b"00000000000000ab", "source": b"village_report", "backfill": b"1",
    }  # fmt: skip
    assert news.headers[news.at("j-1")] == {"source": b"employment_platform"}


def test_whom_nobody_registered_waits_and_keeps_the_moment(county: County, stream: Stream) -> None:
    first = county.now_s()
    assert send(county, job("j-1", ANN)) == ["unmatched"]
    assert stream.records() == []
    county.clock.at += timedelta(hours=2)  # type: ignore[attr-defined]  # the test's own clock

    assert send(county, job("j-1", ANN)) == ["unmatched"]
    assert send(county, member("m-1", ANN, "H-1")) == ["accepted"]

    news = stream.news()
    assert news.of("j-1") == news.of("m-1") == [bucket(county, "H-1")]
    assert int(news.facts["known_at"][news.at("j-1")]) == first
    assert int(news.facts["known_at"][news.at("m-1")]) == first + 7200
    assert county.unmatched.count() == 0


def test_known_at_never_goes_back(county: County, stream: Stream) -> None:
    send(county, member("m-1", ANN, "H-1"))
    latest = county.now_s()
    county.clock.at -= timedelta(hours=2)  # type: ignore[attr-defined]  # the test's own clock
    send(county, job("j-1", ANN))

    assert set(stream.news().facts["known_at"].tolist()) == {latest}


def test_who_moves_is_announced_with_the_home_that_is_left(county: County, stream: Stream) -> None:
    old, new, newest = other_homes(county, 3)
    send(county, member("m-1", ANN, old))
    send(county, member("m-2", ANN, new, occurred_from="2026-05-21"), job("j-2", ANN))
    send(county, job("j-3", ANN), member("m-1", ANN, old), member("m-3", ANN, newest))

    news = stream.news()
    left = dict(zip(news.record_ids, news.moved_from, strict=True))
    assert [news.of(record) for record in ("m-2", "j-2", "m-3")] == [
        [bucket(county, new)], [bucket(county, new)], [bucket(county, newest)],
    ]  # fmt: skip
    assert left["m-2"] == key_of(county, old)
    assert left["m-3"] == key_of(county, old), "in the order in which they began"
    assert [left[record] for record in ("j-2", "j-3")] == [0, 0]


def test_a_door_that_is_behind_tells_the_home_that_another_door_gave(
    own: Servers, county: County, stream: Stream
) -> None:
    old, new, newest = other_homes(county, 3)
    send(county, member("m-1", ANN, old))
    with opened(own, "other") as other:
        behind = other.stream_door
        assert send(other, job("j-1", ANN)) == ["accepted"]
        send(county, member("m-2", ANN, new))
        asked = behind.routing.present_homes
        homes = iter([county.keys.household_keys([old])])
        behind.routing.present_homes = (  # type: ignore[method-assign]  # as it was a moment ago
            lambda persons: next(homes, asked(persons))
        )
        send(other, member("m-3", ANN, newest))

    news = stream.news()
    told = [
        left for left, record in zip(news.moved_from, news.record_ids, strict=True)
        if record == "m-3"
    ]  # fmt: skip
    assert told == [key_of(county, old), key_of(county, new)]
    assert news.of("m-3") == [bucket(county, newest)] * 2
    ann = county.keys.person_keys([ANN])
    assert Routing(county.vault_engine).homes_of(ann).tolist() == [key_of(county, newest)]


def test_links_and_news_of_places_go_everywhere(county: County, stream: Stream) -> None:
    bob = int(county.keys.person_keys([BOB])[0])
    said = send(
        county, member("m-1", ANN, "H-1"),
        an_event("identity.link", source_record_id="l-1", id_number=ANN,
                 other_person_key=f"{bob:016x}"),
        an_event("disaster.area", source_record_id="d-1"),
    )  # fmt: skip

    news = stream.news()
    assert said == ["accepted"] * 3
    assert news.of("l-1") == news.of("d-1") == list(range(N))


def test_who_was_kept_apart_while_another_door_registered_him_is_let_in(
    own: Servers, county: County, stream: Stream
) -> None:
    with opened(own, "other") as other:
        send(other, job("j-1", BOB), job("j-2", CAI))
        asked = county.unmatched.release
        county.unmatched.release = (  # type: ignore[method-assign]  # it looked a moment too early
            lambda subjects: asked(subjects[:0])
        )
        send(county, member("m-1", BOB, "H-1"))
        assert stream.news().record_ids == ["m-1"]
        assert other.stream_door.let_in() == 1
        assert other.stream_door.let_in() == 0

    assert dict.fromkeys(stream.news().record_ids) == {"j-1": None}
    assert county.unmatched.count() == 1


def test_rejected_rows_become_dead_letters_and_the_rest_is_sent(
    county: County, stream: Stream
) -> None:
    lines = [b"{", msgspec.json.encode(member("m-1", ANN, "H-1"))]
    taken = Sending(county, county.stream_door, Grant(), "file").take(lines, first_row=10)

    assert [row["outcome"] for row in taken.lines(10)] == ["rejected", "accepted"]
    assert [(letter.file, letter.row) for letter in county.deadletters.list()] == [("file", 11)]
    assert stream.news().record_ids == ["m-1"]


def test_a_token_for_a_place_says_nothing_of_another(county: County, stream: Stream) -> None:
    """Also where the event names no place: the state of the pages knows it."""
    send(county, member("m-1", ANN, "H-1"))
    news = stream.news()
    news.facts["position"] = np.uint64(1 << 48)
    county.log.append(news.facts, news.record_ids)
    grant = Grant(regions=("520527",))
    line = msgspec.json.encode(job("j-1", ANN) | {"region_code": None})
    sending = Sending(county, county.stream_door, grant, "test")

    assert VILLAGE.startswith("520526")
    assert [r.code for r in sending.take([line]).rejects] == ["grant_region"]


def test_what_is_recorded_at_the_desk_goes_to_kafka_once(own: Servers, county: County) -> None:
    home = key_of(county, "H-1")
    ann = int(county.keys.person_keys([ANN])[0])
    send(county, member("m-1", ANN, "H-1"))
    at = datetime(2026, 11, 23, 1, tzinfo=UTC)
    wanted = draft(home, ann, int(VILLAGE))
    desk = county.desk  # makes its tables
    with writing(county.engine) as connection:
        card = open_card(connection, wanted, day=date(2026, 11, 23), at=at, by="yujing")
    assert card is not None
    desk.record_outcome(card, Outcome.CONFIRMED, by="wang", at=at, role="worker")
    stream, cards = Stream(own), Stream(own, [CARD_EVENTS])

    with opened(own, "other") as other:
        assert [len(relay(one)) for one in (county, other)] == [0, 0]
        kept = county.card_log.of_card(card)

    news, told = stream.news(), cards.records()
    assert news.facts["card"].tolist() == [card]
    assert news.facts["source"].tolist() == [list(Source).index(Source.YUJING)]
    assert news.partitions == [bucket(county, "H-1")]
    bodies = [msgspec.json.decode(record.value) for record in told]
    assert [body["to_stage"] for body in bodies] == [event.to_stage for event in kept]
    assert {(body["card"], body["household"]) for body in bodies} == {(card, f"{home:016x}")}
    assert {(r.partition, r.key) for r in told} == {
        (bucket(county, "H-1"), b"%016x" % home)
    }  # fmt: skip
    assert county.desk.waiting() == []
    stream.close()
    cards.close()


def test_one_door_of_many_threads_loses_nothing(county: County, stream: Stream) -> None:
    door = county.stream_door
    send(county, *(member(f"m-{n}", person, f"H-{n}") for n, person in enumerate((ANN, BOB, CAI))))

    def one(n: int) -> list[str]:
        return send(county, job(f"j-{n}", (ANN, BOB, CAI)[n % 3]), door=door)

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(one, range(60))) == [["accepted"]] * 60
    assert len(set(stream.news().record_ids)) == 63
    assert isinstance(door, StreamDoor)
