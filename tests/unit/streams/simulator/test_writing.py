import json
from pathlib import Path

import numpy as np

from streams.simulator.column import People, Whole
from streams.simulator.table import DAY_SECONDS, RETRACT, table
from streams.simulator.writing import Names, encoded, write
from yujing.domain.codes import Source

NAMES = Names(np.array(["ID0", "ID1"]), np.array(["H0"]))
MONDAY = 20_577   # 2026-05-04


def test_an_event_has_its_envelope_and_payload() -> None:
    one = table(
        "identity.link", "L", source=Source.PUBLIC_SECURITY, first=np.array([MONDAY]),
        last=np.array([MONDAY + 1]), reported=np.array([MONDAY * DAY_SECONDS + 3661]),
        person=np.array([0]), household=np.array([0]), region=np.array([522632001004]),
        other_id_number=People(np.array([1])))

    assert json.loads(encoded(one, NAMES)[0]) == {
        "event_type": "identity.link", "source_record_id": "L-0",
        "source_system": "public_security", "id_number": "ID0", "household_no": "H0",
        "region_code": "522632001004", "occurred_from": "2026-05-04", "occurred_to": "2026-05-05",
        "reporter_role": "department", "reported_at": "2026-05-04T01:01:01+08:00",
        "source_version": 1, "other_id_number": "ID1",
    }


def test_a_withdrawal_has_no_payload() -> None:
    one = table("income.report", "N", source=Source.CIVIL_AFFAIRS, first=np.array([1]),
                reported=np.array([1]), household=np.array([0]), claim=Whole(np.array([5])))
    gone = one.but(op=np.array([RETRACT], np.uint8), version=np.array([2]))

    assert "claim" in json.loads(encoded(one, NAMES)[0])
    assert "claim" not in json.loads(encoded(gone, NAMES)[0])


def test_one_file_a_week_sorted_by_report_and_nothing_after_the_end(tmp_path: Path) -> None:
    days = MONDAY + np.array([9, 0, 6, 7, 30])
    made = table("income.report", "N", source=Source.CIVIL_AFFAIRS, first=days,
                 reported=days * DAY_SECONDS + 5, household=np.zeros(5, int))
    shares: list[float] = []
    counts = write([made], NAMES, tmp_path, until=MONDAY + 9, progress=shares.append)
    files = sorted(tmp_path.iterdir())

    assert [path.name for path in files] == ["2026-05-04.ndjson", "2026-05-11.ndjson"]
    assert [len(path.read_text().splitlines()) for path in files] == [2, 2]
    assert counts == {"income.report": 4}
    assert all(0 <= share <= 1 for share in shares)


def test_many_moments_are_written_like_few() -> None:
    n = 20_001
    many = table("income.report", "N", source=Source.CIVIL_AFFAIRS, first=np.zeros(n, int),
                 reported=np.arange(n) * 4, household=np.zeros(n, int))
    few = many.take(np.array([0, 20_000]))

    assert [encoded(many, NAMES)[i] for i in (0, 20_000)] == encoded(few, NAMES)
