"""A proposed mapping parses, knows what can be known, and becomes one when a person adds events."""

import tomllib
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from streams.sheets.cells import Cell
from streams.sheets.mapping import Mappings
from streams.sheets.proposal import nearest_to, propose
from tests.support.sheet_tables import mappings, person, table

SHEET = table(
    {
        "学生姓名": ["王小明"] * 30,
        "身份证号码": [person(at) for at in range(30)],
        "学籍号": [person(at) for at in range(30)],
        "监护人手机": ["13800138000"] * 30,
        "资助金额": [500.0] * 30,
        "发放日期": ["2023-03-01"] * 30,
        "到账月份": ["2023年3月"] * 30,
        "是否到账": ["是", "否"] * 15,
        "资助类别": ["甲类", "乙类"] * 15,
        "备注说明": [f"说明{at}" for at in range(30)],
        "子女数": [at % 3 for at in range(30)],
    },
    title="学生资助名单",
)
EVENT = """
[[event]]
type = "assist.measure"
record = "aid-{id_number}"
occurred_from = "column_f"
[event.values]
id_number = "id_number"
measure = { is = "education" }
"""


def columns(text: str) -> dict[str, str]:
    """Return the spelling of each header of a proposal."""
    return {
        column["aliases"][0]["header"]: column["spelling"]
        for column in tomllib.loads(text)["column"]
    }


def test_spellings_are_guessed_from_the_cells() -> None:
    assert columns(propose(SHEET, mappings())) == {
        "学生姓名": "text", "身份证号码": "id_number", "学籍号": "id_number", "监护人手机": "phone",
        "资助金额": "yuan", "发放日期": "day", "到账月份": "day_or_month", "是否到账": "answer",
        "资助类别": "text", "备注说明": "text", "子女数": "count",
    }  # fmt: skip


def test_known_headers_keep_their_field_and_values_of_people_are_not_told() -> None:
    text = propose(SHEET, mappings())

    assert 'field = "id_number"    # B: 身份证号码' in text
    assert "甲类、乙类" in text
    assert "王小明" not in text
    assert person(0) not in text


def test_with_an_event_it_is_a_mapping(tmp_path: Path) -> None:
    (tmp_path / "aid.toml").write_text(propose(SHEET, mappings()) + EVENT, encoding="utf8")

    mapping = Mappings.load(tmp_path).get("aid")

    assert mapping.title == "学生资助名单"
    assert len(mapping.columns) == len(SHEET.columns)


def test_the_nearest_mapping_is_named() -> None:
    sheet = table({"户编号": ["1"], "工资性收入": [1], "财产性收入": [1]})

    assert nearest_to(sheet, mappings()).name == "income"  # type: ignore[union-attr]
    assert "Nearest: income" in propose(sheet, mappings())
    assert nearest_to(table({"甲": [1]}), mappings()) is None


@given(st.dictionaries(st.text(min_size=1, max_size=6).filter(str.strip),
                       st.lists(st.none() | st.text(max_size=5), min_size=2, max_size=2),
                       min_size=1, max_size=4))  # fmt: skip
def test_any_headers_and_cells_give_a_file_that_parses(cells: dict[str, list[Cell]]) -> None:
    sheet = table(cells, title="甲\n乙\"'")

    assert len(tomllib.loads(propose(sheet, mappings()))["column"]) == len(cells)
