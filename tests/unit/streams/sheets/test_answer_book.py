"""Answers: the sender's own sheet with two columns more, that can be sent back as it is."""

import io
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.sheets.answer_book import TableAnswer, write_answer
from streams.sheets.cells import Cell
from streams.sheets.rows import OUTCOMES
from streams.sheets.spreadsheet_writing import SheetToWrite, write_spreadsheet
from streams.sheets.table import Book, Merge, Table
from streams.sheets.workbook import read_book

HEADER: list[Cell] = ["县", "姓名", "证件号码", "务工月收入"]
NAMES = st.text(st.sampled_from("张三李四 　=+-@'\t1\u00a0"), max_size=5)


def xlsx(rows: Sequence[Sequence[Cell]], merges: Sequence[Merge] = (), name: str = "务工") -> bytes:
    width = max(map(len, rows))
    out = io.BytesIO()
    filled = [[*row, *[None] * (width - len(row))] for row in rows]
    write_spreadsheet([SheetToWrite(name, filled, merges=merges)], out)
    return out.getvalue()


def read(content: bytes) -> Book:
    return read_book(content, "x", known_headers=[str(cell) for cell in HEADER])


def answered(book: Book, word: str = OUTCOMES[3], reason: str = "“务工月收入”不对") -> bytes:
    out = io.BytesIO()
    answers = [
        TableAnswer(table, [word] * len(table.data), [reason] * len(table.data))
        for table in book.tables
    ]
    write_answer(book, answers, summary=[["行数", 2], ["说明", "甲", "乙"]], target=out)
    return out.getvalue()


def essence(table: Table) -> tuple[object, ...]:
    """Return all that a mapping sees."""
    columns = [(column.header, column.letter, list(column.cells)) for column in table.columns]
    types = [[type(cell) for cell in column.cells] for column in table.columns]
    return (
        table.name, table.title, table.tail, table.header, table.data.tolist(), columns, types,
        table.uneven.tolist(),
    )  # fmt: skip


ROWS: list[list[Cell]] = [
    ["榕江县务工表", None, None, None],
    HEADER,
    ["榕江县", "张三", "522632199105110010", 3000.0],
    ["榕江县", "=1+1", None, date(2023, 3, 1)],
    [None, None, None, None],
    ["合计", None, None, 3000.0],
    ["填表人：李四", None, None, None],
]


def test_the_answer_holds_the_sheet_as_sent_and_two_columns() -> None:
    book = read(xlsx(ROWS, [(0, 0, 0, 3)]))
    again = read(answered(book))
    (table,) = again.tables
    assert [left.name for left in again.left] == ["汇总"]
    assert "反馈" in again.left[0].why_zh
    assert [row[:4] for row in table.grid] == ROWS
    assert [row[4:] for row in table.grid] == [
        [None, None],
        ["结果", "原因"],
        ["已拒绝", "“务工月收入”不对"],
        ["已拒绝", "“务工月收入”不对"],
        [None, None],
        [None, None],
        [None, None],
    ]
    assert table.result_columns == (4, 5)
    assert table.merges == ((0, 0, 0, 3),)


def test_an_answer_to_an_answer_has_the_two_columns_once() -> None:
    first = read(answered(read(xlsx(ROWS))))
    second = read(answered(first, OUTCOMES[0], ""))
    assert len(second.tables[0].grid[0]) == 6
    assert second.tables[0].grid[2][4:] == ["已接收", None]
    assert len(second.left) == 1


def test_two_lines_of_header_stay_so() -> None:
    rows: list[list[Cell]] = [
        ["县", "姓名", "务工", None],
        [None, None, "证件号码", "务工月收入"],
        ["榕江县", "张三", "1", 3000.0],
    ]
    merges = ((0, 0, 1, 0), (0, 1, 1, 1), (0, 2, 0, 3))
    book = read(xlsx(rows, merges))
    again = read(answered(book))
    assert essence(again.tables[0]) == essence(book.tables[0])
    assert again.tables[0].merges == (*merges, (0, 4, 1, 4), (0, 5, 1, 5))
    assert read(answered(again)).tables[0].merges == again.tables[0].merges


@pytest.mark.parametrize("place", [1, 3])
def test_columns_of_an_answer_may_have_been_moved(place: int) -> None:
    rows: list[list[Cell]] = [
        ["题", None, None, None],
        HEADER,
        ["榕江县", "张三", "1", 3000.0],
    ]
    pairs: list[list[Cell]] = [[None, None], ["结果", "原因"], ["重复", None]]
    moved = [[*row[:place], *pair, *row[place:]] for row, pair in zip(rows, pairs, strict=True)]
    book = read(xlsx(moved, [(0, 0, 0, 5), (2, place, 2, place + 1)]))
    assert book.tables[0].result_columns == (place, place + 1)
    table = read(answered(book)).tables[0]
    assert [row[:4] for row in table.grid] == rows
    assert table.merges == ((0, 0, 0, 3),)


def test_a_sheet_that_is_itself_called_so_keeps_its_name() -> None:
    again = read(answered(read(xlsx(ROWS, name="汇总"))))
    assert [table.name for table in again.tables] == ["汇总"]
    assert [left.name for left in again.left] == ["汇总2"]


def test_several_tables_are_answered_in_their_order_and_others_left_out() -> None:
    out = io.BytesIO()
    sheets = [SheetToWrite(name, ROWS) for name in ("甲", "乙", "丙")]
    write_spreadsheet(sheets, out)
    book = read(out.getvalue())
    target = io.BytesIO()
    answers = [TableAnswer(book.tables[at], ["重复"] * 2, ["", ""]) for at in (0, 2)]
    write_answer(book, answers, summary=[], target=target)
    assert [table.name for table in read(target.getvalue()).tables] == ["甲", "丙"]


def test_outcomes_must_be_as_many_as_rows() -> None:
    book = read(xlsx(ROWS))
    with pytest.raises(ValueError, match="zip"):
        write_answer(
            book, [TableAnswer(book.tables[0], ["重复"], [""])], summary=[], target=io.BytesIO()
        )


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_a_csv_is_answered_with_a_csv(delimiter: str) -> None:
    text = "题\n县,姓名,证件号码\n榕江县,=1+1,-5\n\n合计,,\n".replace(",", delimiter)
    book = read(text.encode("gbk"))
    content = answered(book)
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.decode("utf-8-sig").replace("\r\n", "\n") == (
        "题,,,,\n县,姓名,证件号码,结果,原因\n榕江县,'=1+1,-5,已拒绝,“务工月收入”不对\n,,,,\n合计,,,,\n"
    ).replace(",", delimiter)
    assert essence(read(content).tables[0]) == essence(book.tables[0])


def test_an_answer_is_written_to_a_path(tmp_path: Path) -> None:
    book = read(xlsx(ROWS))
    write_answer(book, [], summary=[["行数", 1]], target=tmp_path / "a.xlsx")
    assert (tmp_path / "a.xlsx").read_bytes().startswith(b"PK")
    with pytest.raises(FileNotFoundError):
        write_answer(book, [], summary=[], target=tmp_path / "b" / "a.xlsx")


@st.composite
def sheets(draw: st.DrawFn) -> list[list[Cell]]:
    """Draw a sheet with a title, some people, and what stands below."""
    cells = st.one_of(NAMES.map(lambda text: text or None), st.none())
    people = draw(st.lists(st.tuples(cells, cells, cells, cells).map(list), max_size=6))
    above = draw(st.sampled_from([[], [ROWS[0]], [ROWS[0], [None] * 4]]))
    below = draw(st.sampled_from([[], [ROWS[5]], [ROWS[4], ROWS[6]], ROWS[5:]]))
    return [*above, HEADER, *people, *below]


@given(sheets(), st.sampled_from(OUTCOMES), st.sampled_from(["", "“县”不对，=1"]))
def test_an_answer_sent_back_is_the_same_table(
    rows: list[list[Cell]], word: str, reason: str
) -> None:
    book = read(xlsx(rows))
    again = read(answered(book, word, reason))
    assert [essence(table) for table in again.tables] == [essence(t) for t in book.tables]
    assert len(again.left) == 1


@given(sheets(), st.sampled_from(OUTCOMES), st.sampled_from(["", "“县”不对，=1"]))
def test_an_answer_to_a_csv_sent_back_is_the_same_table(
    rows: list[list[Cell]], word: str, reason: str
) -> None:
    lines = [
        ",".join('"' + str(cell or "").replace('"', '""') + '"' for cell in row) for row in rows
    ]
    book = read("\n".join(lines).encode())
    again = read(answered(book, word, reason))
    assert [essence(table) for table in again.tables] == [essence(t) for t in book.tables]
    assert read(answered(again, word, reason)).tables[0].grid == again.tables[0].grid
