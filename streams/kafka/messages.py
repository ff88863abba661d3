"""Stamped events to messages: one a partition of a topic, cut where it would be too large."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from streams.fact import FactArray
from streams.kafka.topics import INPUT_TOPICS, topic_numbers
from yujing.domain.codes import Source, members

MOST_EVENTS = 500
MOST_BYTES = 900_000  # with key and headers below the most that a topic takes

SOURCE, TRACE, BACKFILL = "source", "trace", "backfill"  # headers

Ints = npt.NDArray[np.int64]
U64 = npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Message:
    """One message to a topic.

    Parameters
    ----------
    topic, partition
        Where it goes.
    key
        16 hexadecimal digits of the household of a single event; None of an envelope.
    value
        One stamped event, or an envelope: an array of them, all of one source.
    headers
        `source`, and where they are known `trace` and `backfill`.
    n_events
        Number of stamped events.
    """

    topic: str
    partition: int
    key: bytes | None
    value: bytes
    headers: list[tuple[str, bytes]]
    n_events: int = 1


@dataclass(frozen=True)
class Addressed:
    """Which event goes where; an event may go to several partitions.

    Parameters
    ----------
    rows
        Index of the event, one an address.
    partitions
        Partition of the event's topic.
    households
        The household that it goes there for; 0 for none.
    """

    rows: Ints
    partitions: Ints
    households: U64


def cut_into_messages(
    facts: FactArray,
    lines: Sequence[bytes],
    to: Addressed,
    *,
    trace: str = "",
    backfill: bool = False,
    most_events: int = MOST_EVENTS,
    most_bytes: int = MOST_BYTES,
) -> Iterator[Message]:
    """Yield the messages of a batch; events of one partition keep their order.

    Parameters
    ----------
    facts
        The events as facts: kind and source say which topic and which sender.
    lines
        The same as stamped events.
    to
        Where they go.
    trace
        16 hexadecimal digits by which the request is known at the door.
    backfill
        Whether the events are told late on purpose.
    most_events, most_bytes
        Limits of one message.
    """
    topics = topic_numbers(facts["kind"])[to.rows]
    sources = facts["source"][to.rows]
    order = np.lexsort((sources, to.partitions, topics))  # stable
    told = np.stack([topics[order], to.partitions[order], sources[order]])
    changes = np.flatnonzero((np.diff(told, axis=1) != 0).any(axis=0)) + 1
    sizes = np.fromiter(map(len, lines), np.int64, len(lines))[to.rows[order]] + 1
    for start, end in _pieces(changes, sizes, most_events, most_bytes):
        topic, partition, source = (int(column[start]) for column in told)
        headers = [(SOURCE, members(Source)[source].value.encode())]
        if trace:
            headers.append((TRACE, trace.encode()))
        if backfill:
            headers.append((BACKFILL, b"1"))
        events = [lines[row] for row in to.rows[order[start:end]].tolist()]
        key = None
        if len(events) == 1:
            household = int(to.households[order[start]])
            key = b"%016x" % household if household else None
        value = events[0] if len(events) == 1 else b"[" + b",".join(events) + b"]"
        yield Message(INPUT_TOPICS[topic], partition, key, value, headers, len(events))


def _pieces(
    changes: Ints, sizes: Ints, most_events: int, most_bytes: int
) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of runs without a change that keep both limits, an event at least."""
    upto = np.concatenate([[0], np.cumsum(sizes)])
    start = 0
    for stop in [*changes.tolist(), len(sizes)]:
        while start < stop:
            full = int(np.searchsorted(upto, upto[start] + most_bytes - 1, side="right")) - 1
            end = max(min(stop, start + most_events, full), start + 1)
            yield start, end
            start = end
