"""The sheets of an XLSX as rows of cells; values as Excel saved them, nothing is computed."""

import io
from dataclasses import dataclass

import python_calamine as calamine

from streams.sheets.archive import Part, damaged, open_archive, password
from streams.sheets.cells import Cell
from streams.sheets.limits import SheetLimits
from streams.sheets.table import LeftSheet, Merge, Note
from yujing.errors import UnreadableFileError

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
    notes = [_MACROS] if "xl/vbaProject.bin" in parts else []
    notes += [_LINKS] if any(name.startswith("xl/externalLinks/") for name in parts) else []
    sheets: list[RawSheet] = []
    left: list[LeftSheet] = []
    try:
        with calamine.load_workbook(io.BytesIO(content)) as book:
            for place, about in enumerate(book.sheets_metadata):
                if about.typ != calamine.SheetTypeEnum.WorkSheet:
                    left.append(LeftSheet(about.name, "不是数据工作表。", "it is no worksheet"))
                elif about.visible != calamine.SheetVisibleEnum.Visible:
                    left.append(_hidden(about.name))
                else:
                    sheets.append(_sheet(book.get_sheet_by_index(place)))
    except calamine.PasswordError:
        raise password() from None
    except (calamine.CalamineError, ValueError):
        raise damaged() from None
    return sheets, left, notes


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


def _sheet(sheet: calamine.CalamineSheet) -> RawSheet:
    grid: list[list[Cell]] = [
        [None if cell == "" else cell for cell in row]
        for row in sheet.to_python(skip_empty_area=False)
    ]
    while grid and all(cell is None for cell in grid[-1]):
        grid.pop()
    merges = tuple((a, b, c, d) for (a, b), (c, d) in sheet.merged_cell_ranges or ())
    return RawSheet(sheet.name, grid, merges)
