"""What a table says row by row: faults with their reasons, doubts, scopes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.sheets.cells import Cell
from streams.sheets.translate import Frame, RowFault
from tests.support.sheet_tables import frame, person, table, work_rows

TITLE = "2023年3月已外出务工"
ANY: st.SearchStrategy[Cell] = st.one_of(
    st.none(), st.text(max_size=6), st.floats(), st.booleans(), st.dates(),
    st.sampled_from(["2023.1", 2023.1, "5.2E+17", "#REF!", "张三", "13800138000", "无", "是"]),
)  # fmt: skip


def read(n: int = 1, **more: object) -> Frame:
    return frame(table(work_rows(n, **more), title=TITLE))  # type: ignore[arg-type]


def first(found: Frame) -> RowFault:
    assert len(found.faults) == 1
    return found.faults[0]


def test_a_right_row_has_no_fault_and_no_warning() -> None:
    found = read(3)

    assert (found.n_rows, found.faults, found.warnings) == (3, [], [])
    assert found.scopes == ["2023-03|织金县/双堰街道/星秀社区居民委员会"] * 3
    assert found.unknown_columns == ()


def test_the_reason_names_column_and_value_and_what_to_type() -> None:
    fault = first(read(开始时间="2023-13"))

    assert (fault.row, fault.column, fault.code) == (0, "开始时间", "impossible_date")
    assert fault.zh == "“开始时间”列的“2023-13”不是存在的日期"
    assert "开始时间" in fault.en
    assert "2023-13" in fault.en


@pytest.mark.parametrize(
    ("header", "cell", "code"),
    [
        ("是否已务工", "也许", "unknown_word"), ("是否已务工", None, "required"),
        ("证件号码", None, "required"), ("证件号码", 5.2e17, "digits_lost"),
        ("开始时间", 2023.1, "month_two_readings"), ("开始时间", "03/04/2023", "date_two_readings"),
        ("务工月收入", "三千左右", "not_an_amount"), ("务工月收入", "#N/A", "formula_error"),
        ("户编号", 5.2e17, "digits_lost"), ("当月务工天数", "半个月", "not_a_count"),
        ("行政区划代码", "5205", "not_a_region_code"),
    ],
)  # fmt: skip
def test_a_wrong_cell_refuses_its_row(header: str, cell: Cell, code: str) -> None:
    fault = first(read(2, **{header: [work_rows(2).get(header, [None, None])[0], cell]}))

    assert (fault.row, fault.column, fault.code) == (1, header, code)


@pytest.mark.parametrize("header", ["所属行业", "就业渠道", "户类型", "是否点对点输送", "务工区域"])
def test_an_unknown_word_where_the_field_is_optional_is_a_warning(header: str) -> None:
    found = read(**{header: "说不清"})

    assert found.faults == []
    assert [(doubt.column, doubt.code) for doubt in found.warnings] == [(header, "unknown_word")]
    assert "说不清" in found.warnings[0].zh


def test_several_faults_of_a_row_are_all_told_rising_by_row() -> None:
    found = read(3, 开始时间=[None, "x", "2023-01"], 务工月收入=["y", "z", 1])

    assert [(fault.row, fault.column) for fault in found.faults] == [
        (0, "务工月收入"), (1, "开始时间"), (1, "务工月收入"),
    ]  # fmt: skip
    assert found.faulty.tolist() == [True, True, False]


def test_a_shifted_row_is_refused_whatever_it_says() -> None:
    found = frame(table(work_rows(2), title=TITLE, uneven=[1]))

    assert (first(found).row, first(found).code) == (1, "uneven_row")
    assert found.unreadable.tolist() == [False, True]


def test_personal_values_are_masked_in_every_reason() -> None:
    number, name, phone = person(7), "欧阳小明", "13800138000"
    wrong = number[:17] + ("0" if number[17] != "0" else "1")
    found = read(
        3, 证件号码=[wrong, person(1), person(2)], 姓名=name, 联系电话=["无人接", phone, phone],
        所属行业=["制造业", name, phone], 行政村=[name, phone, "星秀社区"], 务工所在县=name,
        务工月收入=[1, 2, f"{name}，{phone}"],
    )  # fmt: skip

    assert {fault.code for fault in found.faults} == {"id_check_digit", "not_an_amount"}
    for told in (*found.faults, *found.warnings):
        for text in (told.zh, told.en):
            assert wrong not in text
            assert name not in text
            assert phone not in text


def test_unknown_columns_are_told() -> None:
    assert read(村级联系人="王某", 是否核对="是").unknown_columns == ("村级联系人", "是否核对")


def test_scopes_follow_the_names_however_they_are_written() -> None:
    found = read(4, 县="织金", 乡=["双堰", "织金县双堰街道", "双堰街道", "双堰街道"],
                 行政村=["星秀", "星秀社区居委会", "新迁村", None])  # fmt: skip

    assert found.scopes == [
        "2023-03|织金县/双堰街道/星秀社区居民委员会",
        "2023-03|织金县/双堰街道/星秀社区居民委员会",
        "2023-03|织金县/双堰街道/新迁村",
        None,
    ]
    assert [(doubt.row, doubt.code) for doubt in found.warnings] == [(2, "place_not_found")]


def test_a_name_list_is_the_whole_of_a_category_in_a_township() -> None:
    columns = work_rows(1, 救助开始日期="2020-01", 救助类别="农村低保")
    found = frame(table(columns, title="农村低保名单"))

    assert found.scopes == ["minimum_living|织金县/双堰街道"]


def test_a_row_that_makes_no_event_says_why() -> None:
    columns = {"残疾人证号": [person(1) + "43", person(2) + "41"], "残疾等级": ["三级", "一级"],
               "发证日期": ["2020-01-01"] * 2}  # fmt: skip
    found = frame(table(columns, title="残疾人名单"))

    assert (first(found).row, first(found).code) == (0, "no_event")
    assert "一级或二级" in first(found).zh


@given(st.lists(st.tuples(ANY, ANY, ANY, ANY), min_size=1, max_size=6), st.booleans())
def test_no_cell_breaks_a_sheet(rows: list[tuple[Cell, ...]], typed: bool) -> None:
    headers = ("证件号码", "是否已务工", "开始时间", "务工月收入")
    columns = {header: [row[at] for row in rows] for at, header in enumerate(headers)}

    found = frame(table(columns, title=TITLE, typed=typed))

    assert found.faulty.tolist() == [
        any(fault.row == row for fault in found.faults) for row in range(len(rows))
    ]
    assert all(fault.zh and fault.en and fault.code for fault in found.faults)
