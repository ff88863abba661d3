"""Tables of sheets as the reader of books gives them, made from columns."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache

import numpy as np

from streams.door.id_number import unpacked
from streams.sheets.cells import Cell, column_letter, header_text
from streams.sheets.choosing import choose
from streams.sheets.mapping import Mappings
from streams.sheets.table import Column, Table
from streams.sheets.translate import Frame, Hints, read_frame
from yujing.domain.region import Regions

TODAY = date(2026, 11, 24)
COUNTY, TOWNSHIP, VILLAGE = "织金县", "双堰街道", "星秀社区"
VILLAGE_CODE = "520524001001"


@cache
def mappings() -> Mappings:
    """Return the mappings that come with Yujing."""
    return Mappings.load()


@cache
def regions() -> Regions:
    """Return the places of Guizhou."""
    return Regions.load()


def person(serial: int, born: str = "19900101") -> str:
    """Return the ID number of a person that nobody is; it does not end in 000."""
    packed = np.array([int(f"520524{born}{serial * 10 + 1:03d}")], dtype=np.uint64)
    return unpacked(packed)[0]


def table(
    columns: Mapping[str, Sequence[Cell]],
    *,
    title: str = "",
    tail: str = "",
    name: str = "Sheet1",
    typed: bool = True,
    uneven: Sequence[int] = (),
) -> Table:
    """Return a table of columns under their headers.

    Parameters
    ----------
    columns
        Header -> cells.
    title, tail, name
        Text around them.
    typed
        False for a CSV.
    uneven
        Rows with too many cells.
    """
    n = len(next(iter(columns.values())))
    rows = [list(row) for row in zip(*columns.values(), strict=True)]
    return Table(
        name=name,
        title=title,
        tail=tail,
        grid=[list(columns), *rows],
        header=range(1),
        data=np.arange(1, n + 1),
        columns=tuple(
            Column(header_text(header), column_letter(at), list(cells), at)
            for at, (header, cells) in enumerate(columns.items())
        ),
        result_columns=(),
        typed=typed,
        merges=(),
        uneven=np.array(uneven, dtype=np.int64),
    )


def frame(
    sheet: Table, *, file_name: str = "sheet.xlsx", month: int | None = None, home: int = 0
) -> Frame:
    """Return what the shipped mappings read in a table."""
    choice = choose(sheet, mappings(), file_name=file_name)
    assert choice is not None
    return read_frame(sheet, choice, Hints(file_name, month, TODAY), regions(), home=home)


def work_rows(n: int = 1, **more: Sequence[Cell] | Cell) -> dict[str, Sequence[Cell]]:
    """Return the columns of a monthly work sheet with `n` right rows, and more or other columns."""
    columns: dict[str, Sequence[Cell]] = {
        "县": [COUNTY] * n,
        "乡": [TOWNSHIP] * n,
        "行政村": [VILLAGE] * n,
        "证件号码": [person(at) for at in range(n)],
        "是否已务工": ["是"] * n,
    }
    for header, cells in more.items():
        columns[header] = cells if isinstance(cells, list) else [cells] * n  # type: ignore[list-item]
    return columns
