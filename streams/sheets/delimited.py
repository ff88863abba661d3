"""CSV as departments save it: its encoding, its separator, and what is wrong with it.

Nothing is guessed: text that is neither UTF-8 nor GB18030 as a whole is refused with its row.
"""

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Collection

from streams.sheets.cells import Cell, header_text
from streams.sheets.limits import SheetLimits
from yujing.errors import UnreadableFileError

DELIMITERS = (",", "\t", ";")
_SAMPLE_CHARACTERS = 2**16
_SAMPLE_ROWS = 50
_MARKED = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_MOST_BYTES_A_HEADER_CELL = 200
_CHINESE_IN_UTF8 = re.compile(rb"(?:[\xe4-\xe9][\x80-\xbf]{2}){2}")
_FORMULA_LIKE = re.compile(r"'*\s*[=+\-@]")
_NUMBER = re.compile(r"\s*[+-]?\d[\d.,]*(?:[eE][+-]?\d+)?%?\s*")


def read_delimited(
    content: bytes, *, known_headers: Collection[str], limits: SheetLimits
) -> tuple[list[list[Cell]], str]:
    """Read a CSV into rows of one width.

    Parameters
    ----------
    content
        UTF-8 with or without BOM, UTF-16 with BOM, GBK or GB18030.
    known_headers
        Headers that decide between two possible separators.
    limits
        How much is read.

    Returns
    -------
    Rows of texts, None for an empty cell, and the separator.

    Raises
    ------
    UnreadableFileError
        If it is no text, has mixed encodings, or a quote that is never closed.
    """
    text = _decoded(content)
    delimiter = _delimiter(text, frozenset(known_headers))
    rows = _rows(text, delimiter, limits)
    width = max(map(len, rows), default=0)
    if width * len(rows) > limits.cells:
        raise UnreadableFileError(
            f"it has {len(rows):,} rows of up to {width:,} cells, more than {limits.cells:,} cells",
            f"表格有 {len(rows)} 行、最宽 {width} 列，超过 {limits.cells} 格；请拆成几个文件再发。",
        )
    guarded = "'" in text
    return [_cells(row, width, guarded) for row in rows], delimiter


def guard(text: str) -> str:
    """Return a text so that Excel does not take it for a formula, and reading undoes it.

    A text whose first character that is no blank is ``=``, ``+``, ``-`` or ``@`` gets one
    apostrophe in front, unless it is a number; so does one that would lose an apostrophe when read.

    Parameters
    ----------
    text
        Of a cell.

    Returns
    -------
    The text to write.
    """
    if not _FORMULA_LIKE.match(text):
        return text
    return text if _NUMBER.fullmatch(text) else "'" + text


def _cells(row: list[str], width: int, guarded: bool) -> list[Cell]:
    cells: list[Cell] = [cell or None for cell in row]
    if guarded:
        for column, cell in enumerate(row):
            if cell[:1] == "'" and _FORMULA_LIKE.match(cell):
                cells[column] = cell[1:]
    cells += [None] * (width - len(row))
    return cells


def _decoded(content: bytes) -> str:
    for mark, encoding in _MARKED:
        if content.startswith(mark):
            try:
                text = content[len(mark) :].decode(encoding)
            except UnicodeDecodeError as error:
                raise _mixed(content.count(b"\n", 0, error.start + len(mark)) + 1) from None
            return _without_nul(text)
    if b"\0" in content:
        raise _nul(content.count(b"\n", 0, content.index(b"\0")) + 1)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        not_utf8 = error.start
    row = _first_utf8_row(content)
    if row is not None:
        raise _mixed(max(row, content.count(b"\n", 0, not_utf8) + 1))
    try:
        return content.decode("gb18030")
    except UnicodeDecodeError as error:
        raise _mixed(content.count(b"\n", 0, error.start) + 1) from None


def _first_utf8_row(content: bytes) -> int | None:
    """Return the first row that is surely UTF-8: GBK text is, line by line, practically never."""
    for number, line in enumerate(content.split(b"\n"), 1):
        if not line.isascii() and _CHINESE_IN_UTF8.search(line):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError:
                continue
            return number
    return None


def _mixed(row: int) -> UnreadableFileError:
    return UnreadableFileError(
        f"row {row} has another encoding than the rest, or is damaged",
        f"第 {row} 行的文字编码与其他行不同或已损坏；请用 Excel 或 WPS 打开，"
        "另存为“CSV UTF-8”或 xlsx 再发。",
    )


def _nul(row: int) -> UnreadableFileError:
    return UnreadableFileError(
        f"row {row} holds NUL bytes: this is no text file, or it is damaged",
        f"第 {row} 行含有空字符（NUL），不是文本文件或已损坏；请重新导出，或另存为 xlsx 再发。",
    )


def _without_nul(text: str) -> str:
    if "\0" in text:
        raise _nul(text.count("\n", 0, text.index("\0")) + 1)
    return text


def _delimiter(text: str, known_headers: frozenset[str]) -> str:
    """Choose the separator with which most headers are known, else the most regular one."""
    told = re.match(r"sep=([,;\t])\r?\n", text)
    if told:
        return told[1]
    sample = text[:_SAMPLE_CHARACTERS]
    scores: dict[str, tuple[int, int]] = {}
    for delimiter in DELIMITERS:
        rows = _sample_rows(sample, delimiter)
        hits = max(
            (sum(header_text(cell) in known_headers for cell in row) for row in rows), default=0
        )
        widths = Counter(len(row) for row in rows if len(row) > 1)
        regular = max((count * (width - 1) for width, count in widths.items()), default=0)
        scores[delimiter] = (hits, regular)
    return max(DELIMITERS, key=scores.__getitem__)


def _sample_rows(sample: str, delimiter: str) -> list[list[str]]:
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter):
            rows.append([cell[:_MOST_BYTES_A_HEADER_CELL] for cell in row])
            if len(rows) == _SAMPLE_ROWS:
                break
    except csv.Error:
        pass  # reading the whole says what is wrong
    return rows


def _rows(text: str, delimiter: str, limits: SheetLimits) -> list[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[list[str]] = []
    n_cells = 0
    try:
        for row in reader:
            n_cells += len(row)
            if len(row) > limits.columns or n_cells > limits.cells:
                raise _too_large(len(rows) + 1, len(row), limits)
            rows.append(row)
    except csv.Error:
        row_number = len(rows) + 1
        raise UnreadableFileError(
            f"the quote that opens in row {row_number} is not closed rightly",
            f"第 {row_number} 行有一个双引号没有成对（没有闭合），后面的内容无法分列；"
            "请改正该行，或另存为 xlsx 再发。",
        ) from None
    return rows


def _too_large(row: int, width: int, limits: SheetLimits) -> UnreadableFileError:
    if width > limits.columns:
        return UnreadableFileError(
            f"row {row} has {width:,} columns, more than {limits.columns:,}",
            f"第 {row} 行有 {width} 列，超过 {limits.columns} 列；请删除多余的列再发。",
        )
    return UnreadableFileError(
        f"it has more than {limits.cells:,} cells",
        f"表格超过 {limits.cells} 格；请拆成几个文件再发。",
    )
