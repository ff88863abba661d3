"""Books as departments really send them: titles, headers in two lines, sums, signatures, extras."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from streams.simulator.sheets.export import Export
from streams.simulator.sheets.page import Cell, Page
from streams.simulator.sheets.spelling import HEADERS, otherwise
from streams.simulator.sheets.spoiling import Spoiled, spoil
from yujing.domain.days import month_end

EXTRA = ("村级联系人", "是否已核对")   # columns that no mapping knows
_HEADER_ROWS = 2
_TOP_ROWS = 2
_GROUPS = ("基本情况", "登记情况")
_HELP = (
    "填表说明", "一、请如实填写，不得漏报。", "二、证件号码请设为文本格式。",
    "三、每月5日前报送。",
)


@dataclass(frozen=True)
class Messy:
    """A book and what is wrong in it.

    Attributes
    ----------
    pages
        The sheet first, then two that nobody means.
    spoiled
        Wrong rows; their `row` is that of the sheet as exported.
    grid_row
        Row of the first page for each row of the sheet.
    sheet_day
        The date that the sheet gives itself.
    """

    pages: list[Page]
    spoiled: list[Spoiled]
    grid_row: list[int]
    sheet_day: date


def messy(rng: np.random.Generator, export: Export, *, wrong: bool = True) -> Messy:
    """Return a sheet as people make it of a right one.

    Parameters
    ----------
    rng
        The same gives the same book.
    export
        As the system exports it.
    wrong
        Whether some rows are spoiled too; without, the book says the same as the export.
    """
    written = otherwise(rng, export)
    spoiled = spoil(rng, export) if wrong else []
    for one in spoiled:
        written.columns[HEADERS.get(one.header, one.header)][one.row] = one.cell
    day = month_end(export.month + 1).replace(day=5)
    page, grid_row = _page(rng, written, day)
    notes = Page("填表说明", [[line] for line in _HELP])
    return Messy([page, notes, Page("Sheet3", [])], spoiled, grid_row, day)


def _page(rng: np.random.Generator, export: Export, day: date) -> tuple[Page, list[int]]:
    columns: dict[str, list[Cell]] = dict(export.columns)
    n = len(export)
    columns[EXTRA[0]] = ["王村长" if at % 3 else None for at in range(n)]
    columns[EXTRA[1]] = ["已核对" for _ in range(n)]
    headers = list(columns)
    rng.shuffle(headers)
    width, split = len(headers), len(headers) // 2
    title = f"{export.month_text}{export.title}情况统计表"
    below = f"填报单位：县专班（盖章）  填报日期：{day.year}年{day.month}月{day.day}日"
    above: list[Cell] = [None] * width
    above[0], above[split] = _GROUPS
    rows: list[list[Cell]] = [_wide(title, width), _wide(below, width), above, list(headers)]
    merges = [(0, 0, 0, width - 1), (1, 0, 1, width - 1), (2, 0, 2, split - 1),
              (2, split, 2, width - 1)]
    grid_row = []
    empty = set(rng.choice(n, max(n // 8, 1), replace=False).tolist())
    for at, cells in enumerate(zip(*(columns[header] for header in headers), strict=True)):
        if at in empty and at:
            rows.append([None] * width)
        grid_row.append(len(rows))
        rows.append(list(cells))
    rows.append(_sums(headers, columns, n))
    rows.append(_wide(f"填表人：陈某某    审核人：李某某    {day.year}年{day.month}月", width))
    hidden = [grid_row[at] for at in rng.choice(n, min(2, n), replace=False).tolist()]
    return Page("Sheet1", rows, merges, hidden, [int(rng.integers(width))]), grid_row


def _wide(text: str, width: int) -> list[Cell]:
    return [text, *[None] * (width - 1)]


def _sums(headers: list[str], columns: dict[str, list[Cell]], n: int) -> list[Cell]:
    cells: list[Cell] = [None] * len(headers)
    for at, header in enumerate(headers):
        numbers = [cell for cell in columns[header] if isinstance(cell, int)]
        if numbers:
            cells[at] = sum(numbers)
    cells[0] = f"合计：{n}" if cells[0] is not None else "合计"
    return cells
