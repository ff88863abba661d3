"""Where the header lies."""

from streams.sheets.cells import Cell
from streams.sheets.header import Header, find_header
from streams.sheets.table import Merge

KNOWN = frozenset(["县", "姓名", "证件号码", "开始时间", "结束时间", "企业", "低保"])
PERSON: list[Cell] = ["榕江县", "张三", "522632199105110010"]


def find(
    grid: list[list[Cell]],
    merges: tuple[Merge, ...] = (),
    known: frozenset[str] = KNOWN,
    ignored: tuple[int, ...] = (),
) -> Header:
    header = find_header(grid, merges, known, ignored)
    assert header is not None
    return header


def test_the_header_is_the_row_with_most_known_names() -> None:
    grid: list[list[Cell]] = [
        ["县 务工表", None, None],
        ["填报单位: 人社局", None, "2023年3月"],
        [None, None, None],
        ["县", "姓 名", "证件\n号码"],
        PERSON,
    ]
    assert find(grid) == Header(range(3, 4), ("县", "姓名", "证件号码"), False)


def test_a_title_merged_over_the_whole_width_is_no_part_of_the_header() -> None:
    grid: list[list[Cell]] = [["务工表", None, None], ["县", "姓名", "证件号码"], PERSON]
    assert find(grid, ((0, 0, 0, 2),)).rows == range(1, 2)


def test_two_lines_with_merged_groups_are_joined() -> None:
    grid: list[list[Cell]] = [
        ["县", "姓名", "务工情况", None, "备注"],
        [None, None, "开始时间", "结束时间", None],
        ["榕江县", "张三", "2023-01", None, None],
    ]
    merges = ((0, 0, 1, 0), (0, 1, 1, 1), (0, 2, 0, 3), (0, 4, 1, 4))
    names = ("县", "姓名", "务工情况/开始时间", "务工情况/结束时间", "备注")
    assert find(grid, merges) == Header(range(2), names, False)
    assert find(grid) == Header(range(2), names, False)  # as a CSV of it has no merged cells


def test_three_lines_are_joined() -> None:
    grid: list[list[Cell]] = [
        ["人员", None, "务工", None],
        ["县", "姓名", "时间", None],
        [None, None, "开始时间", "结束时间"],
        ["榕江县", "张三", "2023-01", None],
    ]
    merges = ((0, 0, 0, 1), (0, 2, 0, 3), (1, 0, 2, 0), (1, 1, 2, 1), (1, 2, 1, 3))
    assert find(grid, merges).names == (
        "县", "姓名", "时间/开始时间", "时间/结束时间",
    )  # fmt: skip


def test_groups_count_where_they_tell_equal_names_apart() -> None:
    grid: list[list[Cell]] = [
        ["本人", None, "配偶", None],
        ["姓名", "证件号码", "姓名", "证件号码"],
        ["张三", "1", "李四", "2"],
    ]
    assert find(grid, ((0, 0, 0, 1), (0, 2, 0, 3))).names == (
        "本人/姓名", "本人/证件号码", "配偶/姓名", "配偶/证件号码",
    )  # fmt: skip


def test_a_row_of_data_is_never_taken_into_the_header() -> None:
    """Even where its words are names of other columns."""
    grid: list[list[Cell]] = [
        ["县", "姓名", "证件号码", "类别"],
        ["企业", "低保", "522632199105110010", "低保"],
        ["企业", "低保", 1.0, "低保"],
    ]
    assert find(grid).rows == range(1)
    assert find([grid[0], grid[2]]).rows == range(1)


def test_a_line_under_merged_cells_is_header_though_its_names_are_unknown() -> None:
    grid: list[list[Cell]] = [
        ["县", "姓名", "补贴", None],
        [None, None, "金额", "年度"],
        ["榕江县", "张三", 100.0, 2023.0],
    ]
    header = find(grid, ((0, 0, 1, 0), (0, 1, 1, 1), (0, 2, 0, 3)))
    assert header.names == ("县", "姓名", "补贴/金额", "补贴/年度")
    assert header.rows == range(2)


def test_a_row_that_numbers_the_columns_is_known() -> None:
    for numbers in (["1", "2", "3"], [1.0, 2.0, 3.0], ["(1)", "（2）", "3"]):
        assert find([["县", "姓名", "证件号码"], list(numbers), PERSON]).numbered
    grid: list[list[Cell]] = [["甲", "乙", 1.0, 2.0, 3.0], ["x"] * 5]
    assert find([["县", "姓名", "证件号码", "企业", "低保"], *grid]).numbered
    assert not find([["县", "姓名", "证件号码"], ["1", "2", "4"], PERSON]).numbered


def test_an_unknown_sheet_has_its_first_full_row_of_texts_as_header() -> None:
    grid: list[list[Cell]] = [
        ["关于报送的通知", None, None, None],
        ["单位: 甲", None, "日期: 乙", None],
        ["序号", "树种", "面积", "村"],
        [1.0, "杉", 12.5, "甲村"],
    ]
    assert find(grid).rows == range(2, 3)


def test_no_header_is_found_in_prose_or_numbers() -> None:
    prose: list[list[Cell]] = [["填表说明"], ["一、请按月填写。"], ["二、不得漏项。"]]
    numbers: list[list[Cell]] = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]
    same: list[list[Cell]] = [["甲", "甲", "乙"]]
    texts: list[list[Cell]] = [["2023", "2024", "2025"]]
    for grid in (prose, numbers, same, texts, []):
        assert find_header(grid, (), KNOWN, ()) is None


def test_columns_of_an_answer_do_not_count() -> None:
    grid: list[list[Cell]] = [["县", "姓名", "结果"], ["榕江县", "张三", "已接收"]]
    assert find(grid, known=KNOWN | {"结果"}, ignored=(2,)).names[:2] == ("县", "姓名")
    assert find_header([["甲", "低保"]], (), KNOWN | {"甲"}, (0,)) is not None


def test_one_known_column_is_a_table_where_there_is_but_one() -> None:
    assert find([["证件号码"], ["522632199105110010"]]).rows == range(1)
    assert find_header([["证件号码", 1.0], ["x", 2.0]], (), KNOWN, ()) is None


def test_thousands_of_merged_cells_below_cost_nothing() -> None:
    grid: list[list[Cell]] = [["县", "姓名", "证件号码"], *[list(PERSON) for _ in range(5000)]]
    merges = tuple((row, 0, row + 1, 0) for row in range(1, 5000, 2))
    assert find(grid, merges).rows == range(1)
