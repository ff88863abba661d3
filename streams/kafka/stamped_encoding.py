"""Facts of the door to stamped events in JSON, one type at a time and column by column.

A column becomes one piece of JSON a row, `,"name":value`, or nothing where the value is the one
that the reader takes for a missing field. What is the same in all rows is written once. Pieces are
remembered by value, since a batch holds few different days, amounts and codes.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise, repeat
from typing import Any

import numpy as np
import numpy.typing as npt
from msgspec import UNSET, json

from streams.door.decoding import Group
from streams.door.payload import WORK_REGION_DIGITS, Field, fields_of
from streams.fact import HOUSEHOLD, MISSING_FEN, PERSON, FactArray
from streams.kafka.stamped_types import STAMPED_TYPES
from streams.wire import member_upsert
from streams.wire.event_type import EventType
from streams.wire.field import Spelling
from yujing.domain.codes import Precision, ReporterRole, Source, members
from yujing.domain.days import NEVER, from_day
from yujing.domain.region import CODE_DIGITS

Ints = npt.NDArray[Any]
Keys = npt.NDArray[np.uint64]
Pieces = Sequence[bytes]

_MOST_REMEMBERED = 100_000
_NOTHING = b""


class PieceOf(dict[int, bytes]):
    """The piece of JSON of each value of a field, made at its first use.

    Parameters
    ----------
    name
        The field.
    render
        Writes a value as JSON.
    unsaid
        The value that a missing field stands for.
    """

    def __init__(self, name: str, render: Any, unsaid: int | None) -> None:
        super().__init__()
        self._start = f',"{name}":'.encode()
        self._render = render
        self._unsaid = unsaid

    def __missing__(self, value: int) -> bytes:
        if len(self) >= _MOST_REMEMBERED:
            self.clear()
        said = value != self._unsaid
        piece = self._start + json.encode(self._render(value)) if said else _NOTHING
        self[value] = piece
        return piece

    def of(self, values: Ints) -> Pieces | bytes:
        """Return the piece of each row, or one piece when all are the same."""
        if (values == values[0]).all():
            return self[int(values[0])]
        return list(map(self.__getitem__, values.tolist()))


class StampedEncoder:
    """Writes facts as stamped events; what it remembers makes it faster, not different."""

    def __init__(self) -> None:
        self._envelope = {
            "source": _of_codes("source_system", Source, None),
            "version": PieceOf("source_version", int, None),
            "role": _of_codes("reporter_role", ReporterRole, 0),
            "precision": _of_codes("precision", Precision, _number_of(Precision, Precision.DAY)),
            "known_at": PieceOf("known_at", int, None),
            "occurred_from": PieceOf("occurred_from", from_day, None),
            "flagged": PieceOf("flagged", bool, 0),
        }
        self._until = PieceOf("occurred_to", from_day, NEVER)
        self._region = PieceOf("region_code", lambda code: f"{code:0{CODE_DIGITS}d}", 0)
        self._types = {t.kind: t for t in STAMPED_TYPES}
        self._payload: dict[int, list[tuple[Field, PieceOf]]] = {
            t.kind: [(f, _of_field(f)) for f in fields_of(t) if f.spelling is not Spelling.KEY]
            for t in STAMPED_TYPES
        }
        self._keys = {
            t.kind: [f for f in fields_of(t) if f.spelling is Spelling.KEY] for t in STAMPED_TYPES
        }

    def encode(
        self, facts: FactArray, record_ids: Sequence[str], moved_from: Keys | None = None
    ) -> list[bytes]:
        """Return each fact as a JSON object, in the same order.

        Parameters
        ----------
        facts
            As the door made them; position, household and content are not written.
        record_ids
            As the door made them.
        moved_from
            Household that each event takes its person out of, 0 for none; none at all when not
            given.
        """
        if moved_from is None:
            moved_from = np.zeros(len(facts), dtype=np.uint64)
        out: list[bytes] = [_NOTHING] * len(facts)
        order = np.argsort(facts["kind"].astype(np.int64) * 2 + facts["retracted"], kind="stable")
        ids = list(map(json.encode, record_ids))
        for group in _groups(facts, order, self._types):
            rows = order[group.at]
            places = rows.tolist()
            written = self._encode(
                group, facts.take(rows), [ids[at] for at in places], moved_from[rows]
            )
            for at, line in zip(places, written, strict=True):
                out[at] = line
        return out

    def _encode(
        self, group: Group, facts: FactArray, ids: Pieces, moved_from: Keys
    ) -> Iterable[bytes]:
        """Return the events of one type, all of them retractions or none."""
        kind = group.event_type.kind
        found: list[Pieces | bytes] = [
            piece.of(facts[name]) for name, piece in self._envelope.items()
        ]
        ends = np.where(facts["occurred_to"] == facts["occurred_from"], NEVER, facts["occurred_to"])
        found += [self._until.of(ends), self._region.of(facts["region"])]
        found += [*_subjects(facts), _keys("fact", facts["fact"])]
        found.append(_keys("moved_from", moved_from))
        if group.retracted:
            found.append(b',"op":"retract"')
        else:
            found += [piece.of(facts[field.column]) for field, piece in self._payload[kind]]
            found += [_keys(f.name, facts[f.column]) for f in self._keys[kind]]
            if kind == member_upsert.KIND:
                found.append(_keys("household_key", facts["other"]))
        same = b"".join([piece for piece in found if isinstance(piece, bytes)])
        start = b'{"event_type":"' + group.event_type.name.encode() + b'"' + same
        varying = [piece for piece in found if not isinstance(piece, bytes)]
        start += b',"source_record_id":'
        return map(b"".join, zip(repeat(start), ids, *varying, repeat(b"}"), strict=False))


def _groups(facts: FactArray, order: Ints, types: dict[int, EventType]) -> list[Group]:
    kinds, retracted = facts["kind"][order], facts["retracted"][order]
    changes = np.flatnonzero((np.diff(kinds) != 0) | (np.diff(retracted) != 0)) + 1
    bounds = [0, *changes.tolist(), len(facts)] if len(facts) else []
    return [
        Group(types[int(kinds[a])], bool(retracted[a]), slice(a, b)) for a, b in pairwise(bounds)
    ]


def _subjects(facts: FactArray) -> list[Pieces | bytes]:
    """Return the keys of persons and of households; an area is its region."""
    which = facts["subject_kind"]
    found = []
    for name, subject_kind in (("person_key", PERSON), ("household_key", HOUSEHOLD)):
        chosen = which == subject_kind
        if chosen.any():
            found.append(_keys(name, np.where(chosen, facts["subject"], np.uint64(0))))
    return found


def _keys(name: str, keys: Keys) -> Pieces | bytes:
    """Return the piece of each key as 16 hexadecimal digits; 0 is not said."""
    if not keys.any():
        return _NOTHING
    start, end = f',"{name}":"'.encode(), b'"'
    width = len(start) + 16 + len(end)
    text = np.empty((len(keys), width), dtype=np.uint8)
    text[:, : len(start)] = np.frombuffer(start, np.uint8)
    digits = keys.astype(">u8").tobytes().hex().encode()
    text[:, len(start) : -1] = np.frombuffer(digits, np.uint8).reshape(-1, 16)
    text[:, -1] = end[0]
    whole = text.tobytes()
    found = [whole[at : at + width] for at in range(0, len(whole), width)]
    for at in np.flatnonzero(keys == 0).tolist():
        found[at] = _NOTHING
    return found


def _of_codes(name: str, code_set: Any, unsaid: int | None) -> PieceOf:
    words = members(code_set)
    return PieceOf(name, lambda number: words[number].value, unsaid)


def _number_of(code_set: Any, code: Any) -> int:
    return members(code_set).index(code)


def _of_field(field: Field) -> PieceOf:
    """Return the pieces of a payload field; what it requires is always said."""
    needed = field.default is UNSET
    unsaid: int | None = None if needed else 0
    if field.code_set is not None:
        words = members(field.code_set)
        if field.many:
            return PieceOf(field.name, lambda mask: _words(words, mask), unsaid)
        return _of_codes(field.name, field.code_set, unsaid)
    if field.spelling is Spelling.YUAN:
        return PieceOf(field.name, lambda fen: fen / 100, None if needed else MISSING_FEN)
    if field.spelling is Spelling.MONTH:
        return PieceOf(field.name, lambda month: f"{month // 12:04d}-{month % 12 + 1:02d}", unsaid)
    if field.spelling is Spelling.YEAR:
        return PieceOf(field.name, lambda month: month // 12, unsaid)
    if field.spelling is Spelling.DIGITS:
        return PieceOf(field.name, lambda code: f"{code:0{WORK_REGION_DIGITS}d}", unsaid)
    if field.column == "birth":
        return PieceOf(field.name, from_day, None if needed else NEVER)
    return PieceOf(field.name, int, unsaid)


def _words(words: Sequence[Any], mask: int) -> list[str]:
    return [word.value for number, word in enumerate(words) if mask >> number & 1]
