from collections import Counter
from datetime import date, datetime
from pathlib import Path

import pytest

from streams.door.door import Door
from streams.door.grant import Grant
from streams.door.quality import QualityRules
from streams.simulator.simulate import simulate
from streams.vault.keys import Keys
from streams.wire.catalogue import EVENT_TYPES
from tests.support.simulated_county import END, ORDER, Written, silent
from yujing.domain.region import Regions

FROM_THE_WORKER = {"verification.result", "service.delivered"}   # streams.simulator.worker
OUR_OWN = {"comparison.answer", "coverage.gap"}   # nobody sends them to a new county


def test_the_same_seed_writes_the_same_bytes(written: Written, tmp_path: Path) -> None:
    again = simulate(ORDER.households, ORDER.months, "base", ORDER.seed, END, tmp_path, silent)

    assert [path.name for path in again.files] == [path.name for path in written.summary.files]
    assert b"".join(path.read_bytes() for path in again.files) == b"".join(
        path.read_bytes() for path in written.summary.files)


def test_another_seed_is_another_county(tmp_path: Path) -> None:
    one = simulate(40, 6, "base", 1, END, tmp_path / "1", silent)
    other = simulate(40, 6, "base", 2, END, tmp_path / "2", silent)

    assert one.files[0].read_bytes() != other.files[0].read_bytes()


def test_every_event_passes_the_door(written: Written) -> None:
    door = Door(Keys(b"k" * 32), Regions.load(), QualityRules.load())
    known_at = int(datetime.fromisoformat("2026-07-01T00:00:00+08:00").timestamp())
    reading = door.read(written.lines, grant=Grant(backfill=True), known_at=known_at)

    assert [(reject.reason, written.lines[reject.row]) for reject in reading.rejects] == []
    assert len(reading.facts) == len(written.lines)
    assert not reading.facts["flagged"].any()
    assert 0 < len(reading.warnings) < len(written.lines)


def test_every_event_type_but_the_workers_own_occurs(written: Written) -> None:
    names = {event_type.name for event_type in EVENT_TYPES}

    assert set(written.summary.events) == names - FROM_THE_WORKER - OUR_OWN
    assert written.summary.events == dict(Counter(e["event_type"] for e in written.events))


def test_files_are_weeks_and_events_are_in_the_order_of_their_reports(written: Written) -> None:
    moments = [event["reported_at"] for event in written.events]

    assert moments == sorted(moments)
    assert moments[-1] <= "2026-06-30T23:59:59+08:00"
    for path in written.summary.files:
        monday = datetime.fromisoformat(path.stem)
        assert monday.weekday() == 0
        for line in path.read_bytes().splitlines()[::50]:
            day = datetime.fromisoformat(str(line.split(b'"reported_at":"')[1][:10], "ascii"))
            assert 0 <= (day - monday).days < 7


def test_some_rows_are_repeated_corrected_and_withdrawn(written: Written) -> None:
    n = len(written.versions)
    repeated = sum(times > 1 for times in written.versions.values())
    ops = Counter(event.get("op", "upsert") for event in written.events)

    assert 0.01 < repeated / n < 0.03
    assert 0.01 < ops["correct"] / n < 0.05
    assert 0.001 < ops["retract"] / n < 0.02


def test_a_first_version_is_sent_before_its_correction(written: Written) -> None:
    seen: set[tuple[str, str]] = set()
    for event in written.events:
        record = event["source_system"], event["source_record_id"]
        assert event["source_version"] == 1 or record in seen, event
        seen.add(record)


def test_one_record_and_version_says_one_thing(written: Written) -> None:
    contents: dict[tuple[str, str, int], dict[str, object]] = {}
    for event in written.events:
        key = event["source_system"], event["source_record_id"], event["source_version"]
        content = {name: value for name, value in event.items() if name != "reported_at"}
        assert contents.setdefault(key, content) == content


def test_members_and_households_are_registered_before_anything_else(written: Written) -> None:
    first_day = [e for e in written.events if e["reported_at"] < "2024-05-01T08:01:00+08:00"]
    kinds = {event["event_type"] for event in first_day}

    assert kinds == {"household.upsert", "member.upsert", "category.open"}


def test_the_summary_says_rates_and_sizes(written: Written) -> None:
    assert written.summary.rates
    assert written.summary.households >= ORDER.households
    assert written.summary.people > 3 * ORDER.households


@pytest.mark.parametrize("world", ["pessimistic", "shifted"])
def test_the_events_of_other_worlds_pass_the_door_too(world: str, tmp_path: Path) -> None:
    made = simulate(60, 14, world, 3, END, tmp_path, silent)
    lines = [line for path in made.files for line in path.read_bytes().splitlines()]
    door = Door(Keys(b"k" * 32), Regions.load(), QualityRules.load())
    known_at = int(datetime.fromisoformat("2026-07-01T00:00:00+08:00").timestamp())
    reading = door.read(lines, grant=Grant(backfill=True), known_at=known_at)

    assert [reject.reason for reject in reading.rejects] == []


@pytest.mark.parametrize(("households", "months", "end"), [
    (1, 1, END), (1, 1, date(2026, 3, 1)), (3, 2, date(2027, 12, 31)), (25, 60, date(2024, 2, 29)),
])
def test_counties_of_odd_sizes(households: int, months: int, end: date, tmp_path: Path) -> None:
    made = simulate(households, months, "base", 1, end, tmp_path, silent)

    assert made.files
    assert sum(made.events.values()) >= households
