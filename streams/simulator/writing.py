"""Event tables to files: NDJSON, one file a week of `reported_at`, every file sorted by it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from streams.simulator.array import Array, Ints
from streams.simulator.column import Column, Dates, People, Texts, Whole, Words, given
from streams.simulator.table import DAY_SECONDS, RETRACT, Table
from yujing.domain.codes import Op, Precision, ReporterRole, Source
from yujing.domain.days import from_day

_WEEK = 7 * DAY_SECONDS
_MONDAY = 4 * DAY_SECONDS   # 1970-01-05
_WEEKS_A_CHUNK = 13         # what is held in memory as text at once


@dataclass(frozen=True)
class Names:
    """What people and households are called on the wire, by row of the world."""

    id_numbers: Array
    household_numbers: Array


def encoded(table: Table, names: Names) -> list[str]:
    """Return the table as JSON objects, without line ends."""
    columns: list[tuple[str, Column]] = [
        ("source_system", Words(Source, table.source)),
        ("op", Words(Op, table.op)),
        ("id_number", Texts(names.id_numbers, table.person)),
        ("household_no", Texts(names.household_numbers, table.household)),
        ("region_code", Texts(*_regions(table.region))),
        ("occurred_from", Dates(table.first)),
        ("occurred_to", Dates(given(table.last, table.last > table.first))),
        ("precision", Words(Precision, np.where(table.precision == 1, 0, table.precision))),
        ("reporter_role", Words(ReporterRole, table.role)),
    ]
    pieces = [column.pieces(name) for name, column in columns]
    pieces.append(_moments(table.reported))
    pieces.append(Whole(table.version).pieces("source_version"))
    head = f'{{"event_type":"{table.event}","source_record_id":"{table.prefix}-'
    records = [f'{head}{record}"' for record in table.record.tolist()]
    withdrawn = np.flatnonzero(table.op == RETRACT).tolist()
    for name, column in table.payload.items():
        if isinstance(column, People):
            column = column.named(names.id_numbers)
        piece = column.pieces(name)
        for row in withdrawn:
            piece[row] = ""   # a withdrawal only names the record
        pieces.append(piece)
    close = ["}"] * len(table)
    return list(map("".join, zip(records, *pieces, close, strict=True)))


def _regions(codes: Ints) -> tuple[Array, Ints]:
    values, places = np.unique(codes, return_inverse=True)
    return values.astype("U12"), np.where(values[places] > 0, places, -1)


def _moments(reported: Ints) -> list[str]:
    days = Dates(reported // DAY_SECONDS).pieces("reported_at")
    seconds = (reported % DAY_SECONDS).tolist()
    clock = [
        f'T{s // 3600:02d}:{s // 60 % 60:02d}:{s % 60:02d}+08:00"' for s in range(DAY_SECONDS)
    ] if len(seconds) > 20_000 else _Clock()
    return [day[:-1] + clock[second] for day, second in zip(days, seconds, strict=True)]


class _Clock(list[str]):
    """The times of the day, worked out one by one when there are few."""

    def __getitem__(self, s: int) -> str:  # type: ignore[override]   # only whole seconds are asked
        return f'T{s // 3600:02d}:{s // 60 % 60:02d}:{s % 60:02d}+08:00"'


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
