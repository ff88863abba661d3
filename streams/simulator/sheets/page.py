"""Pages of a book as grids of cells, written as XLSX or CSV; the same pages give the same bytes."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import xlsxwriter

Cell = str | int | float | date | None
_MADE = datetime(2026, 1, 1)  # noqa: DTZ001   # the file says when it was made; always the same
_WIDTH = 14


@dataclass
class Page:
    """One sheet of a book.

    Attributes
    ----------
    tab
        Name of the sheet.
    rows
        All rows from the top; they may differ in length.
    merges
        First row, first column, last row, last column of merged cells; the text stands in the
        first.
    hidden_rows, hidden_columns
        Numbers from 0.
    """

    tab: str
    rows: list[list[Cell]]
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)


def workbook(pages: Sequence[Page], *, epoch_1904: bool = False) -> bytes:
    """Return pages as the bytes of an XLSX.

    Parameters
    ----------
    pages
        At least one.
    epoch_1904
        Count days from 1904, as Excel for the Macintosh did.
    """
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {
        "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
        "strings_to_numbers": False, "date_1904": epoch_1904,
    })
    book.set_properties({"created": _MADE})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for page in pages:
        _write(book.add_worksheet(page.tab), page, day)
    book.close()
    return out.getvalue()


def _write(sheet: xlsxwriter.worksheet.Worksheet, page: Page, day: object) -> None:
    sheet.set_column(0, max(map(len, page.rows), default=1) - 1, _WIDTH)
    for at, row in enumerate(page.rows):
        for column, cell in enumerate(row):
            if isinstance(cell, str):
                sheet.write_string(at, column, cell)
            elif isinstance(cell, date):
                sheet.write_datetime(at, column, cell, day)
            elif cell is not None:
                sheet.write_number(at, column, cell)
    for first_row, first_column, last_row, last_column in page.merges:
        text = page.rows[first_row][first_column]
        sheet.merge_range(first_row, first_column, last_row, last_column, str(text))
    for row_number in page.hidden_rows:
        sheet.set_row(row_number, None, None, {"hidden": True})
    for column in page.hidden_columns:
        sheet.set_column(column, column, None, None, {"hidden": True})


def delimited(page: Page, *, encoding: str = "utf-8-sig", delimiter: str = ",") -> bytes:
    """Return a page as the bytes of a CSV, as Excel saves one: all rows of one width.

    Parameters
    ----------
    page
        Merged and hidden cells are ordinary ones in a CSV.
    encoding
        Excel in China saves GBK.
    delimiter
        Comma, tab or semicolon.
    """
    width = max(map(len, page.rows), default=0)
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    for row in page.rows:
        cells = ["" if cell is None else _as_text(cell) for cell in row]
        writer.writerow(cells + [""] * (width - len(cells)))
    return out.getvalue().encode(encoding)


def _as_text(cell: Cell) -> str:
    if isinstance(cell, date):
        return f"{cell.year}/{cell.month}/{cell.day}"   # as Excel shows it in China
    if isinstance(cell, float):
        return f"{cell:.15g}"
    return str(cell)
