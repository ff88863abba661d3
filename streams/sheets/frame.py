"""A table read column by column: values, months, places, and what is wrong with its rows."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from numpy.typing import NDArray

from streams.sheets.choosing import Choice
from streams.sheets.masking import shown
from streams.sheets.months import Months, months_of
from streams.sheets.places import PLACE_FIELDS, Places, names_of, places_of
from streams.sheets.rules import ColumnRule
from streams.sheets.table import Table
from streams.sheets.values.dates import Span
from streams.sheets.values.id_number import People
from streams.sheets.values.reading import Fault, Values, constant
from streams.sheets.values.spelling import read_column
from yujing.domain.codes import Sex, members
from yujing.domain.days import NEVER, from_day, month_start
from yujing.domain.region import Regions
from yujing.errors import SheetRefusedError

_UNEVEN = (
    "",
    "这一行的单元格比表头多，列可能错位（文本中有未加引号的分隔符）",
    "the row has more cells than the header; a separator inside a text shifted them",
    "uneven_row",
)


@dataclass(frozen=True, slots=True)
class Hints:
    """What is known of a sheet beside its cells.

    Parameters
    ----------
    file_name
        As it came.
    month
        Number of the month that the sender named; None if none was.
    today
        The clock.
    """

    file_name: str
    month: int | None
    today: date


@dataclass(frozen=True, slots=True)
class RowFault:
    """Why a row is refused, or what was doubted in it.

    Parameters
    ----------
    row
        Index into `Table.data`.
    column
        Header of the column; "" where it is about the row as a whole.
    zh, en
        Sentences that name column and value, what is personal masked.
    code
        Word of the reason.
    """

    row: int
    column: str
    zh: str
    en: str
    code: str


@dataclass
class Frame:
    """A table read column by column, before events are made.

    Parameters
    ----------
    table, choice
        What was read, and by which mapping.
    n_rows
        Data rows.
    values
        By field, those of columns and those that were derived.
    months
        What makes the month, and that of each row.
    sheet_day
        The sheet's own date.
    faults, warnings
        Rising by row; the first fault of a row is its reason.
    scopes
        Per row what the sheet is the whole of, None where the mapping replaces nothing or the
        place of the row is not known.
    unreadable
        Rows in which no cell can be trusted.
    """

    table: Table
    choice: Choice
    n_rows: int
    values: dict[str, Values]
    months: Months
    sheet_day: date | None
    places: Places
    faults: list[RowFault] = field(default_factory=list)
    warnings: list[RowFault] = field(default_factory=list)
    scopes: list[str | None] = field(default_factory=list)
    unreadable: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, dtype=bool))

    @property
    def month(self) -> int | None:
        """The month of the whole sheet, None where it has none or several."""
        return self.months.single if self.choice.mapping.period == "month" else None

    @property
    def unknown_columns(self) -> tuple[str, ...]:
        """Headers of the columns that the mapping does not know."""
        return tuple(self.table.columns[at].header for at in self.choice.unknown)

    @property
    def faulty(self) -> NDArray[np.bool_]:
        """Rows with a fault."""
        out = np.zeros(self.n_rows, dtype=bool)
        out[[fault.row for fault in self.faults]] = True
        return out

    def field(self, name: str) -> Values:
        """Return the values of a field; one that no column has says nothing in every row."""
        if name not in self.values:
            make = _MADE.get(name)
            self.values[name] = make(self) if make else constant(self.n_rows, None)
        return self.values[name]

    def spelling(self, name: str) -> str:
        """Return how the values of a field are spelled on the wire."""
        rule = self.choice.mapping.columns.get(name)
        if name in ("month", "sheet_month"):
            return "month"
        return rule.spelling if rule else "text"


def read_frame(
    table: Table, choice: Choice, hints: Hints, regions: Regions, *, home: int = 0
) -> Frame:
    """Return what a table says, column by column.

    Parameters
    ----------
    table
        One sheet.
    choice
        The mapping, as `choosing.choose` gives it.
    hints
        The file's name, a month that the sender named, the clock.
    regions
        Places by name.
    home
        12-digit code of the county that holds where a row names none; 0 for none.

    Raises
    ------
    SheetRefusedError
        If required columns are missing or doubled, or the month is missing or contradictory.
    """
    _refuse_columns(table, choice)
    n = len(table.data)
    values = {
        name: read_column(table.columns[at].cells, choice.mapping.columns[name], typed=table.typed)
        for name, at in choice.columns.items()
    }
    months = months_of(table, choice, values, hints.file_name, hints.month)
    texts = (table.title, table.tail, table.name, hints.file_name)
    sheet_day = months.sheet_day(texts, values.get("sheet_date"), hints.today)
    places = places_of(table, choice, values, regions, home, n)
    frame = Frame(table, choice, n, values, months, sheet_day, places)
    if months.values is not None:
        frame.values["month"] = months.values
    frame.unreadable = np.zeros(n, dtype=bool)
    frame.unreadable[table.uneven] = True
    _judge(frame)
    frame.scopes = _scopes(frame)
    return frame


def _refuse_columns(table: Table, choice: Choice) -> None:
    columns = choice.mapping.columns
    for places in choice.doubled.values():
        letters = "、".join(table.columns[at].letter for at in places)
        header = table.columns[places[0]].header
        raise SheetRefusedError(
            f"有几列（{letters}）的表头都是“{header}”，看不出哪一列是所要的；请删去或改名其余的列",
            f"columns {letters} have the same header ({header}); remove or rename all but one",
        )
    if choice.missing:
        wanted = [columns[name].aliases[0].header for name in choice.missing]
        raise SheetRefusedError(
            f"按“{choice.mapping.title}”读取，缺少必需的列：{'、'.join(wanted)}",
            f"read as {choice.mapping.name}, it lacks the columns {', '.join(wanted)}",
        )


def _judge(frame: Frame) -> None:
    """Collect what is wrong with rows: cells, missing values, months, places, no event at all."""
    found = [RowFault(row, *_UNEVEN) for row in np.flatnonzero(frame.unreadable).tolist()]
    names = names_of(frame.choice, frame.values)
    for name, at in frame.choice.columns.items():
        rule, values = frame.choice.mapping.columns[name], frame.values[name]
        header = frame.table.columns[at].header
        found += _about(values, values.faults, header, rule, names)
        frame.warnings += _about(values, values.doubts, header, rule, names)
        if rule.required:
            lacking = ~values.given & ~values.refused
            found += [
                RowFault(row, header, f"缺少“{header}”", f"{header} is missing", "required")
                for row in np.flatnonzero(lacking).tolist()
            ]
    if frame.months.values is not None:
        header, lacking = frame.months.whence_zh, frame.months.values.at == 0
        for name in ("month", "year"):
            if name in frame.choice.columns and name in frame.values:
                header = frame.table.columns[frame.choice.columns[name]].header
                lacking &= ~frame.values[name].refused
        found += [
            RowFault(row, header, f"缺少“{header}”", f"{header} is missing", "required")
            for row in np.flatnonzero(lacking).tolist()
        ]
    found += [RowFault(row, *texts) for row, texts in frame.months.faults]
    frame.warnings += [RowFault(row, *texts) for row, texts in frame.places.doubts]
    found += _without_places(frame)
    found += _without_events(frame, {fault.row for fault in found})
    frame.faults = sorted(found, key=lambda fault: fault.row)
    frame.warnings.sort(key=lambda fault: fault.row)


def _about(
    values: Values, faults: dict[int, Fault], header: str, rule: ColumnRule, names: frozenset[str]
) -> list[RowFault]:
    """Return a fault for each row whose cell is among those that have one."""
    if not faults:
        return []
    texts: dict[int, tuple[str, str, str]] = {}
    for cell, fault in faults.items():
        value = shown(
            values.cells[cell], rule.spelling, personal=rule.personal,
            names=() if rule.spelling == "employer" else names,
        )  # fmt: skip
        texts[cell] = (
            f"“{header}”列的“{value}”{fault.zh}", f"{header}: {value!r} {fault.en}", fault.code,
        )  # fmt: skip
    marked = np.zeros(len(values.cells), dtype=bool)
    marked[list(faults)] = True
    rows = np.flatnonzero(marked[values.cell_at])
    return [
        RowFault(row, header, *texts[cell])
        for row, cell in zip(rows.tolist(), values.cell_at[rows].tolist(), strict=True)
    ]


def _without_places(frame: Frame) -> list[RowFault]:
    """Return a fault for each row whose place is not known though its events need one."""
    needed = {need for event in frame.choice.mapping.events for need in event.event_type.needs}
    if "region_code" not in needed:
        return []
    at = next((frame.choice.columns[name] for name in PLACE_FIELDS if name in frame.values), None)
    header = frame.table.columns[at].header if at is not None else ""
    zh = "看不出在哪个县、乡、村，而这张表需要知道；请写明县、乡、村的全称"
    en = "it does not say in which county, township and village it is, which this sheet needs"
    lacking = ~frame.places.regions.given & ~frame.unreadable
    return [
        RowFault(row, header, zh, en, "place_needed") for row in np.flatnonzero(lacking).tolist()
    ]


def _without_events(frame: Frame, faulty: set[int]) -> list[RowFault]:
    from streams.sheets.lines import rows_of

    some = np.zeros(frame.n_rows, dtype=bool)
    for event in frame.choice.mapping.events:
        some |= rows_of(frame, event)
    mapping = frame.choice.mapping
    return [
        RowFault(row, "", mapping.no_event_zh, mapping.no_event, "no_event")
        for row in np.flatnonzero(~some).tolist()
        if row not in faulty
    ]


def _scopes(frame: Frame) -> list[str | None]:
    """Return per row what the sheet is the whole of, as ``2023-03|织金县/城关镇/东门村``."""
    mapping = frame.choice.mapping
    if not mapping.replaces:
        return [None] * frame.n_rows
    heads: list[list[str | None]] = []
    if "month" in mapping.replaces:
        months = frame.field("month")
        spelled = [
            f"{month_start(month):%Y-%m}" if isinstance(month, int) else None
            for month in months.distinct
        ]
        heads.append([spelled[at] for at in months.at.tolist()])
    if "category" in mapping.replaces:
        heads.append([mapping.category] * frame.n_rows)
    level = "village" if "village" in mapping.replaces else "township"
    heads.append(frame.places.scope_names(level))
    rows = zip(*heads, strict=True)
    return [None if None in parts else "|".join(map(str, parts)) for parts in rows]


def _sex(frame: Frame) -> Values:
    people = frame.field("id_number")
    if not isinstance(people, People):
        return constant(frame.n_rows, None)
    words = [member.value for member in members(Sex)]
    return _of_people(people, lambda at: words[int(people.sex[at])])


def _birth(frame: Frame) -> Values:
    people = frame.field("id_number")
    if not isinstance(people, People):
        return constant(frame.n_rows, None)
    return _of_people(
        people,
        lambda at: None if people.birth[at] == NEVER else from_day(int(people.birth[at])),
    )


def _of_people(people: People, value: Callable[[int], object]) -> Values:
    index: dict[object, int] = {None: 0}
    of = np.zeros(len(people.distinct), dtype=np.int64)
    for at in range(1, len(people.distinct)):
        of[at] = index.setdefault(value(at), len(index))
    return Values(of[people.at], list(index))


def _sheet_year(frame: Frame) -> Values:
    """Return the year of the month of each row, as a span."""
    return _year(frame, lambda year: date(year, 12, 31))


def _year_begin(frame: Frame) -> Values:
    """Return the year of the month of each row by its first day; its last may lie in the future."""
    return _year(frame, lambda year: date(year, 1, 1))


def _year(frame: Frame, last: Callable[[int], date]) -> Values:
    months = frame.field("month")
    spans = [
        None
        if not isinstance(month, int)
        else Span(date(month // 12, 1, 1), last(month // 12), "year")
        for month in months.distinct
    ]
    index: dict[object, int] = {None: 0}
    of = np.array([index.setdefault(span, len(index)) for span in spans], dtype=np.int64)
    return Values(of[months.at], list(index))


_MADE: dict[str, Callable[[Frame], Values]] = {
    "id_sex": _sex,
    "id_birth": _birth,
    "sheet_year": _sheet_year,
    "year_begin": _year_begin,
    "sheet_day": lambda frame: constant(frame.n_rows, frame.sheet_day),
    "region": lambda frame: frame.places.regions,
    "work_code": lambda frame: frame.places.work_codes,
    "work_area": lambda frame: frame.places.work_areas,
}
