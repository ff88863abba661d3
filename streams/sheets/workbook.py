"""One file of a department into tables: what is read, what is left, what is refused.

A file that cannot be read as a whole is refused with one sentence; what is wrong with one row or
cell is for the mapping to say.
"""

import os
import stat
from collections.abc import Collection
from pathlib import Path

import numpy as np

from streams.door.files import check_unchanged, open_at_once
from streams.sheets.cells import Cell, column_letter, plain
from streams.sheets.delimited import read_delimited
from streams.sheets.header import Header, find_header
from streams.sheets.limits import SheetLimits
from streams.sheets.rows import SUMMARY_MARK, data_rows, find_result_columns
from streams.sheets.signature import is_archive, refuse_other_kinds
from streams.sheets.spreadsheet import RawSheet, read_spreadsheet
from streams.sheets.table import Book, Column, LeftSheet, Merge, Table
from yujing.errors import UnreadableFileError

_EVENTS = (".ndjson", ".jsonl", ".json", ".gz", ".zst")


def is_sheet(content_start: bytes, name: str) -> bool:
    """Say whether a file is for `read_book`; otherwise it holds events, one a line.

    Parameters
    ----------
    content_start
        Its first bytes.
    name
        Its name.
    """
    if Path(name).suffix.lower() in _EVENTS:
        return False
    return not content_start.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{")


def read_bytes(path: Path, limits: SheetLimits | None = None) -> bytes:
    """Read a file that stays the same meanwhile.

    Parameters
    ----------
    path
        A regular file.
    limits
        How large it may be.

    Raises
    ------
    UnreadableFileError
        If it is missing, no regular file, too large, or changed while it was read.
    """
    limits = limits or SheetLimits()
    try:
        with open(path, "rb", opener=open_at_once) as file:
            before = os.fstat(file.fileno())
            if not stat.S_ISREG(before.st_mode):
                raise UnreadableFileError("it is no regular file", "这不是普通文件，无法读取。")
            _check_size(before.st_size, limits)
            content = file.read(limits.file_bytes + 1)
            check_unchanged(path, file, before)
    except IsADirectoryError:
        raise UnreadableFileError("it is a directory", "这是文件夹，不是文件。") from None
    except FileNotFoundError:
        raise UnreadableFileError("there is no such file", "没有这个文件。") from None
    except OSError as error:
        raise UnreadableFileError(error.strerror or "it cannot be read") from None
    _check_size(len(content), limits)
    return content


def _check_size(n_bytes: int, limits: SheetLimits) -> None:
    if n_bytes > limits.file_bytes:
        size, most = n_bytes // 2**20, limits.file_bytes // 2**20
        raise UnreadableFileError(
            f"it has {size:,} MB, more than {most:,} MB; send it in several files",
            f"文件有 {size} MB，超过 {most} MB；请按乡镇或月份拆成几个文件再发。",
        )


def read_book(
    content: bytes,
    name: str,
    *,
    known_headers: Collection[str] = (),
    limits: SheetLimits | None = None,
) -> Book:
    """Read an XLSX or a CSV; the content says which, not the name.

    Parameters
    ----------
    content
        The whole file.
    name
        Its name; for messages only.
    known_headers
        Headers of all mappings, as `cells.header_text`.
    limits
        How much is read.

    Returns
    -------
    At least one table; sheets without one are named in `left`.

    Raises
    ------
    UnreadableFileError
        If it cannot be read as a whole; `zh` holds the sentence for its sender.
    """
    limits = limits or SheetLimits()
    known_headers = frozenset(known_headers)
    _check_size(len(content), limits)
    if not content.strip(b"\0 \r\n\t\xef\xbb\xbf"):
        raise UnreadableFileError("it is empty", "文件是空的。")
    if is_archive(content):
        sheets, left, notes = read_spreadsheet(content, limits)
        tables: list[Table] = []
        while sheets:
            sheet = sheets.pop(0)
            table = None if _is_summary(sheet) else _table(sheet, known_headers, typed=True)
            if table is not None:
                tables.append(table)
            else:
                left.append(_left(sheet))
        return Book(_some(tables, left), tuple(left), "xlsx", tuple(notes))
    refuse_other_kinds(content)
    grid, delimiter = read_delimited(content, known_headers=known_headers, limits=limits)
    table = _table(RawSheet("", grid, ()), known_headers, typed=False)
    return Book(_some([table] if table else [], []), (), "csv", (), delimiter)


def _some(tables: list[Table], left: list[LeftSheet]) -> tuple[Table, ...]:
    if not tables:
        names = "、".join(sheet.name for sheet in left)
        raise UnreadableFileError(
            "no header row was found" + (f" in any of its {len(left)} sheets" if left else ""),
            f"没有找到表头行{f'（工作表：{names}）' if names else ''}；"
            "请确认表格有一行列名，如“证件号码”“姓名”。",
        )
    return tuple(tables)


def _is_summary(sheet: RawSheet) -> bool:
    return bool(sheet.grid) and sheet.grid[0][0] == SUMMARY_MARK


def _left(sheet: RawSheet) -> LeftSheet:
    if _is_summary(sheet):
        return LeftSheet(sheet.name, "是本系统上次反馈的汇总，不读取。", "the summary of an answer")
    if not sheet.grid:
        return LeftSheet(sheet.name, "是空表。", "it is empty")
    return LeftSheet(sheet.name, "没有找到表头行。", "no header row was found")


def _table(sheet: RawSheet, known_headers: frozenset[str], *, typed: bool) -> Table | None:
    grid = sheet.grid
    results = find_result_columns(grid)
    header = find_header(grid, sheet.merges, known_headers, results)
    if header is None:
        return None
    used = [column for column in range(len(grid[0])) if column not in results]
    data, tail = data_rows(grid, header.rows, header.numbered, used)
    columns = _columns(grid, header, data, used, sheet.merges)
    return Table(
        name=sheet.name,
        title=_text(grid, range(header.rows.start), used),
        tail=_text(grid, tail, used),
        grid=grid,
        header=header.rows,
        data=np.array(data, np.int64),
        columns=columns,
        result_columns=results,
        typed=typed,
        merges=sheet.merges,
        uneven=_uneven(columns, header, len(data), typed=typed),
    )


def _text(grid: list[list[Cell]], rows: Collection[int], columns: list[int]) -> str:
    lines = (" ".join(filter(None, (plain(grid[row][c]) for c in columns))) for row in rows)
    return "\n".join(filter(None, lines))


def _columns(
    grid: list[list[Cell]],
    header: Header,
    data: list[int],
    used: list[int],
    merges: tuple[Merge, ...],
) -> tuple[Column, ...]:
    rows = [grid[row] for row in data]
    below = [merge for merge in merges if merge[0] >= header.rows.stop]
    spread = _spread(grid, data, below) if below else {}
    columns = []
    for index in used:
        cells = [row[index] for row in rows]
        for number, cell in spread.get(index, ()):
            cells[number] = cell
        if header.names[index] or any(cell is not None for cell in cells):
            columns.append(Column(header.names[index], column_letter(index), cells, index))
    return tuple(columns)


def _spread(
    grid: list[list[Cell]], data: list[int], merges: list[Merge]
) -> dict[int, list[tuple[int, Cell]]]:
    """Return which data cells take the value of the merged cell that covers them."""
    place = {row: number for number, row in enumerate(data)}
    spread: dict[int, list[tuple[int, Cell]]] = {}
    for first_row, first_column, last_row, last_column in merges:
        cell = grid[first_row][first_column]
        numbers = [place[row] for row in range(first_row, last_row + 1) if row in place]
        for column in range(first_column, last_column + 1):
            spread.setdefault(column, []).extend((number, cell) for number in numbers)
    return spread


def _uneven(
    columns: tuple[Column, ...], header: Header, n_rows: int, *, typed: bool
) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Return the rows of a CSV that reach beyond its last header."""
    last = max((at for at, name in enumerate(header.names) if name), default=0)
    uneven = np.zeros(n_rows, bool)
    if not typed:
        for column in columns:
            if column.index > last:
                uneven |= np.fromiter((cell is not None for cell in column.cells), bool, n_rows)
    return np.flatnonzero(uneven)
