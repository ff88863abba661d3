"""Mappings are files: the shipped ones are whole, a wrong one is refused with all it has wrong."""

from pathlib import Path

import pytest

from streams.sheets.cells import header_text
from streams.sheets.mapping import Mappings
from streams.sheets.rules import SheetMapping
from tests.support.sheet_tables import mappings
from yujing.errors import SettingsError

NAMES = {
    "work_monthly", "work_plan", "members", "monitored", "income", "insurance_payment",
    "insurance_status", "medical_settlement", "minimum_living", "destitute", "disabled",
}  # fmt: skip
OWN = """
title = "学生资助"
source = "education"
words = ["资助"]

[[column]]
field = "id_number"
[[column]]
field = "grade_word"
spelling = "code"
code_set = "Student"
required = true
telling = true
aliases = [{ header = "年级", seen = "a file of 2026" }]
words = [{ code = "higher", words = ["大一"], seen = "a file of 2026" }]
[[column]]
field = "paid"
spelling = "day"
aliases = [{ header = "发放日期", seen = "a file of 2026" }]

[[event]]
type = "assist.measure"
record = "aid-{id_number}-{paid:month}"
occurred_from = "paid"
[event.values]
id_number = "id_number"
measure = { is = "education" }
"""


def own(folder: Path, text: str, name: str = "student_aid") -> Mappings:
    (folder / f"{name}.toml").write_text(text, encoding="utf8")
    return Mappings.load(folder)


def test_what_is_shipped_loads_and_is_whole() -> None:
    assert {mapping.name for mapping in mappings()} == NAMES
    for mapping in mappings():
        assert mapping.words
        assert mapping.events
        assert any(rule.telling for rule in mapping.columns.values())
        assert all(event.scoped == bool(mapping.replaces) for event in mapping.events[:1])


@pytest.mark.parametrize("mapping", list(mappings()), ids=lambda mapping: mapping.name)
def test_every_alias_and_word_says_where_it_was_seen(mapping: SheetMapping) -> None:
    for rule in mapping.columns.values():
        headers = [alias.header for alias in rule.aliases]
        assert all(alias.seen for alias in rule.aliases)
        assert len(set(headers)) == len(headers), rule.field
        assert headers == [header_text(header) for header in headers]


@pytest.mark.parametrize("mapping", list(mappings()), ids=lambda mapping: mapping.name)
def test_no_header_is_two_fields_of_a_mapping(mapping: SheetMapping) -> None:
    seen: dict[str, str] = {}
    for rule in mapping.columns.values():
        for alias in rule.aliases:
            assert seen.setdefault(alias.header, rule.field) == rule.field


def test_known_headers_are_those_of_all_mappings() -> None:
    assert {
        "证件号码",
        "是否已务工",
        "费款所属期",
        "残疾人证号",
        "县(市、区)",
    } <= mappings().known_headers


def test_a_new_sheet_is_a_new_file(tmp_path: Path) -> None:
    mapping = own(tmp_path, OWN).get("student_aid")

    assert mapping.columns["grade_word"].words["大一"] == "higher"
    assert "身份证号" in {alias.header for alias in mapping.columns["id_number"].aliases}
    assert {found.name for found in Mappings.load(tmp_path)} == NAMES | {"student_aid"}


def test_a_countys_own_file_takes_the_place_of_the_shipped_one(tmp_path: Path) -> None:
    assert own(tmp_path, OWN, "work_monthly").get("work_monthly").title == "学生资助"


def test_a_missing_folder_is_no_fault(tmp_path: Path) -> None:
    assert {found.name for found in Mappings.load(tmp_path / "none")} == NAMES
    with pytest.raises(SettingsError, match="no mapping 'x'"):
        mappings().get("x")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('source = "education"', 'source = "school"', "school"),
        ('title = "学生资助"', "", "title"),
        ('words = ["资助"]', 'word = ["资助"]', "unknown word"),
        ('spelling = "day"', 'spelling = "days"', "no spelling 'days'"),
        ('code_set = "Student"', 'code_set = "Pupil"', "no code set 'Pupil'"),
        ('code_set = "Student"', 'code_set = "zh"', "no code set 'zh'"),
        ('code = "higher"', 'code = "high"', "'high'"),
        (', seen = "a file of 2026" }]\n[[column]]', " }]\n[[column]]", "seen"),
        ('aliases = [{ header = "发放日期", seen = "a file of 2026" }]', "", "no aliases"),
        ('required = true', 'needed = true', "needed"),
        ('type = "assist.measure"', 'type = "assist.help"', "no such event type"),
        ('"aid-{id_number}-{paid:month}"', '"aid"', "record id names no field"),
        ('"aid-{id_number}-{paid:month}"', '"aid-{number}"', "no field 'number'"),
        ('occurred_from = "paid"', 'occurred_from = "day"', "no field 'day'"),
        ('measure = { is = "education" }', "", "needs 'measure'"),
        ('id_number = "id_number"', 'person = "id_number"', "the wire has no 'person'"),
        ('occurred_from = "paid"', 'when = [["paid", "like", "x"]]', "no comparison 'like'"),
        ('words = ["资助"]', 'words = ["资助"', "student_aid.toml"),
        ('words = ["资助"]', 'period = "week"', "period is one of"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_refused_by_what_is_wrong(
    tmp_path: Path, old: str, new: str, says: str
) -> None:
    assert old in OWN
    with pytest.raises(SettingsError) as refused:
        own(tmp_path, OWN.replace(old, new, 1))
    assert says in str(refused.value)


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text("title = ", encoding="utf8")
    with pytest.raises(SettingsError) as refused:
        own(tmp_path, OWN.replace('"assist.measure"', '"x"'))
    assert len(refused.value.problems) >= 2
