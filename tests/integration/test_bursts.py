"""A file that would open too many red cards becomes one held item."""

import json
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import insert

from alerts.desk.tables import COUNTY_SIZES
from streams.door.grant import Grant
from tests.support.running_county import ingest, open_county
from yujing.app.ordered import of_buckets
from yujing.app.reds import deal_reds
from yujing.domain.codes import Source
from yujing.storage.sql import writing

pytestmark = pytest.mark.integration

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)   # GB 11643
VILLAGE = "522632101001"
N = 25   # more than the default burst of 20


def id_number(n: int) -> str:
    body = f"52263219850301{n:03d}"
    total = sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True))
    return body + "10X98765432"[total % 11]


def events(n: int) -> list[dict[str, object]]:
    common = {"source_system": "employment_platform", "source_version": 1, "region_code": VILLAGE}
    person = {**common, "id_number": id_number(n)}
    member = {
        **person, "event_type": "member.upsert", "source_record_id": f"m-{n}",
        "household_no": f"H{n}", "sex": "male", "birth": "1985-03-01", "relation": "head",
        "skill": "ordinary", "student": "no", "health": ["healthy"], "occurred_from": "2025-01-01",
    }
    category = {
        **person, "event_type": "category.open", "source_record_id": f"c-{n}",
        "category": "ex_poor", "occurred_from": "2020-01-01",
    }
    idle = [
        {
            **person, "event_type": "employment.monthly_status",
            "source_record_id": f"s-{n}-{month}", "month": month, "worked": "no",
            "occurred_from": f"{month}-01", "precision": "month",
        }
        for month in ("2026-07", "2026-08", "2026-09", "2026-10")
    ]
    return [member, category, *idle]


def test_a_file_that_opens_too_many_reds_is_held_as_one_item(tmp_path: Path) -> None:
    file = tmp_path / "october.ndjson"
    file.write_text("\n".join(json.dumps(e) for n in range(N) for e in events(n)))
    with open_county(tmp_path / "county") as county:
        result = ingest(county, [file], Grant(source=Source.EMPLOYMENT_PLATFORM))[0]
        held = county.desk.held()
        name = int(county.keys.text_keys([file.name])[0])

        assert result["accepted"] == N * 6
        assert [(one.dimension, one.value, one.n) for one in held] == [("file", name, N)]
        assert county.desk.live_cards() == []

        county.desk.release(held[0].id, by="li", at=county.now())

        assert len(county.desk.live_cards()) == N


def written(folder: Path, n: int) -> Path:
    file = folder / "october.ndjson"
    file.write_text("\n".join(json.dumps(e) for i in range(n) for e in events(i)))
    return file


def test_a_burst_is_measured_against_the_county_of_the_last_deal(tmp_path: Path) -> None:
    file = written(tmp_path, N)
    with open_county(tmp_path / "county") as county:
        county.desk.view(county.today())   # makes the tables
        with writing(county.engine) as connection:
            connection.execute(insert(COUNTY_SIZES).values(
                county=522632, households=100 * N, as_of="2026-11-22"))

        ingest(county, [file], Grant(source=Source.EMPLOYMENT_PLATFORM))

        assert county.desk.held() == []   # one per cent of that many households
        assert len(county.desk.live_cards()) == N


def test_reds_are_dealt_to_the_households_that_are_owned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = written(tmp_path, 12)
    with open_county(tmp_path / "county") as county:
        monkeypatch.setattr("yujing.app.ingest.deal_reds", lambda *_args, **_named: 0)
        ingest(county, [file], Grant(source=Source.EMPLOYMENT_PLATFORM))
        homes = np.unique(county.state.members["household"])
        mine = of_buckets(3, [1])
        assert 0 < mine(homes).sum() < 12

        deal_reds(county, homes, owned=mine)

        opened = [card.household for card in county.desk.live_cards()]
        assert sorted(opened) == homes[mine(homes)].tolist()
