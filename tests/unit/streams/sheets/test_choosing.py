"""Which mapping a table gets, and which column is which field."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.sheets.choosing import bare_header, choose, fit
from streams.sheets.rules import SheetMapping
from tests.support.sheet_tables import frame, mappings, table, work_rows
from yujing.errors import SheetRefusedError

ALL = list(mappings())


@given(st.randoms(use_true_random=False), st.sampled_from(ALL))
def test_a_sheet_with_its_columns_in_any_order_gets_its_mapping(random, mapping) -> None:  # type: ignore[no-untyped-def]
    headers = [
        random.choice(rule.aliases).header
        for rule in mapping.columns.values()
        if rule.required or rule.telling or random.random() < 0.5
    ]
    headers = list(dict.fromkeys(headers))
    random.shuffle(headers)
    sheet = table({header: ["x"] for header in headers}, title=mapping.words[0])

    choice = choose(sheet, ALL)

    assert choice is not None
    assert choice.mapping is mapping
    for field, at in choice.columns.items():
        known = {bare_header(alias.header) for alias in mapping.columns[field].aliases}
        assert bare_header(headers[at]) in known


def test_an_irrelevant_sheet_gets_none() -> None:
    assert choose(table({"姓名": ["x"], "备注": ["y"]}), ALL) is None
    assert choose(table({"证件号码": ["x"], "姓名": ["y"]}, title="学生名单"), ALL) is None


def test_lists_are_told_apart_by_their_title_or_a_column_of_their_own() -> None:
    columns = {"姓名": ["x"], "身份证号": ["x"], "救助开始日期": ["x"]}

    def chosen(**more: str) -> str | None:
        choice = choose(table(columns, title=more.get("title", "")), ALL,
                        file_name=more.get("file_name", ""))  # fmt: skip
        return choice.mapping.name if choice else None

    assert chosen(title="农村低保对象名单") == "minimum_living"
    assert chosen(file_name="特困人员.xlsx") == "destitute"
    assert chosen() is None
    own = {**columns, "低保证号": ["x"]}
    assert choose(table(own), ALL).mapping.name == "minimum_living"  # type: ignore[union-attr]


def work() -> SheetMapping:
    return mappings().get("work_monthly")


def test_headers_in_two_lines_and_with_units() -> None:
    sheet = table({
        "基本情况/证件号码": ["x"], "务工情况/是否已务工": ["是"], "务工情况/开始时间": ["x"],
        "*务工月收入（元）": [1], "县（市、区）": ["x"],
    })  # fmt: skip

    assert fit(sheet, work()).columns == {
        "id_number": 0, "worked": 1, "start": 2, "wage": 3, "county": 4,
    }  # fmt: skip


def test_a_header_below_another_heading_means_something_else() -> None:
    sheet = table({"证件号码": ["x"], "是否已务工": ["是"], "帮扶措施/开始时间": ["x"],
                   "户主/证件号码": ["x"]})  # fmt: skip

    choice = fit(sheet, work())

    assert choice.columns == {"id_number": 0, "worked": 1}
    assert choice.unknown == (2, 3)


def test_another_unit_is_another_column() -> None:
    sheet = table({"证件号码": ["x"], "是否已务工": ["是"], "务工月收入(万元)": [1]})

    assert "wage" not in fit(sheet, work()).columns
    assert bare_header("收入(万元)") == "收入(万元)"


def test_the_first_alias_wins_and_the_other_column_is_left_over() -> None:
    sheet = table({"社会保障号": ["x"], "证件号码": ["x"], "是否已务工": ["是"]})

    choice = fit(sheet, work())

    assert (choice.columns["id_number"], choice.unknown) == (1, (0,))


def test_two_columns_with_one_header_are_refused() -> None:
    columns = work_rows()
    columns["务工情况/开始时间"] = ["2023-01"]
    columns["就业情况/开始时间"] = ["2023-02"]

    with pytest.raises(SheetRefusedError, match="same header") as refused:
        frame(table(columns, title="2023年3月"))
    assert "F、G" in refused.value.zh


def test_a_missing_required_column_is_named() -> None:
    columns = work_rows()
    del columns["证件号码"]

    with pytest.raises(SheetRefusedError, match="证件号码") as refused:
        frame(table(columns, title="2023年3月"))
    assert "证件号码" in refused.value.zh
