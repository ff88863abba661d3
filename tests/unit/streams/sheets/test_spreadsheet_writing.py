"""Whatever is written is read again as it was, by our reader and by another."""

import io
import math
import zipfile
from datetime import date, datetime, time, timedelta

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.sheets.cells import Cell
from streams.sheets.limits import SheetLimits
from streams.sheets.spreadsheet import read_spreadsheet
from streams.sheets.spreadsheet_writing import SheetToWrite, write_spreadsheet

_CHARACTERS = st.characters(blacklist_categories=["Cs"])
_DAYS = st.dates(date(1900, 3, 1), date(2200, 1, 1))
_TIMES = st.times().map(lambda t: t.replace(microsecond=0)).filter(lambda t: t != time(0))
CELLS: st.SearchStrategy[Cell] = st.one_of(
    st.none(),
    st.text(_CHARACTERS, min_size=1, max_size=12),
    st.sampled_from(["=1+1", "+x", "-x", "@x", "_x000D_", "_x005F_x000D_", " a ", "a\nb", "\r"]),
    st.sampled_from(["#N/A", "#REF!", "<&>\"'", "5.22121E+17", "007", "\ud842\udfb7".encode(
        "utf-16", "surrogatepass").decode("utf-16")]),
    st.integers(-(2**53), 2**53).map(float),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    _DAYS,
    st.builds(datetime.combine, _DAYS, _TIMES),
    _TIMES,
    st.timedeltas(timedelta(days=2), timedelta(days=20)).map(
        lambda span: timedelta(seconds=round(span.total_seconds()))
    ),
)  # fmt: skip


def written(*sheets: SheetToWrite) -> bytes:
    out = io.BytesIO()
    write_spreadsheet(sheets, out)
    return out.getvalue()


def read_again(rows: list[list[Cell]]) -> list[list[Cell]]:
    (sheet,), left, notes = read_spreadsheet(written(SheetToWrite("表", rows)), SheetLimits())
    assert not left
    assert not notes
    return sheet.grid


def same(first: Cell, second: Cell) -> bool:
    if isinstance(first, float) and isinstance(second, float):
        return first == second and math.copysign(1, first) == math.copysign(1, second)
    return type(first) is type(second) and first == second


@given(st.integers(1, 5).flatmap(
    lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=1, max_size=9)
))  # fmt: skip
def test_reading_what_was_written_gives_the_same_cells(rows: list[list[Cell]]) -> None:
    width = len(rows[0])
    rows = [*rows, [1.0] * width]  # so that nothing at the end is cut as empty
    again = read_again(rows)
    assert len(again) == len(rows)
    for expected, found in zip(rows, again, strict=True):
        assert all(map(same, expected, found)), (expected, found)


def test_early_days_are_read_again_and_those_before_excel_are_text() -> None:
    rows: list[list[Cell]] = [[date(1900, 1, 2), date(1900, 2, 28), date(1900, 3, 1)]]
    assert read_again(rows) == rows
    assert read_again([[date(1899, 1, 2)]]) == [["1899-01-02"]]


def test_a_text_longer_than_excel_keeps_is_cut() -> None:
    assert read_again([["甲" * 40_000]]) == [["甲" * 32_767]]


def test_several_blocks_of_rows_keep_their_numbers() -> None:
    rows: list[list[Cell]] = [[f"行{row}", float(row)] for row in range(9_000)]
    assert read_again(rows) == rows


def test_merged_cells_and_names_are_kept() -> None:
    sheets = [
        SheetToWrite('a"<&>', [["x", None], ["y", "z"]], merges=[(0, 0, 0, 1)]),
        SheetToWrite("二", [["y"]]),
    ]
    found, _, _ = read_spreadsheet(written(*sheets), SheetLimits())
    assert [sheet.name for sheet in found] == ['a"<&>', "二"]
    assert found[0].merges == ((0, 0, 0, 1),)


@pytest.mark.filterwarnings("ignore:Workbook contains no default style")
def test_another_program_reads_the_same_and_sees_no_formula() -> None:
    rows: list[list[Cell]] = [
        ["县", "姓名", "结果"],
        ["=1+1", "@甲", "已拒绝"],
        [3000.0, date(2023, 3, 1), None],
        [time(8, 5), datetime.combine(date(2023, 3, 1), time(8, 5)), True],
        [5.22121199001011e17, "522632199105110010", "#N/A"],
    ]
    content = written(
        SheetToWrite("表", rows, [10, 20, 30], 1, (), range(1), 2, frozenset(["已拒绝"]))
    )
    sheet = openpyxl.load_workbook(io.BytesIO(content))["表"]
    assert sheet.freeze_panes == "A2"
    assert sheet["A2"].value == "=1+1"
    assert sheet["A2"].data_type == "s"
    assert sheet["A2"].number_format == "@"
    assert sheet["B5"].number_format == "@"
    assert sheet["A5"].number_format == "@"
    assert sheet["A3"].number_format == "General"
    assert sheet["C2"].font.color.rgb == "FFC00000"
    assert sheet["A1"].font.bold
    assert sheet["C5"].data_type == "e"
    assert sheet["B3"].value == datetime.combine(date(2023, 3, 1), time(0))
    assert sheet["B4"].value == datetime.combine(date(2023, 3, 1), time(8, 5))
    assert sheet["A4"].value == time(8, 5)
    assert sheet.column_dimensions["B"].width == 20


def test_no_formula_is_ever_in_the_file() -> None:
    content = written(SheetToWrite("表", [["=HYPERLINK(1)", "=cmd|' /C calc'!A0"]]))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert b"<f" not in archive.read("xl/worksheets/sheet1.xml")
