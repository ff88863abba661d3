"""Garbage in the topics: a source with too much of it is paused, a little is found and mended."""

import json
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import func, select

from streams.door.grant import Grant
from streams.kafka.messages import SOURCE, Message
from streams.kafka.tables import SET_ASIDE
from streams.simulator.simulate import simulate
from tests.support.simulated_county import silent
from tests.support.stream import Servers, running_servers
from tests.support.stream_proof import QUICK, Proof, Recording
from yujing.app import deadletters, sources
from yujing.app.county import County
from yujing.app.output import Silence
from yujing.app.stream_door import Sending, StreamDoor
from yujing.storage.sql import reading

pytestmark = [pytest.mark.integration, pytest.mark.timeout(900)]

NOISY = "employment_platform"
NAMES = ["fact", "version", "content"]


Name = tuple[str, str, int]


def name_of(event: dict[str, Any]) -> Name:
    """Return what tells an event from all others, on the wire and behind the door."""
    return event["source_system"], event["source_record_id"], event["source_version"]


class Results(Silence):
    """Keeps what a command shows."""

    def __init__(self) -> None:
        self.shown: list[dict[str, Any]] = []

    def result(self, fields: Any, _text: str | None = None) -> None:
        self.shown.append(dict(fields))


class Corrupting:
    """A producer between door and broker that spoils some events of one source."""

    def __init__(self, real: Any, share: float) -> None:
        self._real, self._share = real, share
        self._chance = np.random.default_rng(3)
        self.spoilt: set[Name] = set()
        self.clean: set[Name] = set()
        self.letters: set[str] = set()  # the same bytes are one letter

    def send(self, messages: Iterable[Message]) -> int:
        return int(self._real.send([self._spoil(message) for message in messages]))

    def close(self) -> None:
        self._real.close()

    def _spoil(self, message: Message) -> Message:
        if (SOURCE, NOISY.encode()) not in message.headers:
            return message
        many = message.value[:1] == b"["
        events = json.loads(message.value) if many else [json.loads(message.value)]
        for event in events:
            spoils = self._chance.random() < self._share
            (self.spoilt if spoils else self.clean).add(name_of(event))
            if spoils:
                event["known_at"] = "yesterday"
                self.letters.add(json.dumps(event, ensure_ascii=False))
        value = json.dumps(events if many else events[0], ensure_ascii=False).encode()
        return replace(message, value=value)


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    directory = tmp_path_factory.mktemp("simulated")
    simulate(120, 14, "base", 5, date(2026, 6, 30), directory, silent)
    files = sorted((directory / "events").rglob("*.ndjson"))
    return [line for file in files for line in file.read_bytes().splitlines() if line]


@contextmanager
def streamed(
    servers: Servers, lines: list[bytes], share: float
) -> Iterator[tuple[County, Corrupting]]:
    """Send lines through the door, spoil a share of one source's, and let a worker take them."""
    with County.open(servers.settings("door")) as county:
        door = StreamDoor(county)
        spoiler = Corrupting(door.producer, share)
        door.producer = spoiler  # type: ignore[assignment]
        sending = Sending(county, door, Grant(backfill=True), "test")
        for start in range(0, len(lines), 2_000):
            sending.take(lines[start : start + 2_000])
        door.close()
        with Proof(servers, Recording([], [], 0), QUICK, ["g1"]) as proof:
            proof.until_done()
            yield county, spoiler
    print(proof.said("source_paused")[:1])


def versions(county: County) -> set[tuple[int, ...]]:
    """Return fact, version and content of every row of the log."""
    return set(map(tuple, county.log.history(columns=NAMES)[NAMES].tolist()))


def whole(county: County, lines: list[bytes]) -> tuple[set[tuple[int, ...]], set[tuple[int, ...]]]:
    """Return the versions that the door lets through: of others, and of the noisy source."""
    read = county.door.read(lines, grant=Grant(backfill=True), known_at=int(time.time()))
    noisy = np.array([json.loads(lines[row])["source_system"] == NOISY for row in read.rows])
    names = read.facts[NAMES]
    waiting, _ = county.unmatched.release(county.unmatched.subjects())
    apart = set(map(tuple, waiting[NAMES].tolist()))
    return (
        set(map(tuple, names[~noisy].tolist())) - apart,
        set(map(tuple, names[noisy].tolist())) - apart,
    )


def test_a_source_with_a_third_of_garbage_is_paused_and_the_others_flow(
    tmp_path: Path, lines: list[bytes]
) -> None:
    with running_servers(tmp_path) as servers, streamed(servers, lines, 0.3) as (county, spoiler):
        others, noisy = whole(county, lines)
        assert len(noisy) > 500
        there = versions(county)
        assert others <= there
        assert not noisy <= there
        listed = Results()
        sources.list_sources(county, {}, listed)
        assert [row["source"] for row in listed.shown if row.get("why")] == [NOISY]

        sources.resume(county, {"source": NOISY, "poison": False}, Silence())
        _until(lambda: _waiting(county) == 0)
        letters = county.deadletters.list()
        assert len(letters) == len(spoiler.letters)
        assert noisy - versions(county) == lost(county, lines, spoiler)


def test_a_little_garbage_stops_nobody_and_every_bad_event_is_found_and_mended(
    tmp_path: Path, lines: list[bytes]
) -> None:
    by_name = {name_of(json.loads(line)): line for line in lines}
    with running_servers(tmp_path) as servers, streamed(servers, lines, 0.01) as (county, spoiler):
        others, noisy = whole(county, lines)
        letters = county.deadletters.list()
        assert 0 < len(letters) == len(spoiler.letters)
        assert versions(county) == others | noisy - lost(county, lines, spoiler)
        for letter in letters:
            shown = county.deadletters.show(letter.id)
            assert shown is not None
            assert shown.raw is not None
            mended = by_name[name_of(json.loads(shown.raw))].decode()
            told = Results()
            deadletters.replay(county, {"numbers": [letter.id], "mended": mended}, told)
            assert told.shown[0]["outcome"] == "accepted"
        _until(lambda: versions(county) == others | noisy)
        assert not county.deadletters.list()


def lost(county: County, lines: list[bytes], spoiler: Corrupting) -> set[tuple[int, ...]]:
    """Return the versions of which every copy was spoilt."""
    gone = spoiler.spoilt - spoiler.clean
    named = [line for line in lines if name_of(json.loads(line)) in gone]
    read = county.door.read(named, grant=Grant(backfill=True), known_at=int(time.time()))
    return set(map(tuple, read.facts[NAMES].tolist()))


def _waiting(county: County) -> int:
    query = select(func.count()).select_from(SET_ASIDE).where(SET_ASIDE.c.taken_at.is_(None))
    with reading(county.engine) as connection:
        return int(connection.execute(query).scalar() or 0)


def _until(what: Any, within_s: float = 120.0) -> None:
    began = time.monotonic()
    while not what():
        assert time.monotonic() - began < within_s
        time.sleep(0.5)
