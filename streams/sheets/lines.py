"""A frame into lines of events, written column by column.

The text of each distinct value is made once; a line is the join of its pieces.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
import numpy as np
from numpy.typing import NDArray

from streams.sheets.frame import Frame
from streams.sheets.rules import Condition, EventRule, IdPart, Value
from streams.sheets.values.dates import Span
from streams.sheets.values.id_number import People
from streams.sheets.values.reading import Values
from streams.sheets.values.spelling import as_json
from yujing.domain.days import month_end, month_start

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass
class Lines:
    """Lines of events.

    Parameters
    ----------
    lines
        One JSON object each, rising by row.
    row
        Data row of each line.
    event
        Number of its event in the mapping.
    scoped
        Whether it takes part in what the sheet replaces.
    record_ids
        As the lines have them.
    """

    lines: list[bytes]
    row: Ints
    event: Ints
    scoped: Bools
    record_ids: list[str]


@dataclass
class Identities:
    """Records of every row, with or without faults.

    Parameters
    ----------
    row
        Data row of each record.
    record_ids
        Of the scoped events.
    unreadable
        Rows that may stand for a record which cannot be told: what is missing from their scope
        may be one of them. Their `Frame.scopes` may be None: then it may be of any scope.
    """

    row: Ints
    record_ids: list[str]
    unreadable: Ints


def lines_of(
    frame: Frame,
    *,
    version: int,
    reported_at: str | None = None,
    among: slice = slice(None),
) -> Lines:
    """Return the events of the rows without a fault, ready for the door.

    Parameters
    ----------
    frame
        A table, read.
    version
        Of all its records.
    reported_at
        RFC 3339 with an offset; None leaves it out.
    among
        Rows that are meant; a large table is written piece by piece.
    """
    good = np.zeros(frame.n_rows, dtype=bool)
    good[among] = ~frame.faulty[among]
    parts: list[tuple[list[str], Ints, int, list[str]]] = []
    for number, event in enumerate(frame.choice.mapping.events):
        rows = np.flatnonzero(rows_of(frame, event) & good)
        if not len(rows):
            continue
        records = _record_ids(frame, event, rows)
        kept = np.array([record is not None for record in records], dtype=bool)
        rows = rows[kept]
        told = [record for record in records if record is not None]
        texts = _texts(frame, event, rows, told, version, reported_at)
        parts.append((texts, rows, number, told))
    return _together(frame, parts)


def rows_of(frame: Frame, event: EventRule) -> Bools:
    """Return the rows that make an event: its conditions hold and it has a record and a day."""
    out = np.ones(frame.n_rows, dtype=bool)
    for condition in event.when:
        out &= _holds(frame, condition)
    for part in event.record:
        if part.fields and not part.text:
            out &= _any_given(frame, tuple(field for field, _ in part.fields))
    if event.occurred_from:
        out &= _any_given(frame, event.occurred_from)
    for name, value in event.values.items():
        if name in event.event_type.required and value.otherwise is None:
            out &= _any_given(frame, value.fields)
    return out


def record_ids_of(frame: Frame) -> Identities:
    """Return the scoped records of every row whose identity can be read, also of rows with faults.

    A row that is refused is not missing: what it stands for must not be retracted.
    """
    rows: list[Ints] = []
    records: list[str] = []
    unreadable = frame.unreadable.copy()
    for event in frame.choice.mapping.events:
        if not event.scoped:
            continue
        may = np.ones(frame.n_rows, dtype=bool)
        for condition in event.when:
            may &= _holds(frame, condition) | frame.field(condition.field).refused
        at = np.flatnonzero(may & ~frame.unreadable)
        told = _record_ids(frame, event, at)
        known = np.array([record is not None for record in told], dtype=bool)
        unreadable[at[~known]] = True
        rows.append(at[known])
        records += [record for record in told if record is not None]
    found = np.concatenate(rows) if rows else np.zeros(0, dtype=np.int64)
    return Identities(found, records, np.flatnonzero(unreadable))


def _together(frame: Frame, parts: list[tuple[list[str], Ints, int, list[str]]]) -> Lines:
    if not parts:
        none = np.zeros(0, dtype=np.int64)
        return Lines([], none, none, none.astype(bool), [])
    row = np.concatenate([rows for _, rows, _, _ in parts])
    event = np.concatenate([np.full(len(rows), number) for _, rows, number, _ in parts])
    order = np.lexsort((event, row))
    places = order.tolist()
    texts = [text for part, _, _, _ in parts for text in part]
    records = [record for _, _, _, told in parts for record in told]
    joined = "\n".join(map(texts.__getitem__, places))
    scoped = np.array([rule.scoped for rule in frame.choice.mapping.events], dtype=bool)
    return Lines(
        lines=joined.encode().split(b"\n"),
        row=row[order].astype(np.int64),
        event=event[order].astype(np.int64),
        scoped=scoped[event[order]],
        record_ids=list(map(records.__getitem__, places)),
    )


def _texts(
    frame: Frame,
    event: EventRule,
    rows: Ints,
    records: list[str],
    version: int,
    reported_at: str | None,
) -> list[str]:
    mapping = frame.choice.mapping
    head = (
        f'{{"event_type":"{event.event_type.name}","source_system":"{mapping.source.value}"'
        f',"source_version":{version},"reporter_role":"{mapping.role.value}"'
    )
    if reported_at is not None:
        head += f',"reported_at":"{reported_at}"'
    shared: list[str] = []
    columns: list[list[str]] = []
    for name, value in event.values.items():
        pieces = _pieces(frame, name, value, rows)
        if isinstance(pieces, str):
            shared.append(pieces)
        else:
            columns.append(pieces)
    days = _days(frame, event, rows)
    if days is not None:
        columns.append(days)
    start = f'{head}{"".join(shared)},"source_record_id":'
    ids = _quoted(records)
    return [start + "".join(parts) + "}" for parts in zip(ids, *columns, strict=True)]


def _quoted(texts: list[str]) -> list[str]:
    joined = "".join(texts)
    if '"' in joined or "\\" in joined or not joined.isprintable():
        return [msgspec.json.encode(text).decode() for text in texts]
    return [f'"{text}"' for text in texts]


def _pieces(frame: Frame, name: str, value: Value, rows: Ints) -> str | list[str]:
    """Return what each row writes of a field, or one text where it is the same for all."""
    if not value.fields:
        return _piece(name, msgspec.json.encode(value.otherwise).decode())
    otherwise = "" if value.otherwise is None else _constant(name, value.otherwise)
    if value.add:
        return _sums(frame, name, value, rows, otherwise)
    texts, at = [otherwise], np.zeros(len(rows), dtype=np.int64)
    for field in value.fields:
        values = frame.field(field)
        spelling = frame.spelling(field)
        used = _fill(at, values.at[rows], len(texts))
        texts += [_piece(name, as_json(values.distinct[one], spelling)) for one in used]
    if len(texts) == 1 or not at.any():
        return otherwise
    return list(map(texts.__getitem__, at.tolist()))


def _sums(frame: Frame, name: str, value: Value, rows: Ints, otherwise: str) -> list[str]:
    total = np.zeros(len(rows), dtype=np.int64)
    given = np.zeros(len(rows), dtype=bool)
    for field in value.fields:
        values = frame.field(field)
        here = values.at[rows]
        fen = np.array([one if isinstance(one, int) else 0 for one in values.distinct], np.int64)
        total += fen[here]
        given |= here > 0
    return [
        _piece(name, as_json(fen, "yuan")) if there else otherwise
        for fen, there in zip(total.tolist(), given.tolist(), strict=True)
    ]


def _constant(name: str, value: str | int) -> str:
    return _piece(name, msgspec.json.encode(value).decode())


def _piece(name: str, text: str) -> str:
    return f',"{name}":{text}'


def _days(frame: Frame, event: EventRule, rows: Ints) -> list[str] | None:
    """Return the days and the precision that each row writes."""
    if not event.occurred_from:
        return None
    begins, ends = _spans(frame, event.occurred_from, rows), None
    if event.occurred_to:
        ends = _spans(frame, event.occurred_to, rows)
    texts: dict[tuple[Span | None, Span | None], str] = {}
    last = ends if ends is not None else [None] * len(rows)
    out = []
    for pair in zip(begins, last, strict=True):
        text = texts.get(pair)
        if text is None:
            text = texts[pair] = _day_text(*pair)
        out.append(text)
    return out


def _day_text(begin: Span | None, end: Span | None) -> str:
    if begin is None:
        return ""
    last = end.last if end is not None else begin.last
    precision = begin.precision
    if end is not None and end.precision != begin.precision:
        precision = max(precision, end.precision, key=["day", "month", "year"].index)
    text = f',"occurred_from":"{begin.first.isoformat()}"'
    if last != begin.first:
        text += f',"occurred_to":"{last.isoformat()}"'
    return text + (f',"precision":"{precision}"' if precision != "day" else "")


def _spans(frame: Frame, fields: tuple[str, ...], rows: Ints) -> list[Span | None]:
    spans: list[Span | None] = [None]
    at = np.zeros(len(rows), dtype=np.int64)
    for field in fields:
        values = frame.field(field)
        used = _fill(at, values.at[rows], len(spans))
        spans += [_span(values.distinct[one]) for one in used]
    return list(map(spans.__getitem__, at.tolist()))


def _span(value: object) -> Span | None:
    if isinstance(value, Span):
        return value
    if isinstance(value, int):  # the number of a month
        return Span(month_start(value), month_end(value), "month")
    return Span(value, value, "day")  # type: ignore[arg-type]   # a date


def _record_ids(frame: Frame, event: EventRule, rows: Ints) -> list[str | None]:
    """Return the record id that each row names, None where a part of it is missing."""
    columns: list[list[str]] = []
    lacking = np.zeros(len(rows), dtype=bool)
    for part in event.record:
        if not part.fields:
            columns.append([part.text] * len(rows))
            continue
        texts, at = _id_texts(frame, part, rows)
        if not part.text:
            lacking |= at == 0
        columns.append(list(map(texts.__getitem__, at.tolist())))
    joined: list[str | None] = ["".join(parts) for parts in zip(*columns, strict=True)]
    for place in np.flatnonzero(lacking).tolist():
        joined[place] = None
    return joined


def _id_texts(frame: Frame, part: IdPart, rows: Ints) -> tuple[list[str], Ints]:
    texts, at = [part.text], np.zeros(len(rows), dtype=np.int64)
    for field, cut in part.fields:
        values = frame.field(field)
        used = [values.distinct[one] for one in _fill(at, values.at[rows], len(texts))]
        texts += _spelled(frame, field, values, used, cut=cut)
    return texts, at


def _spelled(
    frame: Frame, field: str, values: Values, used: Sequence[object], *, cut: bool
) -> list[str]:
    if isinstance(values, People):
        return [str(value) for value in used]
    if cut:
        spans = [_span(value) for value in used]
        return [f"{span.first:%Y-%m}" if span else "" for span in spans]
    spelling = frame.spelling(field)
    return [
        value if isinstance(value, str) else as_json(value, spelling).strip('"') for value in used
    ]


def _fill(at: Ints, here: Ints, first: int) -> list[int]:
    """Let rows without a value yet take their own, and return which distinct values they take.

    Parameters
    ----------
    at
        Per row the place of its text, 0 for none yet; filled here.
    here
        Per row its distinct value, 0 for none.
    first
        Place of the first text.
    """
    empty = (at == 0) & (here > 0)
    used, back = np.unique(here[empty], return_inverse=True)
    at[empty] = back + first
    taken: list[int] = used.tolist()
    return taken


def _holds(frame: Frame, condition: Condition) -> Bools:
    values = frame.field(condition.field)
    if condition.comparison == "given":
        return values.given
    if condition.comparison == "missing":
        return ~values.given & ~values.refused
    spelled = [None if value is None else str(value) for value in values.distinct]
    among = np.array([text in condition.values for text in spelled], dtype=bool)
    held: Bools = among[values.at]
    return held if condition.comparison == "is" else ~held


def _any_given(frame: Frame, fields: tuple[str, ...]) -> Bools:
    out = np.zeros(frame.n_rows, dtype=bool)
    for field in fields:
        out |= frame.field(field).given
    return out
