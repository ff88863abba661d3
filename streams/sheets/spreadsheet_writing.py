"""Writing an XLSX: a minimal book whose cells are exactly what was given.

Texts are texts, never formulas, and stay so when somebody edits them (format "@"): a certificate
number typed into such a cell keeps its digits.
"""

import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import BinaryIO
from xml.sax.saxutils import escape, quoteattr

from streams.sheets.cells import ERRORS, Cell, column_letter
from streams.sheets.table import Merge

GENERAL, TEXT, DATE, DATETIME, TIME, DURATION, HEADER, ATTENTION = range(8)

_BLOCK = 4096
_MOST_CHARACTERS = 32_767  # more than Excel keeps in a cell
_MOST_EXACT = 1e15
_EPOCH = date(1899, 12, 30)
_EPOCH_BEFORE_MARCH_1900 = date(1899, 12, 31)  # Excel believes in 1900-02-29
_DAY_SECONDS = 86_400
_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)|[\x00-\x08\x0b-\x1f\ufffe\uffff]")
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OFFICE = "application/vnd.openxmlformats-officedocument.spreadsheetml"


@dataclass(frozen=True, slots=True)
class SheetToWrite:
    """One sheet of a book.

    Parameters
    ----------
    name
        At most 31 characters.
    rows
        Cells.
    widths
        Of the columns, in characters.
    frozen_rows
        Rows at the top that stay when scrolling.
    merges
        Merged cells.
    header
        Rows to be written as a header.
    attention
        Column whose texts in `attention_words` are written in red; -1 for none.
    attention_words
        See `attention`.
    """

    name: str
    rows: Iterable[Sequence[Cell]]
    widths: Sequence[int] = ()
    frozen_rows: int = 0
    merges: Sequence[Merge] = ()
    header: range = range(0)
    attention: int = -1
    attention_words: frozenset[str] = field(default_factory=frozenset)


def write_spreadsheet(sheets: Sequence[SheetToWrite], file: BinaryIO) -> None:
    """Write a book.

    Parameters
    ----------
    sheets
        At least one.
    file
        Opened for writing bytes.
    """
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        numbers = range(1, len(sheets) + 1)
        for name, text in _frame(sheets, numbers):
            archive.writestr(name, _XML + text)
        for number, sheet in zip(numbers, sheets, strict=True):
            with archive.open(f"xl/worksheets/sheet{number}.xml", "w", force_zip64=True) as part:
                for piece in _sheet(sheet, first=number == 1):
                    part.write(piece.encode())


def _frame(sheets: Sequence[SheetToWrite], numbers: range) -> Iterator[tuple[str, str]]:
    parts = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_OFFICE}.worksheet+xml"/>'
        for n in numbers
    )
    yield (
        "[Content_Types].xml",
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_OFFICE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_OFFICE}.styles+xml"/>{parts}</Types>',
    )
    yield (
        "_rels/.rels",
        f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1"'
        f' Type="{_RELATED}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    )
    names = "".join(
        f'<sheet name={quoteattr(sheet.name)} sheetId="{n}" r:id="rId{n}"/>'
        for n, sheet in zip(numbers, sheets, strict=True)
    )
    yield (
        "xl/workbook.xml",
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATED}"><sheets>{names}</sheets></workbook>',
    )
    related = "".join(
        f'<Relationship Id="rId{n}" Type="{_RELATED}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in numbers
    )
    yield (
        "xl/_rels/workbook.xml.rels",
        f'<Relationships xmlns="{_PACKAGE}/relationships">{related}'
        f'<Relationship Id="rId{len(sheets) + 1}" Type="{_RELATED}/styles" Target="styles.xml"/>'
        "</Relationships>",
    )
    yield "xl/styles.xml", _styles()


def _styles() -> str:
    formats = {164: "yyyy-mm-dd", 165: "yyyy-mm-dd hh:mm:ss", 166: "hh:mm:ss", 167: "[h]:mm:ss"}
    written = "".join(
        f'<numFmt numFmtId="{number}" formatCode="{code}"/>' for number, code in formats.items()
    )
    cells = "".join(
        f'<xf numFmtId="{number}" fontId="{font}" fillId="{fill}" borderId="0" xfId="0"'
        ' applyNumberFormat="1" applyFont="1" applyFill="1"/>'
        for number, font, fill in (
            (0, 0, 0),
            (49, 0, 0),
            (164, 0, 0),
            (165, 0, 0),
            (166, 0, 0),
            (167, 0, 0),
            (49, 1, 2),
            (49, 2, 0),
        )
    )
    red = '<color rgb="FFC00000"/>'
    font = '<sz val="11"/>{}<name val="等线"/><family val="2"/>'
    grey = '<patternFill patternType="solid"><fgColor rgb="FFEDEDED"/></patternFill>'
    return (
        f'<styleSheet xmlns="{_MAIN}"><numFmts count="{len(formats)}">{written}</numFmts>'
        f'<fonts count="3"><font>{font.format("")}</font><font><b/>{font.format("")}</font>'
        f"<font><b/>{font.format(red)}</font></fonts>"
        '<fills count="3"><fill><patternFill patternType="none"/></fill>'
        f'<fill><patternFill patternType="gray125"/></fill><fill>{grey}</fill></fills>'
        '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>'
        f'</cellStyleXfs><cellXfs count="8">{cells}</cellXfs><cellStyles count="1"><cellStyle '
        'name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    )


def _sheet(sheet: SheetToWrite, *, first: bool) -> Iterator[str]:
    frozen = ""
    if sheet.frozen_rows:
        frozen = (
            f'<pane ySplit="{sheet.frozen_rows}" topLeftCell="A{sheet.frozen_rows + 1}"'
            ' activePane="bottomLeft" state="frozen"/>'
        )
    widths = "".join(
        f'<col min="{n}" max="{n}" width="{width}" customWidth="1"/>'
        for n, width in enumerate(sheet.widths, 1)
    )
    yield (
        f'{_XML}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView'
        f'{" tabSelected=" + quoteattr("1") if first else ""} workbookViewId="0">{frozen}'
        f"</sheetView></sheetViews>{f'<cols>{widths}</cols>' if widths else ''}<sheetData>"
    )
    yield from _rows(sheet)
    merged = "".join(
        f'<mergeCell ref="{column_letter(b)}{a + 1}:{column_letter(d)}{c + 1}"/>'
        for a, b, c, d in sheet.merges
    )
    if merged:
        merged = f'<mergeCells count="{len(sheet.merges)}">{merged}</mergeCells>'
    yield f"</sheetData>{merged}</worksheet>"


def _rows(sheet: SheetToWrite) -> Iterator[str]:
    texts: dict[str, str] = {}
    block: list[Sequence[Cell]] = []
    start = 0
    for cells in sheet.rows:
        block.append(cells)
        if len(block) == _BLOCK:
            yield _block(block, start, sheet, texts)
            start += len(block)
            block = []
            texts.clear()
    if block:
        yield _block(block, start, sheet, texts)


def _block(
    block: list[Sequence[Cell]], start: int, sheet: SheetToWrite, texts: dict[str, str]
) -> str:
    columns = []
    for index, cells in enumerate(zip(*block, strict=True)):
        letter = column_letter(index)
        written = [
            (texts.get(cell) or _text(cell, texts)) if type(cell) is str else _other(cell)
            for cell in cells
        ]
        for row in range(
            max(sheet.header.start, start), min(sheet.header.stop, start + len(block))
        ):
            written[row - start] = _styled(cells[row - start], HEADER)
        if index == sheet.attention:
            for row, cell in enumerate(cells):
                if cell in sheet.attention_words:
                    written[row] = _styled(cell, ATTENTION)
        columns.append(
            [
                f'<c r="{letter}{number}"{cell}' if cell else ""
                for number, cell in enumerate(written, start + 1)
            ]
        )
    rows = map("".join, zip(*columns, strict=True))
    return "".join(f'<row r="{n}">{row}</row>' for n, row in enumerate(rows, start + 1))


def _text(text: str, texts: dict[str, str]) -> str:
    written = f' t="e"><v>{text}</v></c>' if text in ERRORS else _inline(text, TEXT)
    texts[text] = written
    return written


def _inline(text: str, style: int) -> str:
    clean = escape(_ESCAPED.sub(_hex, text[:_MOST_CHARACTERS]))
    space = ' xml:space="preserve"' if clean != clean.strip() or "\n" in clean else ""
    return f' s="{style}" t="inlineStr"><is><t{space}>{clean}</t></is></c>'


def _hex(found: re.Match[str]) -> str:
    return f"_x{ord(found[0]):04X}_"


def _styled(cell: Cell, style: int) -> str:
    if isinstance(cell, str) and cell not in ERRORS:
        return _inline(cell, style)
    return _other(cell) or f' s="{style}"/>'


def _other(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return f' t="b"><v>{int(cell)}</v></c>'
    if isinstance(cell, int | float):
        style = f' s="{TEXT}"' if abs(cell) >= _MOST_EXACT else ""
        return f"{style}><v>{cell!r}</v></c>"
    if isinstance(cell, date):
        return _day(cell)
    if isinstance(cell, time):
        seconds = timedelta(hours=cell.hour, minutes=cell.minute, seconds=cell.second)
        return _fraction(seconds + timedelta(microseconds=cell.microsecond), TIME)
    if isinstance(cell, timedelta):
        return _fraction(cell, DURATION)
    return _inline(str(cell), TEXT)


def _day(cell: date) -> str:
    day = cell.date() if isinstance(cell, datetime) else cell
    epoch = _EPOCH if day >= date(1900, 3, 1) else _EPOCH_BEFORE_MARCH_1900
    serial = (day - epoch).days
    if serial < 1:
        return _inline(cell.isoformat(), TEXT)
    if not isinstance(cell, datetime):
        return f' s="{DATE}"><v>{serial}</v></c>'
    seconds = timedelta(hours=cell.hour, minutes=cell.minute, seconds=cell.second)
    return _fraction(timedelta(days=serial, microseconds=cell.microsecond) + seconds, DATETIME)


def _fraction(span: timedelta, style: int) -> str:
    return f' s="{style}"><v>{span.total_seconds() / _DAY_SECONDS!r}</v></c>'
