from datetime import UTC, datetime

import numpy as np
import pytest

from streams.door.derived import Background
from streams.door.grant import Grant
from streams.fact import MISSING_FEN
from tests.support.wire_events import (
    DOOR,
    ID_NUMBER,
    KEYS,
    KNOWN_AT,
    VILLAGE,
    WIRE,
    a_door,
    an_event,
    lines_of,
    read,
    required,
)
from yujing.domain.codes import Source
from yujing.domain.days import NEVER

WORKED = "employment.monthly_status"


def code_of(event: dict[str, object] | bytes, grant: Grant | None = None) -> str:
    line = event if isinstance(event, bytes) else lines_of([event])[0]
    reading = DOOR.read([line], grant=grant or Grant(), known_at=KNOWN_AT)
    return reading.rejects[0].code if reading.rejects else "kept"


def line_with(**raw: str) -> bytes:
    line = lines_of([an_event("assist.measure")])[0]
    return line[:-1] + "".join(f',"{name}":{text}' for name, text in raw.items()).encode() + b"}"


BAD_LINES = [
    (b"", "not_json"),
    (b"no json", "not_json"),
    (b"{", "not_json"),
    (b"\xff\xfe", "not_json"),
    (b'{"event_type":"member.exit","source_system":"\xff"}', "not_json"),
    (b'{"a":' * 100_000, "not_json"),
    (b"[]", "not_object"),
    (b"[" * 100_000, "not_object"),
    (b"3", "not_object"),
    (b"{}", "missing_field"),
    (b'{"event_type":"member.vanish"}', "unknown_type"),
    (b'{"event_type":7}', "unknown_type"),
    (b'{"event_type":"member.exit"}', "missing_field"),
    (line_with(amount="NaN"), "not_a_number"),
    (line_with(amount="-Infinity"), "not_a_number"),
    (line_with(amount="1e400"), "out_of_range"),
    (line_with(amount="1" * 400), "out_of_range"),
    (line_with(amount="1000000000.01"), "out_of_range"),
    (line_with(amount="0.001"), "many_decimals"),
    (line_with(amount='"5"'), "wrong_type"),
    (line_with(known_at="1"), "stamped"),
    (line_with(position="1"), "stamped"),
    (line_with(colour="1"), "unknown_field"),
    (b'{"x":"' + b"a" * 10_000_000 + b'"}', "too_long"),
]


@pytest.mark.parametrize(
    ("line", "code"), BAD_LINES, ids=[f"{c}-{n}" for n, (_, c) in enumerate(BAD_LINES)]
)
def test_a_bad_line_is_named(line: bytes, code: str) -> None:
    assert code_of(line) == code


BAD_FIELDS = [
    ({"source_version": 0}, "out_of_range"),
    ({"source_version": 2**31}, "out_of_range"),
    ({"source_version": 1.5}, "wrong_type"),
    ({"source_version": "1"}, "wrong_type"),
    ({"source_record_id": ""}, "wrong_length"),
    ({"source_record_id": "x" * 129}, "wrong_length"),
    ({"source_system": "somewhere"}, "unknown_code"),
    ({"schema_version": 2}, "unknown_code"),
    ({"op": "delete"}, "unknown_code"),
    ({"occurred_from": "2026-02-30"}, "impossible_date"),
    ({"occurred_from": None}, "missing_field"),
    ({"occurred_from": "1899-12-31"}, "occurred_before_1900"),
    ({"occurred_from": "2026-08-01"}, "occurred_in_future"),
    ({"occurred_to": "2026-05-19"}, "occurred_reversed"),
    ({"reported_at": "2026-06-01T00:00:00"}, "no_zone"),
    ({"region_code": "52052610000"}, "wrong_length"),
    ({"region_code": "52052610000a"}, "wrong_digits"),
    ({"region_code": "５２０５２６１００００１"}, "wrong_digits"),
    ({"work_region": "4403-0"}, "wrong_digits"),
    ({"month": "2026-13"}, "impossible_month"),
    ({"month": "2026/05"}, "impossible_month"),
    ({"month": "2026-5"}, "wrong_length"),
    ({"month": "1899-12"}, "period_before_1900"),
    ({"month": "2026-09"}, "period_in_future"),
    ({"worked": "perhaps"}, "unknown_code"),
    ({"days_worked": 256}, "out_of_range"),
    ({"id_number": None}, "missing_field"),
    ({"person_key": "xyz"}, "wrong_length"),
    ({"person_key": "000000000000000g"}, "bad_key"),
    ({"person_key": "00000000000000ff"}, "two_subjects"),
    ({"household_no": "H-1", "household_key": "00000000000000ff"}, "two_households"),
    ({"household_key": "000000000000000g"}, "bad_key"),
    ({"id_number": "1101051949123100"}, "id_length"),
    ({"id_number": "11010519491231A02X"}, "id_digits"),
    ({"id_number": "110105194912310021"}, "id_check_digit"),
    ({"id_number": "110105194913310022"}, "id_date"),
    ({"id_number": 110105194912310021}, "wrong_type"),
]


@pytest.mark.parametrize(("change", "code"), BAD_FIELDS, ids=lambda v: str(v)[:60])
def test_a_bad_field_is_named(change: dict[str, object], code: str) -> None:
    assert code_of(an_event(WORKED, **change)) == code


@pytest.mark.parametrize("event_type", WIRE)
def test_a_missing_field_is_named_unless_the_event_retracts(event_type: str) -> None:
    for name in required(event_type):
        event = an_event(event_type, **{name: None})
        rejects = read(event).rejects

        assert [(r.code, name in r.reason, name in r.reason_zh) for r in rejects] == [
            ("missing_field", True, True)
        ]
        assert read(event | {"op": "retract"}).rejects == []


@pytest.mark.parametrize("event_type", ["member.upsert", "household.upsert", "disaster.area"])
def test_a_registration_and_a_disaster_need_a_place(event_type: str) -> None:
    assert code_of(an_event(event_type, region_code=None)) == "missing_field"


def test_a_member_needs_a_household_and_a_link_another_person() -> None:
    assert code_of(an_event("member.upsert", household_no=None)) == "missing_field"
    assert code_of(an_event("identity.link", other_person_key=None)) == "missing_field"
    assert code_of(an_event("identity.link", other_person_key=None, other_id_number=ID_NUMBER)) == (
        "same_person"
    )
    assert code_of(an_event("identity.link", other_person_key="x" * 16)) == "bad_key"
    assert code_of(an_event("identity.link", other_id_number="1")) == "id_length"


def test_a_retraction_needs_its_subject_and_nothing_else() -> None:
    bare = an_event(
        WORKED, op="retract", month=None, worked=None, occurred_from=None, region_code=None
    )
    fact = read(bare).facts[0]

    assert (fact["retracted"], fact["kind"], fact["wage_fen"]) == (1, 9, MISSING_FEN)
    assert code_of(bare | {"id_number": None}) == "missing_field"


def test_what_a_retraction_repeats_plays_no_part() -> None:
    bare = an_event("member.upsert", op="retract", sex=None, birth=None, relation=None)
    full = an_event("member.upsert", op="retract", name="王小明", phone="13800138000")
    reading = read(bare, full)

    assert reading.facts["content"][0] == reading.facts["content"][1]
    assert not reading.identities


def test_a_plan_may_lie_in_the_future() -> None:
    assert (
        code_of(an_event("employment.plan", occurred_from="2027-03-01", month="2027-03")) == "kept"
    )


def test_a_reason_never_repeats_what_was_sent() -> None:
    reading = DOOR.read(
        [
            lines_of([an_event("member.upsert", sex="王小明")])[0],
            lines_of([an_event("member.upsert", 王小明=1)])[0],
            lines_of([an_event("member.upsert", id_number="110105194912310021")])[0],
        ],
        grant=Grant(),
        known_at=KNOWN_AT,
    )
    said = " ".join(r.reason + r.reason_zh + repr(r) for r in reading.rejects)

    assert len(reading.rejects) == 3
    assert "王小明" not in said
    assert "19491231" not in said
    assert repr(reading) == "Reading(0 facts, 3 rejects, 0 warnings)"


@pytest.mark.parametrize(
    "spelling",
    [
        "11010519491231002X",
        "11010519491231002x",
        " 110105 19491231 002X ",
        "１１０１０５１９４９１２３１００２Ｘ",
        "11010519491231002X43",
        "11010519491231002X43B1",
    ],
)
def test_every_spelling_of_an_id_number_is_one_person(spelling: str) -> None:
    reading = read(an_event("member.exit", id_number=spelling), an_event("member.exit"))

    assert reading.rejects == []
    assert len(set(reading.facts["subject"].tolist())) == 1


def test_fifteen_digits_become_eighteen_with_a_finding() -> None:
    old, new = an_event("member.exit", id_number="110105491231002"), an_event("member.exit")
    reading = read(old, new)

    assert reading.facts["subject"][0] == reading.facts["subject"][1]
    assert [tuple(finding) for finding in reading.warnings] == [(0, "id_of_15_digits")]
    assert code_of(an_event("member.exit", id_number="11010549123100A")) == "id_digits"


@pytest.mark.parametrize(
    ("grant", "code"),
    [
        (Grant(), "kept"),
        (Grant(source=Source.VILLAGE_REPORT, kinds=frozenset({9}), regions=(VILLAGE[:9],)), "kept"),
        (Grant(source=Source.EDUCATION), "grant_source"),
        (Grant(kinds=frozenset({1, 2})), "grant_kind"),
        (Grant(regions=("520524", "520222")), "grant_region"),
        (Grant(regions=()), "grant_region"),
    ],
)
def test_what_a_caller_may_send(grant: Grant, code: str) -> None:
    assert code_of(an_event(WORKED), grant) == code


@pytest.mark.parametrize("event_type", [WORKED, "income.report", "hardship.report"])
def test_without_a_place_the_region_of_the_registered_subject_counts(event_type: str) -> None:
    def at(region: int) -> str:
        def lookup(keys: np.ndarray) -> Background:
            n = len(keys)
            zeros = np.zeros(n, np.uint8)
            return Background(
                np.full(n, NEVER, np.int32), zeros, zeros, np.full(n, region, np.int64),
                np.zeros(n, np.uint64),
            )  # fmt: skip

        event = lines_of([an_event(event_type, region_code=None)])
        grant = Grant(regions=("520526",))
        rejects = a_door(lookup=lookup).read(event, grant=grant, known_at=KNOWN_AT).rejects
        return rejects[0].code if rejects else "kept"

    assert at(520526100001) == "kept"
    assert at(520524100001) == "grant_region"
    assert at(0) == "kept"  # unregistered: the event will wait outside the log


def test_known_at_is_the_clock_or_in_a_backfill_the_source_s_own_time() -> None:
    event = an_event(WORKED, reported_at="2026-06-03T09:00:00.75+08:00")
    silent = an_event(WORKED)
    backfill = Grant(backfill=True)
    reported = int(datetime(2026, 6, 3, 1, tzinfo=UTC).timestamp())

    assert read(event).facts["known_at"].tolist() == [KNOWN_AT]
    assert read(event, silent, grant=backfill).facts["known_at"].tolist() == [reported, KNOWN_AT]
    assert (
        code_of(event | {"reported_at": "2026-07-01T00:00:00Z"}, backfill) == "reported_in_future"
    )
    assert code_of(event | {"reported_at": "1969-01-01T00:00:00Z"}, backfill) == "out_of_range"
    assert code_of(event | {"occurred_from": "2026-07-20"}, backfill) == "occurred_in_future"


def test_the_door_stamps_no_position_and_no_household() -> None:
    fact = read(an_event("member.upsert")).facts[0]

    assert [int(fact[name]) for name in ("position", "household", "flagged")] == [0, 0, 0]


def test_an_unknown_place_is_flagged_and_the_old_county_is_the_new_district() -> None:
    reading = read(
        an_event(WORKED, region_code="520526999999"),
        an_event(WORKED, region_code="520221000000"),
        an_event(WORKED, region_code="520204000000"),
        an_event(WORKED, region_code=None),
    )

    assert reading.facts["flagged"].tolist() == [1, 0, 0, 0]
    assert (0, "region_unknown") in reading.warnings
    assert reading.facts["content"][1] == reading.facts["content"][2]


def test_personal_texts_go_to_the_vault_alone() -> None:
    reading = read(
        an_event("member.upsert", name="王小明", phone="13800138000"),
        an_event("member.upsert", id_number=None, person_key="00000000000000ff", name="李四"),
        an_event("household.upsert", household_no="H-2"),
        an_event("employment.start", employer="某厂", intermediary="某中介"),
        an_event("verification.result", note="见到本人"),
        an_event("hardship.report", description="屋顶漏水"),
        an_event("member.upsert", name="坏行", birth="2999-01-01"),
        an_event("employment.start", employer="坏厂", area=None),
    )
    person = int(KEYS.person_keys([ID_NUMBER])[0])
    h1, h2 = KEYS.household_keys(["H-1", "H-2"]).tolist()
    employers = dict(
        zip(KEYS.employer_keys(["某厂", "某中介"]).tolist(), ["某厂", "某中介"], strict=True)
    )
    texts = reading.facts["text"]

    assert reading.identities.persons == [
        (person, ID_NUMBER, "王小明", "13800138000"),
        (255, None, "李四", None),
    ]
    assert sorted(reading.identities.households) == sorted([(h1, "H-1"), (h2, "H-2")])
    assert dict(reading.identities.employers) == employers
    assert {text for _, text in reading.identities.notes} == {"见到本人", "屋顶漏水"}
    assert {fact for fact, _ in reading.identities.notes} == set(reading.facts["fact"].tolist())
    assert (texts != 0).tolist() == [True, True, False, False, True, True]


def test_another_name_is_another_content() -> None:
    reading = read(
        *(an_event("member.upsert", name=name) for name in ("王小明", "王晓明", "王小明"))
    )
    first, second, third = reading.facts["content"].tolist()

    assert first == third != second


def test_a_batch_of_nothing_is_nothing() -> None:
    reading = DOOR.read([], grant=Grant(backfill=True, regions=(VILLAGE,)), known_at=KNOWN_AT)

    assert (len(reading.facts), reading.rejects, reading.warnings) == (0, [], [])
