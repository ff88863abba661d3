"""What was made of the cells of a column: distinct values, and what is wrong with some of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from streams.sheets.cells import Cell, plain

BLANK_WORDS = frozenset(
    ["", "/", "\\", "-", "--", "—", "——", "无", "空", "null", "none", "n/a", "nan"]
)


class Fault(NamedTuple):
    """Why a value is refused or doubted; the texts follow on the column's name and the value."""

    code: str
    zh: str
    en: str


class Read(NamedTuple):
    """What one cell says.

    `value` is None where nothing is said; `fault` refuses the row, `doubt` is a warning.
    """

    value: object = None
    fault: Fault | None = None
    doubt: Fault | None = None


NOTHING = Read()
FORMULA_ERROR = Read(
    fault=Fault("formula_error", "是公式错误，请改成数值", "is the error of a formula")
)


@dataclass
class Values:
    """The values of a column.

    Parameters
    ----------
    at
        Index into `distinct` for each row.
    distinct
        Each value once; number 0 is None: nothing said, or refused.
    faults, doubts
        By index into `cells`.
    cell_at
        Index into `cells` for each row.
    cells
        Each cell once.
    """

    at: NDArray[np.int64]
    distinct: list[object]
    faults: dict[int, Fault] = field(default_factory=dict)
    doubts: dict[int, Fault] = field(default_factory=dict)
    cell_at: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    cells: list[Cell] = field(default_factory=list)

    @property
    def given(self) -> NDArray[np.bool_]:
        """Rows with a value."""
        return self.at > 0

    @property
    def refused(self) -> NDArray[np.bool_]:
        """Rows whose cell was refused."""
        return self._rows_of(self.faults)

    @property
    def doubted(self) -> NDArray[np.bool_]:
        """Rows whose cell was taken with a warning."""
        return self._rows_of(self.doubts)

    def _rows_of(self, cells: dict[int, Fault]) -> NDArray[np.bool_]:
        if not cells:
            return np.zeros(len(self.at), dtype=bool)
        marked = np.zeros(len(self.cells), dtype=bool)
        marked[list(cells)] = True
        out: NDArray[np.bool_] = marked[self.cell_at]
        return out


def distinct_cells(cells: Sequence[Cell]) -> tuple[list[Cell], NDArray[np.int64]]:
    """Return each cell once, and for each row which it is.

    Parameters
    ----------
    cells
        Of one column. ``True`` and ``1`` are two cells though Python calls them equal.
    """
    if bool in set(map(type, cells)):
        cells = [plain(cell) if cell.__class__ is bool else cell for cell in cells]
    index = {cell: place for place, cell in enumerate(dict.fromkeys(cells))}
    return list(index), np.fromiter(map(index.__getitem__, cells), np.int64, len(cells))


def read_cells(cells: Sequence[Cell], read: Callable[[Cell], Read]) -> Values:
    """Return the values of a column; each distinct cell is read once.

    Parameters
    ----------
    cells
        Of one column.
    read
        Says what a cell says.
    """
    once, cell_at = distinct_cells(cells)
    return put_together(once, cell_at, [read(cell) for cell in once])


def put_together(cells: list[Cell], cell_at: NDArray[np.int64], reads: Sequence[Read]) -> Values:
    """Return the values of a column whose distinct cells have been read.

    Parameters
    ----------
    cells, cell_at
        As `distinct_cells` gives them.
    reads
        What each of the distinct cells says.
    """
    index: dict[object, int] = {None: 0}
    of_cell = np.zeros(len(cells), dtype=np.int64)
    values = Values(of_cell, [], cell_at=cell_at, cells=cells)
    for place, read in enumerate(reads):
        if read.fault is not None:
            values.faults[place] = read.fault
            continue
        if read.doubt is not None:
            values.doubts[place] = read.doubt
        of_cell[place] = index.setdefault(read.value, len(index))
    values.distinct = list(index)
    values.at = of_cell[cell_at] if len(cells) else np.zeros(0, dtype=np.int64)
    return values


def constant(n: int, value: object) -> Values:
    """Return a column with the same value in each of `n` rows."""
    place = 0 if value is None else 1
    return Values(np.full(n, place, dtype=np.int64), [None, value][: place + 1])
