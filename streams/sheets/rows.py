"""Which rows below the header are data, and which are sums, signatures and notes."""

import re
from collections.abc import Iterable, Sequence
from functools import cache

from streams.sheets.cells import Cell, header_text, plain

OUTCOMES = ("已接收", "重复", "冲突", "已拒绝", "未匹配")
RESULT, REASON = "结果", "原因"
SUMMARY, SUMMARY_MARK = "汇总", "预警系统反馈汇总"  # an answer's first sheet, and its first cell

_SUM = re.compile(r".{0,12}(合计|小计|总计|共计|累计)[:：]?(\d+[人户条]?)?")
_CELLS_OF_A_SUM = 3
_LABEL = re.compile(
    r"(填表|填报|制表|报表|经办|审核|审批|复核|负责|联系|分管|主管|统计|录入|采集)"
    r"(人|员|者|领导|单位|电话|方式|日期|时间|人员|负责人)?[签名字章()]*:"
    r"|(单位|部门|村|乡镇|镇)?(主要)?(负责人|领导)[签名字章()]*:"
    r"|(单位|部门)?\(?(公章|盖章|签章)\)?:?$"
    r"|(联系)?(电话|日期|时间|单位)\(?(公章|盖章)?\)?:"
    r"|(导出|打印|查询|生成)(日期|时间|人)?:"
    r"|.{2,10}(签字|签名|签章|盖章)[()]*:"
    r"|(填表|填报)?(备注|说明|注)\d?:"
)
_UNMARKED = re.compile(r"(填表|填报|制表|经办|审核|复核|联系|负责)人?(签字|签名|电话|日期|时间)?")
_CERTIFICATE = re.compile(r"\d{15}")
_NOTE = re.compile(r"(填表|填报)?(备注|说明|注)\d?[:.、]?|\(?\d{1,2}[.、)]")
_DAY = re.compile(r"(19|20)\d\d[年.\-/]\d{1,2}([月.\-/](\d{1,2}日?)?)?")
_OFFICE = re.compile(r".{2,30}(局|站|所|中心|办|办公室|政府|委员会|村委会|联合会|公司)")


def find_result_columns(grid: list[list[Cell]], rows_searched: int = 60) -> tuple[int, ...]:
    """Find the two columns of an earlier answer.

    Parameters
    ----------
    grid
        All rows.
    rows_searched
        How far down their header may lie.

    Returns
    -------
    Columns, or none: a column 结果 whose cells are other words than ours is data.
    """
    for row, cells in enumerate(grid[:rows_searched]):
        for column, cell in enumerate(cells):
            if cell != RESULT:
                continue
            paired = column + 1 < len(cells) and cells[column + 1] == REASON
            words = _words(grid, row + 1, column)
            if words <= set(OUTCOMES) and (
                words or (paired and not _words(grid, row + 1, column + 1))
            ):
                return (column, column + 1) if paired else (column,)
    return ()


def _words(grid: list[list[Cell]], first: int, column: int) -> set[Cell]:
    return {row[column] for row in grid[first:]} - {None}


def data_rows(
    grid: list[list[Cell]], header: range, numbered: bool, columns: Sequence[int]
) -> tuple[list[int], list[int]]:
    """Tell data from the rest below a header.

    Parameters
    ----------
    grid
        All rows.
    header
        Rows of the header.
    numbered
        Whether the row below it numbers the columns.
    columns
        Those that count.

    Returns
    -------
    Rows of data, and rows of text after or between them (signatures, notes).
    """
    narrow = len(columns) == len(grid[0])
    data: list[int] = []
    tail: list[int] = []
    repeated = [grid[header[-1]][column] for column in columns]
    is_label = cache(lambda text: _LABEL.match(header_text(text)) is not None)
    for row in range(header.stop + numbered, len(grid)):
        cells = grid[row] if narrow else [grid[row][column] for column in columns]
        first = next((cell for cell in cells if cell is not None), None)
        if first is None or _is_blank(first, cells):
            continue
        if _is_sum(cells) or cells == repeated:
            continue
        if isinstance(first, str) and not first.isascii() and is_label(first):
            tail.append(row)
        else:
            data.append(row)
    signed = _signed_from(grid, data, columns)
    tail += data[signed:]
    return data[:signed], sorted(tail)


def _is_blank(first: Cell, cells: Iterable[Cell]) -> bool:
    """Say whether all cells hold only blanks."""
    return first == "" or (
        isinstance(first, str) and not first.strip() and not any(plain(cell) for cell in cells)
    )


def _is_sum(cells: list[Cell]) -> bool:
    seen = 0
    for cell in cells:
        if cell is None:
            continue
        if isinstance(cell, str) and "计" in cell and _SUM.fullmatch(header_text(cell)):
            return not any(_CERTIFICATE.search(plain(cell)) for cell in cells)
        seen += 1
        if seen == _CELLS_OF_A_SUM:
            break
    return False


def _signed_from(grid: list[list[Cell]], data: list[int], columns: Sequence[int]) -> int:
    """Return from which place in `data` on rows are notes, an office and a day at the end."""
    if len(columns) < 3:
        return len(data)
    place = len(data)
    end = place
    dated = False
    while place:
        texts = [text for c in columns if (text := header_text(grid[data[place - 1]][c]))]
        place -= 1
        if _UNMARKED.fullmatch(texts[0]) and len(texts) <= len(columns) / 2:
            end = place
        elif len(texts) > 1:
            break
        elif _DAY.fullmatch(texts[0]):
            end, dated = place, True
        elif (dated and _OFFICE.fullmatch(texts[0])) or _NOTE.match(texts[0]):
            end = place
    return end
