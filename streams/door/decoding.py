"""Lines to events, one decoder for all types, then events of one type side by side.

Events are sorted by type because a column of one type is read at once; `rows` says where each
came from.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any, Generic, TypeVar, Union

import numpy as np
import numpy.typing as npt
from msgspec import json

from streams.door.reading import Reject
from streams.door.reason import reason, reason_of
from streams.wire.catalogue import EVENT_TYPES, EventType
from streams.wire.envelope import Event, Record
from yujing.domain.codes import Op

MOST_LINE_BYTES = 2**20

E = TypeVar("E", bound=Record)


@dataclass(frozen=True)
class Group:
    """Events of one type side by side, all of them retractions or none."""

    event_type: EventType
    retracted: bool
    at: slice


@dataclass
class Grouped(Generic[E]):
    """Events sorted by type, the row of each, and their groups."""

    events: list[E]
    rows: npt.NDArray[np.int64]
    groups: list[Group]


@dataclass
class Decoded(Grouped[Event]):
    """Grouped events and the lines that were none."""

    rejects: list[Reject]


def decode(lines: Sequence[bytes]) -> Decoded:
    """Return the events of a batch of lines."""
    decode_one = _decoder().decode
    events: list[Event] = []
    rejects: list[Reject] = []
    left = iter([line if len(line) <= MOST_LINE_BYTES else b"" for line in lines])
    while True:
        try:
            events.extend(map(decode_one, left))  # keeps what came before a bad line
            break
        except (ValueError, RecursionError) as error:  # msgspec and wrong UTF-8: ValueErrors
            row = len(events) + len(rejects)
            rejects.append(_reject(row, lines[row], error))
    rows = np.delete(np.arange(len(lines)), [reject.row for reject in rejects])
    grouped = group_by_type(events, rows, EVENT_TYPES)
    return Decoded(grouped.events, grouped.rows, grouped.groups, rejects)


def group_by_type(
    events: list[E], rows: npt.NDArray[np.int64], event_types: tuple[EventType, ...]
) -> Grouped[E]:
    """Return events sorted by type, stable, retractions after the others of their type.

    Parameters
    ----------
    events
        Each of one of the types.
    rows
        What the caller knows each event by.
    event_types
        All types there are.
    """
    n = len(events)
    sort_keys = np.fromiter(map(_sort_keys(event_types).__getitem__, map(type, events)), int, n)
    retract = Op.RETRACT
    sort_keys += np.fromiter([event.op is retract for event in events], bool, n)
    if n and (sort_keys != sort_keys[0]).any():
        order = np.argsort(sort_keys, kind="stable")
        sort_keys, rows = sort_keys[order], rows[order]
        events = list(map(events.__getitem__, order.tolist()))
    starts = np.flatnonzero(np.diff(sort_keys, prepend=-1)).tolist()
    by_sort_key = {event_type.kind: event_type for event_type in event_types}
    groups = [
        Group(by_sort_key[int(sort_keys[a]) // 2], bool(sort_keys[a] % 2), slice(a, b))
        for a, b in pairwise([*starts, n])
    ]
    return Grouped(events, rows, groups)


def _reject(row: int, line: bytes, error: Exception) -> Reject:
    too_long = len(line) > MOST_LINE_BYTES
    why = reason("too_long") if too_long else reason_of(error, line)
    return Reject(row, why.zh, why.en, bytes(line), why.code)


@cache
def _decoder() -> json.Decoder[Any]:
    union: Any = Union[tuple(event_type.struct for event_type in EVENT_TYPES)]  # noqa: UP007
    return json.Decoder(union)


@cache
def _sort_keys(event_types: tuple[EventType, ...]) -> dict[type, int]:
    return {event_type.struct: event_type.kind * 2 for event_type in event_types}
