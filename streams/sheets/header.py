"""Where the header of a table lies, and what its columns are called.

A header is the row, or up to three rows together, in which most headers are known from the
mappings. Where none is known (a new sheet), it is the first row that looks like one: short texts,
all different, in most of the columns.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from itertools import pairwise

from streams.sheets.cells import Cell, header_text
from streams.sheets.table import Merge

_ROWS_SEARCHED = 60
_MOST_HEADER_ROWS = 3
_FEWEST_KNOWN = 2
_LONGEST_HEADER = 40
_SHARE_FILLED = 0.6
_DIGITS = re.compile(r"\d{4}")


@dataclass(frozen=True, slots=True)
class Header:
    """A header that was found.

    Parameters
    ----------
    rows
        Of the grid.
    names
        One a column of the grid, "" where it has none.
    numbered
        Whether the row below only numbers the columns (1, 2, 3 ... or 甲, 乙, 1 ...).
    """

    rows: range
    names: tuple[str, ...]
    numbered: bool


def find_header(
    grid: list[list[Cell]],
    merges: tuple[Merge, ...],
    known_headers: Collection[str],
    ignored: Collection[int],
) -> Header | None:
    """Find the header of a table.

    Parameters
    ----------
    grid
        All rows.
    merges
        Merged cells.
    known_headers
        Headers of all mappings, as `header_text`.
    ignored
        Columns that do not count: those of an earlier answer.

    Returns
    -------
    The header, or None when no row looks like one.
    """
    columns = [column for column in range(len(grid[0])) if column not in ignored] if grid else []
    filled = [
        row
        for row in range(min(len(grid), _ROWS_SEARCHED))
        if any(grid[row][column] is not None for column in columns)
    ]
    merges = tuple(merge for merge in merges if merge[0] < _ROWS_SEARCHED)
    found = _known(grid, merges, known_headers, columns, filled) or _plausible(
        grid, columns, filled
    )
    if found is None:
        return None
    rows = _widened(grid, found, merges, columns)
    return Header(
        rows, tuple(names_of(grid, rows, merges)), _is_numbering(grid, rows.stop, columns)
    )


def _known(
    grid: list[list[Cell]],
    merges: tuple[Merge, ...],
    known_headers: Collection[str],
    columns: list[int],
    filled: list[int],
) -> range | None:
    widest = max((sum(grid[row][c] is not None for c in columns) for row in filled), default=0)
    best, most = None, min(_FEWEST_KNOWN, widest) - 1
    for n_rows in range(1, _MOST_HEADER_ROWS + 1):  # of equals the one with the fewest rows
        for first in filled:
            rows = range(first, first + n_rows)
            if rows[-1] not in filled or not all(map(_may_be_below, (grid[r] for r in rows[1:]))):
                continue
            names = names_of(grid, rows, merges)
            hits = sum(_is_known(names[column], known_headers) for column in columns)
            if hits > most:
                best, most = rows, hits
    return best


def _widened(
    grid: list[list[Cell]], rows: range, merges: tuple[Merge, ...], columns: list[int]
) -> range:
    """Add rows into which header cells reach, and the groups that tell equal headers apart."""
    last = max((m[2] for m in merges if m[0] in rows and m[2] < len(grid)), default=rows[-1])
    if rows[-1] < last < rows.start + _MOST_HEADER_ROWS:
        rows = range(rows.start, last + 1)
    names = _names_in(columns, names_of(grid, rows, merges))
    if rows.start and len(set(names)) < len(names):
        above = range(rows.start - 1, rows.stop)
        if len(set(_names_in(columns, names_of(grid, above, merges)))) > len(set(names)):
            return above
    return rows


def _names_in(columns: list[int], names: list[str]) -> list[str]:
    return [names[column] for column in columns if names[column]]


def _is_known(name: str, known_headers: Collection[str]) -> bool:
    return name != "" and (
        name in known_headers or ("/" in name and name.rsplit("/", 1)[1] in known_headers)
    )


def _may_be_below(cells: list[Cell]) -> bool:
    """Say whether a row may be the second of a header: data has numbers or dates somewhere."""
    return all(
        cell is None
        or (isinstance(cell, str) and not cell.strip().isdecimal() and not _DIGITS.search(cell))
        for cell in cells
    )


def _plausible(grid: list[list[Cell]], columns: list[int], filled: list[int]) -> range | None:
    widest = max((sum(grid[row][c] is not None for c in columns) for row in filled), default=0)
    for row in filled:
        cells = [grid[row][column] for column in columns if grid[row][column] is not None]
        texts = [header_text(cell) for cell in cells if isinstance(cell, str)]
        if (
            len(cells) >= max(2, _SHARE_FILLED * widest)
            and len(texts) == len(cells) == len(set(texts))
            and all(0 < len(text) <= _LONGEST_HEADER for text in texts)
            and not any(text.replace(".", "").isdigit() for text in texts)
        ):
            return range(row, row + 1)
    return None


def names_of(grid: list[list[Cell]], rows: range, merges: tuple[Merge, ...]) -> list[str]:
    """Return the name of each column: the parts of its header from above to below.

    Parameters
    ----------
    grid
        All rows.
    rows
        The header.
    merges
        Merged cells: each part belongs to all columns that it covers.

    Returns
    -------
    One a column; equal parts one below the other count once.
    """
    lines = [[header_text(cell) for cell in grid[row]] for row in rows]
    covered = _spread_merges(lines, rows, merges)
    for above, below in pairwise(lines):
        if not covered:
            _spread_groups(above, below)
    names = []
    for parts in zip(*lines, strict=True):
        kept: list[str] = []
        for part in parts:
            if part and (not kept or kept[-1] != part):
                kept.append(part)
        names.append("/".join(kept))
    return names


def _spread_merges(lines: list[list[str]], rows: range, merges: tuple[Merge, ...]) -> bool:
    """Write the text of merged cells into all they cover; True if one covers several columns."""
    wide = False
    for first_row, first_column, last_row, last_column in merges:
        if first_row not in rows:
            continue
        text = lines[first_row - rows.start][first_column]
        wide |= last_column > first_column
        for row in range(first_row, min(last_row, rows[-1]) + 1):
            for column in range(first_column, min(last_column + 1, len(lines[0]))):
                lines[row - rows.start][column] = text
    return wide


def _spread_groups(above: list[str], below: list[str]) -> None:
    """Without merged cells an empty cell belongs to the group on its left."""
    for column in range(1, len(above)):
        if not above[column] and below[column] and below[column - 1]:
            above[column] = above[column - 1]


def _is_numbering(grid: list[list[Cell]], row: int, columns: list[int]) -> bool:
    if row >= len(grid):
        return False
    texts = [header_text(grid[row][column]) for column in columns]
    texts = [text.strip("()") for text in texts if text and text not in "甲乙丙丁戊栏次"]
    return len(texts) >= 3 and texts == [str(number) for number in range(1, len(texts) + 1)]
