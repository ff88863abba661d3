"""No personal data outside the vault: a county that lived is searched as a whole."""

from datetime import date
from pathlib import Path

import msgspec
import pytest

from tests.support.personal_data_scan import scan
from tests.support.running_county import ingest, lines_of, open_county, written
from yujing.app.output import Silence
from yujing.app.sweep import sweep

pytestmark = pytest.mark.integration

PLANTED = ("520204198001010013", "13987654321", "欧阳晓峰")


def test_a_county_that_lived_holds_no_personal_data_outside_its_vault(
    county_files: list[Path], tmp_path: Path
) -> None:
    events = [msgspec.json.decode(line) for line in lines_of(county_files[:12])]
    needles = {event["id_number"] for event in events if "id_number" in event}
    needles |= {event[name] for event in events for name in ("name", "phone") if event.get(name)}
    bad = [
        msgspec.json.encode(events[1] | {"sex": PLANTED[2], "phone": PLANTED[1]}),
        f'{{"id_number": "{PLANTED[0]}", "name": "{PLANTED[2]}"'.encode(),
        msgspec.json.encode(
            {
                "event_type": "hardship.report",
                "source_system": "village_report",
                "source_record_id": PLANTED[0],
                "source_version": 1,
                "household_no": next(e["household_no"] for e in events if "household_no" in e),
                "region_code": "520204001001",
                "occurred_from": "2026-11-20",
                "risks": ["illness"],
                "description": f"{PLANTED[2]} {PLANTED[1]}",
            }
        ),
    ]
    data = tmp_path / "county"
    with open_county(data) as county:
        ingest(county, county_files[:12])
        ingest(county, [written(tmp_path, "bad.ndjson", bad)])
        sweep(county, date(2026, 11, 1), Silence())
        found = scan(data, county._client, [n for n in {*needles, *PLANTED} if len(n.encode()) > 8])

    assert needles
    assert found == []
