"""One county on real stores: the same facts in any way give the same content."""

from datetime import date, timedelta
from pathlib import Path

import msgspec
import pytest

from tests.support.running_county import (
    digest_of,
    ingest,
    lines_of,
    open_county,
    shuffled,
    written,
)
from yujing.app.digest import digest
from yujing.app.output import Collected, Silence
from yujing.app.rebuild import answer as rebuild
from yujing.app.sweep import sweep

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def plain(county_files: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A county that took every file in its order."""
    data = tmp_path_factory.mktemp("plain") / "county"
    with open_county(data) as county:
        ingest(county, county_files)
    return data


def test_every_row_has_one_outcome(plain: Path, county_files: list[Path]) -> None:
    with open_county(plain) as county:
        results = ingest(county, county_files)

    assert results
    for result in results:
        parts = ("accepted", "duplicate", "conflict", "rejected", "unmatched")
        assert sum(int(str(result[part])) for part in parts) == result["rows"]
        assert result["accepted"] == 0
        assert result["error"] is None


def test_any_order_batching_and_duplication_give_the_same_digest(
    plain: Path, county_files: list[Path], tmp_path: Path
) -> None:
    lines = lines_of(county_files)
    for seed, batch_rows in ((1, 1_500), (2, 20_000)):
        data = tmp_path / str(seed) / "county"
        key = data.parent / "test.key"
        key.parent.mkdir()
        key.write_bytes((plain.parent / "test.key").read_bytes())
        key.chmod(0o600)
        mixed = shuffled(lines, seed)
        half = len(mixed) // 2
        files = [
            written(tmp_path / str(seed), "one.ndjson", mixed[:half]),
            written(tmp_path / str(seed), "two.ndjson", mixed[half:]),
        ]
        with open_county(data, batch_rows=batch_rows) as county:
            ingest(county, files)

        assert digest_of(data) == digest_of(plain)


def test_rebuilt_from_the_log_is_equal_to_memory(plain: Path) -> None:
    with open_county(plain) as county:
        heard = Collected()
        status = rebuild(county, {"verify": True}, heard)

    assert heard.results[0]["difference"] is None
    assert (status, heard.results[0]["equal"]) == (0, True)


def test_a_lost_checkpoint_is_made_again(plain: Path) -> None:
    before = digest_of(plain)
    for path in (plain / "checkpoint").iterdir():
        path.unlink()

    assert digest_of(plain) == before


def test_what_is_retracted_never_happened(
    plain: Path, county_files: list[Path], tmp_path: Path
) -> None:
    lines = lines_of(county_files)
    events = [msgspec.json.decode(line) for line in lines]
    kinds = ("employment.start", "employment.end")
    gone = {
        event["source_record_id"]
        for event in events
        if event["event_type"] in kinds and event["source_record_id"][-1] in "147"
    }
    kept = [
        line
        for line, event in zip(lines, events, strict=True)
        if event["source_record_id"] not in gone
    ]
    head = ("event_type", "source_system", "source_record_id", "id_number", "reported_at")
    retractions = [
        msgspec.json.encode(
            {name: event[name] for name in head} | {"source_version": 99, "op": "retract"}
        )
        for event in events
        if event["source_record_id"] in gone
    ]
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first, second):
        folder.mkdir()
        (folder / "test.key").write_bytes((plain.parent / "test.key").read_bytes())
        (folder / "test.key").chmod(0o600)
    with open_county(first / "county") as county:
        ingest(county, [written(tmp_path, "kept.ndjson", kept)])
        never = digest(county)
    with open_county(second / "county") as county:  # half of the retractions before the originals
        ingest(county, [
            written(tmp_path, "early.ndjson", retractions[::2]),
            *county_files,
            written(tmp_path, "late.ndjson", retractions[1::2]),
            written(tmp_path, "again.ndjson", retractions[::2]),
        ])  # fmt: skip
        withdrawn = digest(county)

    assert gone
    for name in ("facts", "state", "scores"):
        assert withdrawn[name] == never[name], name


def test_a_backfill_in_one_go_is_the_same_as_day_by_day(
    county_files: list[Path], tmp_path: Path
) -> None:
    first_deal = date(2026, 10, 5)
    days = [first_deal + timedelta(weeks=n) for n in range(3)]
    at_once, by_week = tmp_path / "at_once", tmp_path / "by_week"
    with open_county(at_once) as county:
        ingest(county, county_files)
        for day in days:
            sweep(county, day, Silence())
        whole = digest(county)
    with open_county(by_week) as county:
        before = date(2000, 1, 1)
        for day in [*days, date(2100, 1, 1)]:
            ingest(county, [f for f in county_files if before <= week_of(f) < day])
            if day.year < 2100:
                sweep(county, day, Silence())
            before = day
        parts = digest(county)

    assert parts == whole
    assert whole["as_of"] == days[-1].isoformat()


def week_of(path: Path) -> date:
    return date.fromisoformat(path.stem)
