"""Messages of the input topics to facts, byte for byte those that the door made.

A message is one stamped event, or an envelope: a JSON array of stamped events.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple, Union

import numpy as np
import numpy.typing as npt
from msgspec import Raw, json

from streams.content import content_hashes
from streams.door import columns
from streams.door.decoding import Grouped, group_by_type
from streams.door.header import fill_days, fill_header, place_subjects
from streams.door.payload import fill
from streams.door.reason import Faults, Reason, reason, reason_of
from streams.fact import FactArray, empty_facts
from streams.kafka.stamped_types import STAMPED_TYPES, StampedEvent
from streams.log.position import PLACE_BITS
from yujing.domain.region import CODE_DIGITS

MOST_PLACES = 2**PLACE_BITS

Ints = npt.NDArray[np.int64]
_BROKEN = (ValueError, RecursionError)  # msgspec's own and wrong UTF-8 are ValueErrors


class StampedReject(NamedTuple):
    """An event, or a whole message, that no door of ours has written."""

    message: int
    """Index of the message in its batch."""
    place: int
    """Place in the message; 0 of a message that cannot be taken apart."""
    code: str
    reason: str
    reason_zh: str
    raw: bytes

    def __repr__(self) -> str:
        return f"StampedReject(message={self.message}, place={self.place}, code={self.code!r})"


@dataclass(repr=False)
class StampedReading:
    """Facts and rejects of a batch of messages; together they are all its events.

    Parameters
    ----------
    facts
        One row an event, in the order of the messages and of the places in them; position and
        household are 0.
    record_ids
        Record id of each fact.
    messages
        Index of the message of each fact.
    places
        Place in its message of each fact.
    moved_from
        Household that each fact takes its person out of, 0 for none.
    rejects
        What could not be read, rising by message and place.
    """

    facts: FactArray
    record_ids: list[str]
    messages: Ints
    places: Ints
    moved_from: npt.NDArray[np.uint64]
    rejects: list[StampedReject]

    def __repr__(self) -> str:
        return f"StampedReading({len(self.facts)} facts, {len(self.rejects)} rejects)"


class _Events:
    """Decoded events of a batch, each with its message and place, and what was none."""

    def __init__(self) -> None:
        self.events: list[StampedEvent] = []
        self.counts: list[int] = []
        self.broken: dict[int, list[int]] = {}
        """Places left after the bad ones were taken out, by message."""
        self.rejects: list[StampedReject] = []

    def where(self) -> tuple[Ints, Ints]:
        """Return message and place of each event."""
        counts = np.array(self.counts, dtype=np.int64)
        messages = np.repeat(np.arange(len(counts)), counts)
        starts = np.cumsum(counts) - counts
        places = np.arange(len(messages)) - np.repeat(starts, counts)
        for message, left in self.broken.items():
            places[starts[message] : starts[message] + len(left)] = left
        return messages, places


class StampedReader:
    """Reads batches of messages; what it says of one does not depend on those before."""

    def read(self, values: Sequence[bytes | None]) -> StampedReading:
        """Return what a batch of messages says.

        Parameters
        ----------
        values
            Values of the messages.
        """
        found = _decode(values)
        messages, places = found.where()
        grouped = group_by_type(found.events, np.arange(len(found.events)), STAMPED_TYPES)
        facts = np.repeat(empty_facts(1), len(found.events))
        faults = Faults(len(facts))
        moved_from = _keys("moved_from", [e.moved_from for e in grouped.events], faults)
        _fill(grouped, facts, faults)
        good = faults.first == 0
        rejects = found.rejects
        for at in np.flatnonzero(~good).tolist():
            row = int(grouped.rows[at])
            message, place = int(messages[row]), int(places[row])
            why = faults.reasons[faults.first[at]]
            rejects.append(_reject(message, place, why, _raw_event(values[message], place)))
        kept = np.flatnonzero(good)
        rows = grouped.rows[kept]
        order = np.argsort(rows)
        kept, rows = kept[order], rows[order]
        facts = facts.take(kept)
        facts["content"] = content_hashes(facts)
        return StampedReading(
            facts=facts,
            record_ids=[grouped.events[at].source_record_id for at in kept.tolist()],
            messages=messages[rows],
            places=places[rows],
            moved_from=moved_from[kept],
            rejects=sorted(rejects, key=lambda reject: reject[:2]),
        )


def _fill(grouped: Grouped[StampedEvent], facts: FactArray, faults: Faults) -> None:
    events = grouped.events
    fill_header(events, facts)
    fill_days(grouped, facts, faults)
    facts["known_at"] = np.fromiter([e.known_at for e in events], np.uint32, len(events))
    flagged = [e.flagged for e in events]
    if True in flagged:
        facts["flagged"] = np.fromiter(flagged, np.uint8, len(events))
    facts["fact"] = _keys("fact", [e.fact for e in events], faults)
    regions, bad = columns.digits([e.region_code for e in events], CODE_DIGITS)
    faults.fail(bad, "wrong_digits", "region_code")
    facts["region"] = regions
    person = _keys("person_key", [e.person_key for e in events], faults)
    household = _keys("household_key", [e.household_key for e in events], faults)
    place_subjects(grouped.groups, facts, faults, person, household)
    for group in grouped.groups:
        if not group.retracted:
            fill(group, events[group.at], facts, faults)


def _keys(name: str, values: list[Any], faults: Faults) -> npt.NDArray[np.uint64]:
    keys, bad = columns.keys(values)
    faults.fail(bad, "bad_key", name)
    return keys


def _decode(values: Sequence[bytes | None]) -> _Events:
    one, many = _decoders()
    found = _Events()
    for message, value in enumerate(values):
        try:
            if value is not None and value[:1] == b"[":
                events = many.decode(value)
                if len(events) > MOST_PLACES:
                    found.rejects.append(_reject(message, 0, reason("too_many"), value))
                    events = []
            else:
                events = (one.decode(value or b""),)
        except _BROKEN:
            events = _decode_apart(message, value or b"", found)
        found.events.extend(events)
        found.counts.append(len(events))
    return found


def _decode_apart(message: int, value: bytes, found: _Events) -> list[StampedEvent]:
    """Return the good events of a message of which some are not; note the others."""
    one, _ = _decoders()
    try:
        apart = json.decode(value, type=list[Raw]) if value[:1] == b"[" else [Raw(value)]
    except _BROKEN as error:
        found.rejects.append(_reject(message, 0, reason_of(error, value), value))
        return []
    if len(apart) > MOST_PLACES:
        found.rejects.append(_reject(message, 0, reason("too_many"), value))
        return []
    events, left = [], []
    for place, raw in enumerate(apart):
        try:
            events.append(one.decode(raw))
            left.append(place)
        except _BROKEN as error:
            line = bytes(raw)
            found.rejects.append(_reject(message, place, reason_of(error, line), line))
    found.broken[message] = left
    return events


def _raw_event(value: bytes | None, place: int) -> bytes:
    value = value or b""
    return bytes(json.decode(value, type=list[Raw])[place]) if value[:1] == b"[" else value


def _reject(message: int, place: int, why: Reason, raw: bytes) -> StampedReject:
    return StampedReject(message, place, why.code, why.en, why.zh, raw)


@cache
def _decoders() -> tuple[json.Decoder[Any], json.Decoder[Any]]:
    union: Any = Union[tuple(event_type.struct for event_type in STAMPED_TYPES)]  # noqa: UP007
    return json.Decoder(union), json.Decoder(list[union])
