"""The answer to a sheet: the sender's own cells with two columns more, 结果 and 原因.

A mended answer is sent back as it is: reading it gives the same tables, since the two columns and
the summary are recognised. An XLSX is answered with an XLSX whose first sheet is the summary, a CSV
with a CSV (UTF-8 with BOM, the same separator) without one.
"""

import csv
import io
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from streams.sheets.cells import Cell, plain
from streams.sheets.delimited import guard
from streams.sheets.rows import OUTCOMES, REASON, RESULT, SUMMARY, SUMMARY_MARK
from streams.sheets.spreadsheet_writing import SheetToWrite, write_spreadsheet
from streams.sheets.table import Book, Merge, Table

_ATTENTION = frozenset(OUTCOMES[2:])
_ROWS_MEASURED = 200
_NARROWEST, _WIDEST = 8, 40
_MOST_FROZEN = 12


@dataclass(frozen=True, slots=True)
class TableAnswer:
    """What became of the rows of one table.

    Parameters
    ----------
    table
        As read.
    outcomes
        One of `rows.OUTCOMES` a data row; "" for none.
    reasons
        Chinese, personal values masked; "" for none.
    """

    table: Table
    outcomes: Sequence[str]
    reasons: Sequence[str]


def write_answer(
    book: Book,
    answers: Sequence[TableAnswer],
    *,
    summary: Sequence[Sequence[Cell]],
    target: Path | BinaryIO,
) -> None:
    """Write the answer in the form in which the sheet came.

    Parameters
    ----------
    book
        As read.
    answers
        Tables in the order of the book; those that were not answered are left out.
    summary
        Rows of the summary sheet, a label and values each; not written to a CSV.
    target
        Where to.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    if isinstance(target, Path):
        with open(target, "wb") as file:
            write_answer(book, answers, summary=summary, target=file)
        return
    if book.kind == "csv":
        _write_csv(answers[0], book.delimiter, target)
        return
    names = {answer.table.name for answer in answers}
    name = SUMMARY
    while name in names:
        name += "2"
    rows: list[list[Cell]] = [[SUMMARY_MARK], *map(list, summary)]
    width = max(map(len, rows))
    rows = [row + [None] * (width - len(row)) for row in rows]
    sheets = [SheetToWrite(name, rows, _widths(rows), header=range(1))]
    sheets += [_sheet(answer) for answer in answers]
    write_spreadsheet(sheets, target)


def _sheet(answer: TableAnswer) -> SheetToWrite:
    table = answer.table
    rows = list(_answered(answer))
    result = len(rows[0]) - 2
    frozen = table.header.stop if table.header.stop <= _MOST_FROZEN else 0
    return SheetToWrite(
        table.name,
        rows,
        _widths(rows[table.header.start :]),
        frozen,
        _merges(table),
        table.header,
        result,
        _ATTENTION,
    )


def _answered(answer: TableAnswer) -> Iterator[list[Cell]]:
    """Give out the rows of the grid, without an earlier answer, with the two columns."""
    table = answer.table
    grid = table.grid
    last: list[tuple[Cell, Cell]] = [(None, None)] * len(grid)
    last[table.header.start] = (RESULT, REASON)
    pairs = zip(answer.outcomes, answer.reasons, strict=True)
    for row, (outcome, reason) in zip(table.data.tolist(), pairs, strict=True):
        last[row] = (outcome or None, reason or None)
    if not table.result_columns:
        for cells, pair in zip(grid, last, strict=True):
            yield [*cells, *pair]
        return
    kept = [c for c in range(len(grid[0])) if c not in table.result_columns]
    for cells, pair in zip(grid, last, strict=True):
        yield [*(cells[column] for column in kept), *pair]


def _merges(table: Table) -> list[Merge]:
    """Return the merged cells of the sheet as sent, and of the two new header cells."""
    gone = len(table.result_columns)
    first = min(table.result_columns, default=len(table.grid[0]))
    merges = []
    for top, left, bottom, right in table.merges:
        if left >= first and left < first + gone:
            continue
        shift = gone if left >= first + gone else 0
        end = right - gone if right >= first + gone else min(right, first - 1)
        merges.append((top, left - shift, bottom, end if right >= first else right))
    if len(table.header) > 1:
        width = len(table.grid[0]) - gone
        top, bottom = table.header[0], table.header[-1]
        merges += [(top, width + n, bottom, width + n) for n in (0, 1)]
    return [merge for merge in merges if merge[0] < merge[2] or merge[1] < merge[3]]


def _widths(rows: Sequence[Sequence[Cell]]) -> list[int]:
    widths = [_NARROWEST] * len(rows[0])
    for row in rows[:_ROWS_MEASURED]:
        for column, cell in enumerate(row):
            if cell is not None:
                widths[column] = max(widths[column], min(_width(cell), _WIDEST))
    return widths


def _width(cell: Cell) -> int:
    return 2 + sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in plain(cell))


def _write_csv(answer: TableAnswer, delimiter: str, file: BinaryIO) -> None:
    text = io.TextIOWrapper(file, "utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\r\n")
    for row in _answered(answer):
        writer.writerow([guard(str(cell)) if cell else "" for cell in row])
    text.detach()
