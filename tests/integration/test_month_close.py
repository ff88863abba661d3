"""The close of a month on a real county: gaps said once, withdrawn when the month is told late."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec
import numpy as np
import pytest

from streams.coverage import KIND
from tests.support.running_county import ingest, open_county, written
from yujing.app.county import County
from yujing.app.month_close import (
    close_months,
    closed_months,
    closes_on,
    gaps_by_month,
    silent_labourers,
)
from yujing.domain.days import month_start, to_month

pytestmark = pytest.mark.integration

SEPTEMBER = to_month(date(2026, 9, 1))
NOW = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)


@pytest.fixture
def county(tmp_path: Path, county_files: list[Path]) -> Iterator[County]:
    with open_county(tmp_path / "data", NOW) as county:
        ingest(county, county_files)
        yield county


def gaps(county: County, month: int = SEPTEMBER) -> set[int]:
    facts = county.log.facts(columns=("kind", "month", "subject"))
    return set(facts["subject"][(facts["kind"] == KIND) & (facts["month"] == month)].tolist())


def told(county: County, person: int, month: int) -> bytes:
    first = month_start(month)
    return msgspec.json.encode(
        {
            "event_type": "employment.monthly_status", "source_system": "employment_platform",
            "source_record_id": f"late-{person:x}-{month}", "source_version": 1,
            "person_key": f"{person:016x}", "occurred_from": first.isoformat(),
            "month": f"{first:%Y-%m}", "worked": "yes",
        }
    )  # fmt: skip


def test_a_month_closes_on_the_fifth_working_day_of_the_second_month_after(county: County) -> None:
    assert closes_on(SEPTEMBER, county.calendar) == date(2026, 11, 6)
    assert closed_months(date(2026, 11, 5), county.calendar)[-1] == SEPTEMBER - 1
    assert closed_months(date(2026, 11, 6), county.calendar)[-1] == SEPTEMBER


def test_who_was_not_told_of_becomes_a_gap_once(county: County) -> None:
    labourers, silent = silent_labourers(county, SEPTEMBER)
    assert 0 < len(silent) < labourers

    first = close_months(county)
    n_events = county.log.count()
    again = close_months(county)

    assert gaps(county) == set(silent.tolist())
    assert first[-1].opened == len(silent)
    assert [(one.opened, one.withdrawn) for one in again] == [(0, 0)] * len(again)
    assert county.log.count() == n_events
    assert gaps_by_month(county)[SEPTEMBER] == (len(silent), labourers)
    assert len(county.rebuilt().compare(county.state.sums())) == 0


def test_a_gap_is_withdrawn_when_the_month_is_told_late(county: County, tmp_path: Path) -> None:
    close_months(county)
    late = sorted(gaps(county))[0]
    path = written(tmp_path / "late", "late.ndjson", [told(county, late, SEPTEMBER)])
    (result,) = ingest(county, [path])
    assert result["accepted"] == 1

    done = close_months(county)

    assert done[-1].withdrawn == 1
    assert late not in gaps(county)
    assert np.array([one.withdrawn for one in done[:-1]]).sum() == 0


def test_nobody_is_asked_for_before_anything_was_ever_told(tmp_path: Path) -> None:
    with open_county(tmp_path / "empty", NOW) as county:
        assert all(one.gaps == 0 for one in close_months(county))
        assert county.log.count() == 0
