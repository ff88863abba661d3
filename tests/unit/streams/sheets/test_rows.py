"""Data rows, sums, signatures, earlier answers."""

import pytest

from streams.sheets.cells import Cell
from streams.sheets.rows import data_rows, find_result_columns

HEADER: list[Cell] = ["序号", "姓名", "证件号码", "务工月收入"]
PERSON: list[Cell] = ["1", "张三", "522632199105110010", 3000.0]


def split(*rows: list[Cell], numbered: bool = False) -> tuple[list[int], list[int]]:
    filled = [row + [None] * (4 - len(row)) for row in rows]
    return data_rows([HEADER, *filled], range(1), numbered, range(4))


def test_empty_rows_are_no_data() -> None:
    assert split(PERSON, [None] * 4, ["", " ", "\u00a0", None], PERSON) == ([1, 4], [])


def test_a_row_with_a_blank_and_something_else_is_data() -> None:
    assert split([" ", "张三"]) == ([1], [])


@pytest.mark.parametrize(
    "row",
    [
        ["合计", None, None, 3000.0],
        ["合 计", None, None, 3000.0],
        [None, "小计：", None, 3000.0],
        ["1", "城关镇小计", None, 3000.0],
        ["总计"],
        ["本页合计", None, "12"],
        ["合计12人"],
        ["全县", "合计", "共3户"],
    ],
)
def test_sums_are_no_data_wherever_they_stand(row: list[Cell]) -> None:
    assert split(PERSON, row, PERSON) == ([1, 3], [])


def test_a_row_with_a_certificate_number_is_no_sum() -> None:
    assert split(["1", "会计", "522632199105110010", 3000.0]) == ([1], [])
    assert split(["1", "合计", "522632199105110010", 3000.0]) == ([1], [])


@pytest.mark.parametrize(
    "row",
    [
        ["填表人：张三", None, "审核人：李四"],
        ["填 表 人:", "张三"],
        ["审核（签字）：", None, "日期：2023.3.5"],
        ["单位负责人（签字）：王五"],
        ["联系电话：0855-123456"],
        ["填报日期：2023年3月5日"],
        ["制表日期：", "2023-03-05"],
        ["注：本表一式三份"],
        ["村支书签字："],
        ["导出时间：2023-03-05 10:00:00"],
        ["（盖章）"],
    ],
)
def test_signatures_are_no_data_wherever_they_stand(row: list[Cell]) -> None:
    assert split(PERSON, row, PERSON) == ([1, 3], [2])
    assert split(PERSON, row) == ([1], [2])


@pytest.mark.parametrize(
    "rows",
    [
        [["填表人", "张三"]],
        [["联系电话", "123"]],
        [["榕江县人力资源和社会保障局"], ["2023年3月5日"]],
        [["说明：一式三份"], ["1.按月报送"], ["2.不得漏项"]],
        [["备注 本表一式三份"]],
    ],
)
def test_notes_are_no_data_at_the_end_only(rows: list[list[Cell]]) -> None:
    assert split(PERSON, *rows)[0] == [1]
    if rows != [["说明：一式三份"], ["1.按月报送"], ["2.不得漏项"]]:
        assert split(*rows, PERSON)[0] == list(range(1, len(rows) + 2))


def test_a_row_with_little_in_it_is_data_and_so_answered() -> None:
    assert split(PERSON, [None, "李四"]) == ([1, 2], [])
    assert split(PERSON, [None, None, "522632199105110010"]) == ([1, 2], [])
    assert split(PERSON, ["榕江县公司"]) == ([1, 2], [])  # no day below it


def test_a_header_repeated_on_each_page_is_no_data() -> None:
    assert split(PERSON, list(HEADER), PERSON) == ([1, 3], [])


def test_the_row_that_numbers_columns_is_no_data() -> None:
    assert split(["1", "2", "3", "4"], PERSON, numbered=True) == ([2], [])


def test_the_columns_of_an_earlier_answer_are_found() -> None:
    rows: list[list[Cell]] = [["题", None, None], ["姓名", "结果", "原因"]]
    assert find_result_columns([*rows, ["甲", "已接收", None], ["乙", None, "x"]]) == (1, 2)
    assert find_result_columns([["结果", "姓名"], ["重复", "甲"]]) == (0,)
    assert find_result_columns([["姓名", "结果", "原因"], ["甲", None, None]]) == (1, 2)


def test_a_column_of_the_department_with_that_name_is_data() -> None:
    rows: list[list[Cell]] = [["姓名", "结果", "原因"], ["甲", "合格", "x"]]
    assert find_result_columns(rows) == ()
    assert find_result_columns([["姓名", "结果", "原因"], ["甲", None, "x"]]) == ()
    assert find_result_columns([["姓名", "结果"], ["甲", "已接收"], ["乙", "合格"]]) == ()
