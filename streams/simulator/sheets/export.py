"""One sheet as a department's system exports it: columns under headers, one row a record."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from streams.simulator.array import Ints
from streams.simulator.sheets.cells import Cells, places
from streams.simulator.sheets.page import Page
from streams.simulator.sheets.register import Register

NOBODY = 0   # the village of a row that names no place


@dataclass(frozen=True)
class Export:
    """One sheet of one month.

    Attributes
    ----------
    mapping
        Name of the mapping that reads it.
    title
        What the department calls it.
    month
        Month number.
    columns
        Header -> cells, from the left.
    villages
        12-digit code of the village of each row, 0 where the sheet names none.
    """

    mapping: str
    title: str
    month: int
    columns: Mapping[str, Cells]
    villages: Ints

    def __len__(self) -> int:
        return len(self.villages)

    @property
    def month_text(self) -> str:
        """The month as titles and tabs have it: 2023年03月."""
        return f"{self.month // 12}年{self.month % 12 + 1:02d}月"

    def take(self, rows: Ints) -> "Export":
        """Return the sheet of the given rows."""
        wanted = rows.tolist()
        columns = {header: [cells[at] for at in wanted] for header, cells in self.columns.items()}
        return Export(self.mapping, self.title, self.month, columns, self.villages[rows])

    def page(self) -> Page:
        """Return the sheet as it leaves the system: the header in the first row, then the rows."""
        rows = [list(self.columns), *map(list, zip(*self.columns.values(), strict=True))]
        return Page(f"{self.title}{self.month_text}", rows)


def where(register: Register, villages: Ints) -> dict[str, Cells]:
    """Return the three columns of places."""
    county, township, village = places(register.regions, villages)
    return {"县": county, "乡": township, "行政村": village}


def who(register: Register, people: Ints, *, header: str = "证件号码") -> dict[str, Cells]:
    """Return name and ID number of rows of the names."""
    return {"姓名": register.people_names[people].tolist(),
            header: register.names.id_numbers[people].tolist()}


def villages_of(register: Register, households: Ints) -> Ints:
    """Return the village of each household, 0 where the register knows none."""
    row = register.household_row[households]
    region = register.households.region[row]
    return np.where((households >= 0) & (row >= 0), region, NOBODY)


def month_days(register: Register, days_of: Ints) -> Ints:
    """Return the rows whose day lies in the month."""
    first = (np.datetime64("1970-01", "M") + (register.month - 1970 * 12)).astype("datetime64[D]")
    inside = (days_of >= first.astype(np.int64)) & (days_of <= register.last_day)
    return np.flatnonzero(inside)


def in_order(export: Export) -> Export:
    """Return the sheet by village, as it was within one."""
    return export.take(np.argsort(export.villages, kind="stable"))
