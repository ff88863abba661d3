"""What can go wrong around a county: a full disk, a clock that jumps, people who come later."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from streams.door.grant import Grant
from streams.fact import FactArray
from tests.support.pages import MovableClock
from tests.support.running_county import (
    BACKFILL,
    NOW,
    digest_of,
    ingest,
    lines_of,
    open_county,
    settings_for,
    written,
)
from yujing.app.boards import refresh_boards
from yujing.app.county import County
from yujing.app.digest import digest
from yujing.app.feedback import relay
from yujing.app.output import Silence
from yujing.app.sweep import sweep
from yujing.domain.codes import Outcome
from yujing.errors import StorageError, UsageError

pytestmark = pytest.mark.integration


class FullDisk:
    """A log whose store is full from the second batch on."""

    def __init__(self, log: Any) -> None:
        self._log = log
        self.batches = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._log, name)

    def append(self, facts: FactArray, record_ids: list[str], places: Any = None) -> int:
        self.batches += 1
        if self.batches > 1:
            raise StorageError("appending to the log failed: no space left on device")
        last: int = self._log.append(facts, record_ids, places)
        return last


def test_a_full_disk_is_said_and_the_next_run_goes_on(
    county_files: list[Path], tmp_path: Path
) -> None:
    file = written(tmp_path, "all.ndjson", lines_of(county_files[:12]))
    with open_county(tmp_path / "whole") as county:
        ingest(county, [file])
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "test.key").write_bytes((tmp_path / "test.key").read_bytes())
    (tmp_path / "other" / "test.key").chmod(0o600)
    data = tmp_path / "other" / "county"

    with open_county(data, batch_rows=300) as county:
        real = county.log
        county.__dict__["log"] = FullDisk(real)
        with pytest.raises(StorageError, match="no space left"):
            ingest(county, [file])
        county.__dict__["log"] = real
    with open_county(data) as county:
        assert 0 < county.log.count() <= 300
        ingest(county, [file])

    assert digest_of(data) == digest_of(tmp_path / "whole")


def test_known_at_never_goes_back_with_the_clock(county_files: list[Path], tmp_path: Path) -> None:
    clock = MovableClock()
    clock.at = NOW
    first, second = lines_of(county_files[:1])[:100], lines_of(county_files[:1])[100:200]
    with County.open(settings_for(tmp_path / "county"), clock=clock) as county:
        ingest(county, [written(tmp_path, "one.ndjson", first)], Grant())
        clock.at = NOW - timedelta(days=400)
        ingest(county, [written(tmp_path, "two.ndjson", second)], Grant())
    with County.open(
        settings_for(tmp_path / "county"), clock=clock
    ) as county:  # also after a restart
        known = county.log.history()["known_at"]
        assert county.stamp() == int(NOW.timestamp())

    assert (known == int(NOW.timestamp())).all()


def test_events_that_come_before_their_person_enter_with_their_first_moment(
    county_files: list[Path], tmp_path: Path
) -> None:
    lines = lines_of(county_files[:10])
    registering = (b'"member.upsert"', b'"household.upsert"')
    register = [line for line in lines if any(kind in line for kind in registering)]
    others = [line for line in lines if not any(kind in line for kind in registering)]
    early, late = tmp_path / "early.ndjson", tmp_path / "late.ndjson"
    written(tmp_path, early.name, others)
    written(tmp_path, late.name, register)
    with open_county(tmp_path / "one") as county:
        waiting = ingest(county, [early])[0]
        again = ingest(county, [early])[0]
        kept = county.unmatched.count()
        ingest(county, [late])
        one = digest(county)
    (tmp_path / "two").mkdir()
    with open_county(tmp_path / "county2") as county:
        ingest(county, [late, early])
        two = digest(county)

    assert waiting["unmatched"] == again["unmatched"] != 0
    assert kept <= int(str(waiting["unmatched"]))
    assert one == two


def test_who_a_kill_left_registered_but_waited_for_is_let_in_by_the_same_batch(
    county_files: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = lines_of(county_files[:10])
    registering = (b'"member.upsert"', b'"household.upsert"')
    register = [line for line in lines if any(kind in line for kind in registering)]
    others = [line for line in lines if not any(kind in line for kind in registering)]
    early = written(tmp_path, "early.ndjson", others)
    late = written(tmp_path, "late.ndjson", register)
    with open_county(tmp_path / "whole") as county:
        ingest(county, [early, late])
        whole = digest(county)

    def killed(*_arguments: object) -> None:
        raise KeyboardInterrupt

    with open_county(tmp_path / "broken") as county:
        ingest(county, [early])
        with monkeypatch.context() as patch:
            patch.setattr(county.unmatched, "release", killed)
            with pytest.raises(KeyboardInterrupt):
                ingest(county, [late])
        waiting = county.unmatched.count()
        ingest(county, [late])

        assert waiting > county.unmatched.count()
        assert digest(county) == whole


def test_a_day_before_the_last_deal_changes_nothing_and_a_future_one_is_refused(
    county_files: list[Path], tmp_path: Path
) -> None:
    with open_county(tmp_path / "county") as county:
        ingest(county, county_files)
        sweep(county, date(2026, 10, 12), Silence())
        before = digest(county)
        cards = len(county.desk.live_cards())

        dry = sweep(county, date(2026, 9, 7), Silence())
        again = sweep(county, date(2026, 10, 12), Silence())

        assert dry.dry_run
        assert not again.dry_run
        assert digest(county) == before
        assert len(county.desk.live_cards()) == cards
        with pytest.raises(UsageError, match="future"):
            sweep(county, date(2026, 11, 24), Silence())


def test_missed_days_are_swept_and_only_today_is_dealt(
    county_files: list[Path], tmp_path: Path
) -> None:
    clock = MovableClock()
    clock.at = datetime(2026, 11, 19, 0, 30, tzinfo=UTC)
    with County.open(settings_for(tmp_path / "county"), clock=clock) as county:
        ingest(county, county_files)
        sweep(county, None, Silence())
        clock.at = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)
        swept = sweep(county, None, Silence())
        days = county.score_log.days()
        dealt = {line for line in county.desk.canonical_deals() if b"2026-11-2" in line}

    assert swept.missed_days == 3
    assert days == [date(2026, 11, day) for day in (19, 20, 21, 22, 23)]
    assert not any(b"2026-11-21" in line for line in dealt)


def test_a_visit_on_the_page_comes_back_as_a_fact(county_files: list[Path], tmp_path: Path) -> None:
    with open_county(tmp_path / "county") as county:
        ingest(county, county_files)
        sweep(county, None, Silence())
        card = next(card for card in county.desk.live_cards() if card.person)
        county.desk.record_outcome(
            card.id, Outcome.UNFOUNDED, by="li", role="worker", at=county.now()
        )
        position = county.log.last_position()
        relay(county)
        relay(county)

        facts = county.log.since(position)
        assert len(facts) == 1
        assert int(facts["card"][0]) == card.id
        assert int(facts["subject"][0]) == card.person
        told = county.card_log.of_card(card.id)
        assert [event.reason for event in told] == ["dealt", "outcome"]


def test_a_visit_through_the_door_ends_its_card(county_files: list[Path], tmp_path: Path) -> None:
    with open_county(tmp_path / "county") as county:
        ingest(county, county_files)
        sweep(county, None, Silence())
        card = next(card for card in county.desk.live_cards() if card.person)
        visit = {
            "event_type": "verification.result",
            "source_system": "village_report",
            "source_record_id": "v-1",
            "source_version": 1,
            "person_key": f"{card.person:016x}",
            "occurred_from": "2026-11-22",
            "reported_at": "2026-11-22T10:00:00+08:00",
            "card_id": card.id,
            "outcome": "unfounded",
        }
        file = written(tmp_path, "visit.ndjson", [msgspec.json.encode(visit)])
        ingest(county, [file], BACKFILL)
        ingest(county, [file], BACKFILL)

        ended = county.desk.card(card.id)
        assert ended is not None
        assert ended.stage == "completed"
        assert len(county.desk.outcomes(card.id)) == 1


def test_boards_that_cannot_be_refreshed_stop_neither_sweep_nor_deal(
    county_files: list[Path], tmp_path: Path
) -> None:
    with open_county(tmp_path / "county") as county:
        ingest(county, county_files)
        assert refresh_boards(county)
        county.clickhouse.command("DROP TABLE rollup")

        done = sweep(county, county.today(), Silence())

        assert not refresh_boards(county)
        assert done.members > 0
        assert county.desk.last_deal_day() == county.today()
