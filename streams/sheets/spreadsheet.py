"""The sheets of an XLSX as rows of cells; values as Excel saved them, nothing is computed."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree

import python_calamine as calamine

from streams.sheets.archive import Part, damaged, open_archive, password, unpacked
from streams.sheets.cells import Cell, column_letter
from streams.sheets.extent import Extent, extent_of, odd
from streams.sheets.limits import SheetLimits
from streams.sheets.table import LeftSheet, Merge, Note
from yujing.errors import UnreadableFileError

_WORKBOOK, _RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_LARGEST_FRAME = 2**24
_TEXTS_HELD = 200_000
_MACROS = Note(
    "文件带有宏：只读取了单元格，宏没有运行，反馈文件里也没有宏。",
    "it holds macros: only cells were read, no macro was run or kept",
)
_LINKS = Note(
    "文件引用了其他工作簿：没有打开它们，读取的是保存时的数值。",
    "it refers to other books: they were not opened, the saved values were read",
)


@dataclass(frozen=True, slots=True)
class RawSheet:
    """A sheet before anybody looked for its header.

    Parameters
    ----------
    name
        Of the sheet.
    grid
        All rows from the first, all of one width, without empty rows and columns at the end.
    merges
        Merged cells.
    """

    name: str
    grid: list[list[Cell]]
    merges: tuple[Merge, ...]


def read_spreadsheet(
    content: bytes, limits: SheetLimits
) -> tuple[list[RawSheet], list[LeftSheet], list[Note]]:
    """Read the visible sheets of an XLSX or XLSM.

    Parameters
    ----------
    content
        A ZIP archive.
    limits
        How much is read.

    Returns
    -------
    Sheets with cells, sheets that were left, and notes for the sender.

    Raises
    ------
    UnreadableFileError
        If it is no XLSX, damaged, locked, or too large.
    """
    parts = open_archive(content, limits)
    _check_kind(parts)
    extents = _extents(content, parts, limits)
    names = {name.lower() for name in parts}
    notes = [_MACROS] if "xl/vbaproject.bin" in names else []
    notes += [_LINKS] if any(name.startswith("xl/externallinks/") for name in names) else []
    sheets: list[RawSheet] = []
    left: list[LeftSheet] = []
    room = limits.cells
    try:
        with calamine.load_workbook(io.BytesIO(content)) as book:
            for place, about in enumerate(book.sheets_metadata):
                if about.typ != calamine.SheetTypeEnum.WorkSheet:
                    left.append(LeftSheet(about.name, "不是数据工作表。", "it is no worksheet"))
                elif about.visible != calamine.SheetVisibleEnum.Visible:
                    left.append(_hidden(about.name))
                elif about.name not in extents:
                    raise damaged()
                else:
                    extent = extents[about.name]
                    _check_extent(about.name, extent, limits.columns, room)
                    room -= extent.rows * extent.columns
                    sheets.append(_sheet(book.get_sheet_by_index(place), extent))
    except calamine.PasswordError:
        raise password() from None
    except (calamine.CalamineError, ValueError):
        raise damaged() from None
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # of the reader, when a file is crooked
            raise
        raise damaged() from None
    return sheets, left, notes


def _extents(content: bytes, parts: dict[str, Part], limits: SheetLimits) -> dict[str, Extent]:
    """Unpack every part once, within the limits; return how far the worksheets reach."""
    frame: dict[str, bytes] = {}
    measured: dict[str, Extent] = {}
    for name, part in parts.items():
        pieces = unpacked(content, part)
        low = name.lower()  # Excel does not mind the case either
        if low in (_WORKBOOK, _RELATIONS):
            if part.unpacked > _LARGEST_FRAME:
                raise odd()
            frame[low] = b"".join(pieces)
        elif low.endswith(".xml") and "sheets/" in low:
            measured[low] = extent_of(pieces)
        else:
            _drain(pieces, xml=low.endswith((".xml", ".rels")))
    names = _sheet_parts(frame)
    return {sheet: measured[part] for sheet, part in names.items() if part in measured}


def _drain(pieces: Iterator[bytes], *, xml: bool) -> None:
    """Unpack a part to its end; XML with a DOCTYPE could grow without bound in a reader."""
    last = b""
    for piece in pieces:
        if xml and b"<!" in last + piece:
            raise odd()
        last = piece[-1:]


def _sheet_parts(frame: dict[str, bytes]) -> dict[str, str]:
    """Return the part of each sheet by its name."""
    if len(frame) < 2 or any(b"<!" in text or b"\0" in text for text in frame.values()):
        raise odd()
    try:
        book = ElementTree.fromstring(frame[_WORKBOOK])  # noqa: S314 - no DOCTYPE
        relations = ElementTree.fromstring(frame[_RELATIONS])  # noqa: S314 - see above
    except ElementTree.ParseError:
        raise damaged() from None
    targets = {relation.get("Id"): relation.get("Target", "") for relation in relations}
    parts: dict[str, str] = {}
    for sheet in book.iterfind("{*}sheets/{*}sheet"):
        key = next((value for name, value in sheet.attrib.items() if name.endswith("}id")), None)
        target = targets.get(key, "")
        inside = target.removeprefix("/")
        absolute = target.startswith("/") or target.startswith("xl/")
        name = sheet.get("name", "")
        if name in parts:
            raise damaged()
        parts[name] = (inside if absolute else f"xl/{inside}").lower()
    return parts


def _check_extent(name: str, extent: Extent, columns: int, room: int) -> None:
    last = f"{column_letter(extent.columns - 1)}{extent.rows}"
    if extent.columns > columns:
        raise UnreadableFileError(
            f"the last cell of a sheet is {last}, beyond {columns:,} columns",
            f"工作表“{name}”的内容一直到 {last} 格，超过 {columns} 列；"
            "请选中右边多余的列，删除后再发。",
        )
    if extent.rows * extent.columns > room:
        raise UnreadableFileError(
            f"the last cell of a sheet is {last}: more cells than can be read at once",
            f"工作表“{name}”的内容一直到 {last} 格，超过一次能读取的格数；"
            "请选中下面多余的行，删除后再发，或拆成几个文件。",
        )


def _check_kind(parts: dict[str, Part]) -> None:
    names = {name.lower() for name in parts}
    if "xl/workbook.xml" in names:
        return
    if "encryptedpackage" in names:
        raise password()
    raise UnreadableFileError(
        "it is a ZIP archive or another kind of office file, not an XLSX",
        "这是压缩包或其他格式（如 xlsb、ods、docx）的文件，不是 xlsx；如果是压缩包请先解压，"
        "否则请用 Excel 或 WPS 打开，“另存为”“Excel 工作簿 (*.xlsx)”后再发送。",
    )


def _hidden(name: str) -> LeftSheet:
    return LeftSheet(
        name,
        "是隐藏的工作表，没有读取；如要报送请先取消隐藏。",
        "it is a hidden sheet; unhide it to send it",
    )


def _sheet(sheet: calamine.CalamineSheet, extent: Extent) -> RawSheet:
    left = sheet.start[1] if sheet.start else 0
    width = left + sheet.width
    empty: list[Cell] = [None] * width
    before: list[Cell] = [None] * left
    grid: list[list[Cell]] = []
    texts: dict[str, str] = {}  # the reader makes a new text for each cell: half of the memory
    known = texts.setdefault
    for row in sheet.iter_rows():  # with the empty rows above the first cell, not the columns
        if any(row) or any(cell != "" for cell in row):
            cells: list[Cell] = [
                (known(cell, cell) if cell else None) if type(cell) is str else cell for cell in row
            ]
            grid.append(before + cells if before else cells)
            if len(texts) > _TEXTS_HELD:
                texts.clear()
        else:
            grid.append(empty)  # the same for all: there may be a million
    _put_errors(grid, extent.errors, empty)
    while grid and grid[-1] is empty:
        grid.pop()
    grid = _narrowed(grid)
    return RawSheet(sheet.name, grid, _merges(sheet, grid))


def _merges(sheet: calamine.CalamineSheet, grid: list[list[Cell]]) -> tuple[Merge, ...]:
    """Return the merged cells as far as they lie in the grid; they never overlap."""
    if not grid:
        return ()
    last_row, last_column = len(grid) - 1, len(grid[0]) - 1
    merges = tuple(
        (top, left, min(bottom, last_row), min(right, last_column))
        for (top, left), (bottom, right) in sheet.merged_cell_ranges or ()
        if top <= last_row and left <= last_column
    )
    if sum((c - a + 1) * (d - b + 1) for a, b, c, d in merges) > len(grid) * len(grid[0]):
        raise odd()
    return tuple(merge for merge in merges if merge[0] < merge[2] or merge[1] < merge[3])


def _put_errors(
    grid: list[list[Cell]], errors: dict[tuple[int, int], str], empty: list[Cell]
) -> None:
    for (row, column), text in errors.items():
        if row >= len(grid) or column >= len(grid[row]):
            raise damaged()
        if grid[row] is empty:
            grid[row] = list(grid[row])
        grid[row][column] = text


def _narrowed(grid: list[list[Cell]]) -> list[list[Cell]]:
    """Return the rows without columns at the right in which there is nothing."""
    if not grid or any(row[-1] is not None for row in grid):
        return grid
    width = max(
        (at + 1 for row in grid for at in range(len(row) - 1, -1, -1) if row[at] is not None),
        default=0,
    )
    return [row[:width] for row in grid]
