import pytest

from streams.door.record_id import DIGEST_PREFIX, names_a_person, safe
from tests.support.wire_events import KEYS, an_event, read

PERSONAL = [
    "11010519491231002X",
    "emp-11010519491231002X-202601",
    "110105194912310021202601",
    "110105491231002",
    "13800138000",
    "call13800138000",
    "王小明-2026",
]
PLAIN = ["E-000000123", "2026-05-20/17", "520526101203-2026-05", "a" * 128, "20260520123456"]


@pytest.mark.parametrize("record_id", PERSONAL)
def test_what_could_name_a_person_is_replaced(record_id: str) -> None:
    (digest,) = safe([record_id], KEYS)

    assert names_a_person(record_id)
    assert digest.startswith(DIGEST_PREFIX)
    assert not names_a_person(digest)
    assert safe([digest], KEYS) == [digest]


@pytest.mark.parametrize("record_id", PLAIN)
def test_other_ids_stay(record_id: str) -> None:
    assert not names_a_person(record_id)
    assert safe([record_id], KEYS) == [record_id]


def test_each_keeps_its_place_and_its_fact() -> None:
    mixed = [PLAIN[0], PERSONAL[0], PLAIN[1], PERSONAL[6]]
    reading = read(*(an_event("member.exit", source_record_id=i) for i in mixed))

    assert [i.startswith(DIGEST_PREFIX) for i in reading.record_ids] == [False, True, False, True]
    assert len(set(reading.facts["fact"].tolist())) == 4
    again = KEYS.fact_keys(["village_report"] * 4, reading.record_ids)
    assert again.tolist() == reading.facts["fact"].tolist()
