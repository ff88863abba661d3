"""The books of a county in its last months: OUT/sheets/2026-05/已外出务工-2026年05月.xlsx."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from streams.simulator.sheets.export import NOBODY, Export
from streams.simulator.sheets.insurance import payments, settlements, statuses
from streams.simulator.sheets.lists import destitute, disabled, minimum_living
from streams.simulator.sheets.page import workbook
from streams.simulator.sheets.people import income, members, monitored
from streams.simulator.sheets.register import Register
from streams.simulator.sheets.work import monthly, plans
from streams.simulator.table import Table
from streams.simulator.world import World
from streams.simulator.writing import Names
from yujing.domain.region import Regions

ROWS_A_BOOK = 100_000
_SHEETS: tuple[Callable[[Register], Export | None], ...] = (
    monthly, plans, members, monitored, payments, statuses, settlements, minimum_living, destitute,
    disabled, income,
)


def register_of(
    world: World, tables: Sequence[Table], names: Names, regions: Regions, month: int
) -> Register:
    """Return the register at the end of a month, as it is known on the last day of the world."""
    return Register(tables, names, regions, world.last_day, month,
                    world.living[:, world.column(month)])


def exports(register: Register) -> Iterator[Export]:
    """Return every sheet of a month that has rows."""
    for sheet in _SHEETS:
        export = sheet(register)
        if export is not None:
            yield export


def write_sheets(
    world: World, tables: Sequence[Table], names: Names, folder: Path, months: int
) -> tuple[Path, ...]:
    """Write the books of the last whole months.

    Parameters
    ----------
    world, tables, names
        A county, what is reported of it and what people are called.
    folder
        Directory to write to.
    months
        How many months; the last is the one before that of the world's last day, which departments
        have not closed yet.

    Returns
    -------
    The files, in order.

    Raises
    ------
    OSError
        If the folder cannot be written.
    """
    regions = Regions.load()
    made = []
    for month in range(max(world.last_month - months, world.first_month), world.last_month):
        inside = folder / f"{month // 12}-{month % 12 + 1:02d}"
        inside.mkdir(parents=True, exist_ok=True)
        for export in exports(register_of(world, tables, names, regions, month)):
            parts = list(in_books(export))
            for at, part in enumerate(parts, 1):
                place = f"-{at}" if len(parts) > 1 else ""
                path = inside / f"{export.title}-{export.month_text}{place}.xlsx"
                path.write_bytes(workbook([part.page()]))
                made.append(path)
    return tuple(made)


def in_books(export: Export, most: int = ROWS_A_BOOK) -> Iterator[Export]:
    """Return a sheet in parts of at most `most` rows, no village in two of them.

    A village of more rows than that is a part of its own.
    """
    if len(export) <= most:
        yield export
        return
    edges = np.flatnonzero(np.r_[True, export.villages[1:] != export.villages[:-1], True])
    if export.villages[0] == NOBODY:
        edges = np.append(np.arange(0, len(export), most), len(export))
    begin = 0
    for here, following in zip(edges[1:].tolist(), [*edges[2:].tolist(), None], strict=True):
        if following is None or following - begin > most:
            yield export.take(np.arange(begin, here))
            begin = here
