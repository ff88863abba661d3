"""Event tables to files: NDJSON, one file a week of `reported_at`, every file sorted by it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import repeat
from pathlib import Path

import numpy as np

from streams.simulator.array import Array, Ints
from streams.simulator.column import (
    Column,
    Dates,
    Dictionary,
    People,
    Texts,
    Whole,
    Words,
    given,
)
from streams.simulator.table import DAY_SECONDS, RETRACT, Table
from yujing.domain.codes import Op, Precision, ReporterRole, Source, number
from yujing.domain.days import from_day

_WEEK = 7 * DAY_SECONDS
_MONDAY = 4 * DAY_SECONDS   # 1970-01-05
_WEEKS_A_CHUNK = 13         # what is held in memory as text at once


@dataclass(frozen=True)
class Names:
    """What people and households are called on the wire, by row of the world."""

    id_numbers: Array
    household_numbers: Array

    @cached_property
    def people(self) -> Dictionary:
        """ID numbers, ready to be written."""
        return Dictionary(self.id_numbers)

    @cached_property
    def households(self) -> Dictionary:
        """Household numbers, ready to be written."""
        return Dictionary(self.household_numbers)


def encoded(table: Table, names: Names) -> list[str]:
    """Return the table as JSON objects, without line ends; a withdrawal has no payload."""
    gone = table.op == RETRACT
    if not gone.any():
        return _encoded(table, names, table.payload)
    lines = np.empty(len(table), dtype=object)
    told = table.take(np.flatnonzero(~gone))
    lines[~gone] = _encoded(told, names, told.payload)
    lines[gone] = _encoded(table.take(np.flatnonzero(gone)), names, {})
    whole: list[str] = lines.tolist()
    return whole


def _encoded(table: Table, names: Names, payload: Mapping[str, Column]) -> list[str]:
    """Return the lines of a table; what all rows share is written once into their beginning."""
    if not len(table):
        return []
    day_known = table.precision == number(Precision.DAY)
    columns: dict[str, Column] = {
        "source_system": Words(Source, table.source),
        "op": Words(Op, table.op),
        "id_number": Texts(names.people, table.person),
        "household_no": Texts(names.households, table.household),
        "region_code": Whole(given(table.region, table.region > 0)).as_text(),
        "occurred_from": Dates(table.first),
        "occurred_to": Dates(given(table.last, table.last > table.first)),
        "precision": Words(Precision, np.where(day_known, 0, table.precision)),
        "reporter_role": Words(ReporterRole, table.role),
        "source_version": Whole(table.version),
        **payload,
    }
    shared: list[str] = []
    pieces: list[list[str]] = [_moments(table.reported)]
    for name, column in columns.items():
        named = column.named(names.people) if isinstance(column, People) else column
        if named.is_constant():
            shared += named.take(np.zeros(1, np.int64)).pieces(name)
        else:
            pieces.append(named.pieces(name))
    head = f'{{"event_type":"{table.event}"{"".join(shared)},"source_record_id":"{table.prefix}-'
    records = [f'{head}{record}"' for record in table.record.tolist()]
    return list(map("".join, zip(records, *pieces, repeat("}"), strict=False)))


def _moments(reported: Ints) -> list[str]:
    days = Dates(reported // DAY_SECONDS).pieces("reported_at")
    clock = _clock()
    return [
        day[:-1] + clock[second]
        for day, second in zip(days, (reported % DAY_SECONDS).tolist(), strict=True)
    ]


@cache
def _clock() -> tuple[str, ...]:
    """Return every second of a day as the end of a moment."""
    return tuple(
        f'T{hour:02d}:{minute:02d}:{second:02d}+08:00"'
        for hour in range(24) for minute in range(60) for second in range(60))


def write(
    tables: Sequence[Table], names: Names, folder: Path, *, until: int,
    progress: Callable[[float], None],
) -> dict[str, int]:
    """Write all events reported before the end of day `until`; return events by type.

    Raises
    ------
    OSError
        If the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    tables = [table.sorted() for table in tables if len(table)]
    first = min((int(table.reported[0]) for table in tables), default=0)
    week = (first - _MONDAY) // _WEEK
    last = ((until + 1) * DAY_SECONDS - _MONDAY) // _WEEK
    counts: dict[str, int] = {}
    for begin in range(week, last + 1, _WEEKS_A_CHUNK):
        low = begin * _WEEK + _MONDAY
        high = min(low + _WEEKS_A_CHUNK * _WEEK, (until + 1) * DAY_SECONDS)
        lines, reported = _chunk(tables, names, low, high, counts)
        for name, body in _files(lines, reported):
            (folder / name).write_text(body, encoding="utf-8")
        progress((begin + _WEEKS_A_CHUNK - week) / (last + 1 - week + _WEEKS_A_CHUNK))
    return counts


def _chunk(
    tables: Sequence[Table], names: Names, low: int, high: int, counts: dict[str, int]
) -> tuple[list[str], Ints]:
    """Return the lines reported in [low, high) in order, and their moments."""
    lines: list[str] = []
    moments: list[Ints] = []
    for table in tables:
        i, j = np.searchsorted(table.reported, [low, high])
        if i == j:
            continue
        part = table.take(np.arange(i, j))
        lines += encoded(part, names)
        moments.append(part.reported)
        counts[table.event] = counts.get(table.event, 0) + int(j - i)
    if not moments:
        return [], np.zeros(0, np.int64)
    reported = np.concatenate(moments)
    order = np.argsort(reported, kind="stable")
    return [lines[i] for i in order.tolist()], reported[order]


def _files(lines: list[str], reported: Ints) -> Iterator[tuple[str, str]]:
    weeks = (reported - _MONDAY) // _WEEK
    edges = np.flatnonzero(np.r_[True, weeks[1:] != weeks[:-1]]) if len(weeks) else weeks
    for i, j in zip(edges.tolist(), [*edges[1:].tolist(), len(lines)], strict=True):
        monday = from_day(int(weeks[i] * 7 + 4))
        yield f"{monday.isoformat()}.ndjson", "\n".join(lines[i:j]) + "\n"
