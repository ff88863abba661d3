"""A board as a spreadsheet and a panel as CSV: the numbers of the page, with date and source.

Texts are written as texts: what begins like a formula stays what it says in every program.
"""

import csv
import io
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from dashboards.figures import cell
from dashboards.panel import Board, Column, Unit
from dashboards.reading import Answer, Row
from yujing.settings import SHANGHAI

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NAME_LENGTH = 31  # of a worksheet
_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\", " "))


def to_csv(answer: Answer, *, at: datetime, place: str, span: str) -> bytes:
    """Return a panel as CSV in UTF-8 with a byte order mark, as spreadsheet programs expect.

    Parameters
    ----------
    answer
        The panel's rows.
    at
        When they were read, aware.
    place, span
        What the reader chose, in words.
    """
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([_plain(answer.panel.title)])
    for line in _stamp(at, place, span, answer):
        writer.writerow([_plain(line)])
    writer.writerow([_plain(_head(column)) for column in answer.columns])
    for row in answer.rows:
        writer.writerow([_value(answer, row, place) for place in range(len(answer.columns))])
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def to_workbook(
    board: Board, answers: Sequence[Answer], *, at: datetime, place: str, span: str
) -> bytes:
    """Return a board as an XLSX book: a sheet of contents, then a sheet a panel."""
    import xlsxwriter  # 0.1 s: only who exports pays

    content = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(content, options) as book:
        book.set_properties({"created": at.replace(tzinfo=None)})  # the same makes the same file
        head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
        contents = book.add_worksheet("目录")
        contents.set_column(0, 0, 30)
        contents.set_column(1, 1, 80)
        lines = [board.title, board.question, *_stamp(at, place, span)]
        for number, line in enumerate(lines):
            contents.write_string(number, 0, line)
        for number, answer in enumerate(answers, len(lines) + 1):
            contents.write_string(number, 0, answer.panel.title)
            contents.write_string(number, 1, answer.panel.about.text)
        used: set[str] = set()
        for answer in answers:
            _add(book, head, answer, _sheet_name(answer.panel.title, used))
    return content.getvalue()


def _add(book: Any, head: Any, answer: Answer, name: str) -> None:
    sheet = book.add_worksheet(name)
    share = book.add_format({"num_format": "0.0%"})
    sheet.write_string(0, 0, answer.panel.title)
    sheet.write_string(1, 0, answer.panel.about.text)
    for place, column in enumerate(answer.columns):
        sheet.set_column(place, place, 18)
        sheet.write_string(3, place, _head(column), head)
    for line, row in enumerate(answer.rows, 4):
        for place, column in enumerate(answer.columns):
            value = row.values[place]
            if isinstance(value, (int, float)):
                sheet.write_number(line, place, value, share if column.unit is Unit.SHARE else None)
            else:
                sheet.write_string(line, place, cell(answer, row, place))
    if not answer.rows:
        sheet.write_string(4, 0, answer.panel.empty)
    sheet.freeze_panes(4, 0)


def _stamp(at: datetime, place: str, span: str, answer: Answer | None = None) -> list[str]:
    lines = [f"地方：{place}", f"时间：{span}", f"导出：{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"]
    return [*lines, answer.panel.about.text] if answer else lines


def _head(column: Column) -> str:
    unit = column.unit.zh if column.unit is not None else ""
    return f"{column.zh}（{unit}）" if unit and unit != "%" else column.zh


def _value(answer: Answer, row: Row, place: int) -> str | int | float:
    value = row.values[place]
    if isinstance(value, (int, float)):
        return value
    return value.isoformat() if isinstance(value, date) else _plain(cell(answer, row, place))


def _plain(text: str) -> str:
    """Return a text that no program takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _sheet_name(title: str, used: set[str]) -> str:
    name = title.translate(_FORBIDDEN)[:_NAME_LENGTH]
    number = 2
    while name in used:
        name = f"{title.translate(_FORBIDDEN)[: _NAME_LENGTH - 3]} {number}"
        number += 1
    used.add(name)
    return name
