"""What was read: a book of tables, each with its header, its data rows and its columns."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from streams.sheets.cells import Cell

Merge = tuple[int, int, int, int]  # first row, first column, last row, last column, from 0


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    Parameters
    ----------
    header
        Parts of a header in two lines or merged cells joined by "/", as `cells.header_text`.
    letter
        As Excel calls it.
    cells
        Of the data rows only; a cell merged over several rows stands in each of them.
    index
        Column of the grid.
    """

    header: str
    letter: str
    cells: Sequence[Cell]
    index: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet that has a header row.

    Parameters
    ----------
    name
        Of the sheet; "" for a CSV.
    title, tail
        Text above the header and below the data, lines joined by a line break.
    grid
        All rows as sent, all of one width, without empty ones at the end.
    header
        Rows of the grid that are the header.
    data
        Rows of the grid that are data, rising: no empty rows, sums, signatures.
    columns
        Those with a header or with any data.
    result_columns
        Columns of the grid with the outcome and the reason of an earlier answer; not in `columns`.
    typed
        True for an XLSX, whose cells have types; in a CSV all is text.
    merges
        Merged cells.
    uneven
        Rows (indices into `data`) with more cells than the header: a separator inside a text
        shifted them, so no cell of them can be trusted.
    """

    name: str
    title: str
    tail: str
    grid: list[list[Cell]]
    header: range
    data: NDArray[np.int64]
    columns: tuple[Column, ...]
    result_columns: tuple[int, ...]
    typed: bool
    merges: tuple[Merge, ...]
    uneven: NDArray[np.int64]

    def row_number(self, row: int) -> int:
        """Return the number that Excel shows beside a data row.

        Parameters
        ----------
        row
            Index into `data`.
        """
        return int(self.data[row]) + 1


@dataclass(frozen=True, slots=True)
class LeftSheet:
    """A sheet of a book that was not read.

    Parameters
    ----------
    name
        Of the sheet.
    why_zh, why
        One sentence each.
    """

    name: str
    why_zh: str
    why: str


@dataclass(frozen=True, slots=True)
class Note:
    """Something about a book that its sender should know.

    Parameters
    ----------
    zh, en
        One sentence each.
    """

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Book:
    """What one file holds.

    Parameters
    ----------
    tables
        In the order of the book; at least one.
    left
        Sheets without a table.
    kind
        What the content is, whatever the name says.
    notes
        For the answer: macros and links that were left aside.
    delimiter
        Of a CSV; "" for an XLSX.
    """

    tables: tuple[Table, ...]
    left: tuple[LeftSheet, ...]
    kind: Literal["xlsx", "csv"]
    notes: tuple[Note, ...] = ()
    delimiter: str = ""
