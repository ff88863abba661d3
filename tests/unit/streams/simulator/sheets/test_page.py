"""Pages as bytes, read back by another library."""

import io
from datetime import date

import openpyxl
import pytest

from streams.simulator.sheets.page import Page, delimited, workbook

ROWS = [["标题", None, None], ["证件号码", "日期", "金额"], ["011", date(2026, 5, 3), 3.5]]


def test_a_workbook_holds_text_dates_numbers_merges_and_hidden_places() -> None:
    pages = [Page("五月", ROWS, [(0, 0, 0, 2)], [2], [1]), Page("空", [])]

    book = openpyxl.load_workbook(io.BytesIO(workbook(pages)))

    assert book.sheetnames == ["五月", "空"]
    sheet = book["五月"]
    assert [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)] == [
        ["证件号码", "日期", "金额"], ["011", sheet["B3"].value, 3.5]]
    assert sheet["B3"].value.date() == date(2026, 5, 3)
    assert [str(merge) for merge in sheet.merged_cells.ranges] == ["A1:C1"]
    assert sheet.row_dimensions[3].hidden
    assert sheet.column_dimensions["B"].hidden


def test_the_same_pages_are_the_same_bytes() -> None:
    assert workbook([Page("五月", ROWS)]) == workbook([Page("五月", ROWS)])


def test_days_are_counted_from_1904_on_wish() -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook([Page("五月", ROWS)], epoch_1904=True)))

    assert book.epoch.year == 1904
    assert book.active["B3"].value.date() == date(2026, 5, 3)


def test_text_that_looks_like_a_formula_stays_text() -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook([Page("五月", [["=1+1", "http://x"]])])))

    assert [cell.data_type for cell in book.active[1]] == ["s", "s"]
    assert book.active["A1"].hyperlink is None


@pytest.mark.parametrize(
    ("encoding", "mark"), [("utf-8-sig", ","), ("gbk", "\t"), ("gb18030", ";")])
def test_a_csv_has_rows_of_one_width(encoding: str, mark: str) -> None:
    text = delimited(Page("", [["标题"], *ROWS[1:]]), encoding=encoding, delimiter=mark)

    assert text.decode(encoding).split("\r\n") == [
        f"标题{mark}{mark}", mark.join(("证件号码", "日期", "金额")),
        mark.join(("011", "2026/5/3", "3.5")), ""]
