"""Events that kill whoever takes them: found by halves, set aside, everything else goes on.

A partition whose owners died `MANY_DEATHS` times at the same position is taken with caution: what
is in hand is written down before each step and struck out after it. What a dead owner wrote down
is suspect, and its successor takes half of it. `streams.kafka.bisection` plans, this carries out.
Caution ends some batches after the position where owners died; it lasts longer the more died, so
that a killer further on is reached however seldom Kafka is told what was taken.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby

import structlog
from msgspec import Raw, json
from sqlalchemy import ColumnElement, Engine, delete, select

from streams.kafka.bisection import Do, InHand, Step, event_steps, message_steps, tries_of
from streams.kafka.stamped import MOST_PLACES
from streams.kafka.tables import IN_HAND
from streams.log.position import LANE_SHIFT, partition_of
from yujing.app.bad_messages import source_word
from yujing.app.set_aside import POISON, Known, SetAside, head_of
from yujing.app.stream_batch import Arrived
from yujing.storage.sql import insert_new, reading, writing

MANY_DEATHS = 3  # the design's; kills from outside seldom meet one position so often
_CAUTIOUS_BATCHES = 4
_MOST_DOUBLINGS = 16


class Caution:
    """One worker's caution; one thread at a time.

    Parameters
    ----------
    engine
        The desk's database, fenced.
    set_aside
        Takes what kills.
    now_s
        Seconds since 1970.
    """

    def __init__(self, engine: Engine, set_aside: SetAside, now_s: Callable[[], int]) -> None:
        self._engine, self._set_aside, self._now_s = engine, set_aside, now_s
        self._owned: frozenset[int] = frozenset()
        self._batches_left: dict[int, int] = {}
        self._suspects: list[InHand] = []
        self._known: Known = {}

    @property
    def partitions(self) -> frozenset[int]:
        """The partitions that are taken with caution."""
        return frozenset(self._batches_left)

    def own(self, deaths: Mapping[int, int]) -> None:
        """Begin with the partitions that are owned now.

        Parameters
        ----------
        deaths
            How many owners in a row died where each partition is read from.
        """
        self._owned = frozenset(deaths)
        self._suspects = self._left_by_the_dead()
        rows = {_partition_of(one.first) for one in self._suspects}
        careful = {p: n for p, n in deaths.items() if n >= MANY_DEATHS or p in rows}
        self._batches_left = {
            p: _CAUTIOUS_BATCHES << min(max(0, n - MANY_DEATHS), _MOST_DOUBLINGS)
            for p, n in careful.items()
        }
        self.refresh()
        if careful:
            structlog.get_logger().warning(
                "caution", partitions=sorted(careful), deaths=max(careful.values()),
                suspects=len(self._suspects),
            )  # fmt: skip

    def refresh(self) -> None:
        """Read what was set aside as poison; an operator may have let some of it go on."""
        self._known = self._set_aside.poison(self._owned)

    def without_poison(self, messages: Sequence[Arrived]) -> list[Arrived]:
        """Return the messages without the events that are known to kill."""
        if not self._known:
            return list(messages)
        left = []
        for message in messages:
            killers = self._known.get(head_of(message), frozenset())
            if killers is None:
                continue
            kept = _without(message, killers) if killers else message
            if kept is not None:
                left.append(kept)
        return left

    def parts(self, messages: Sequence[Arrived]) -> Iterator[list[Arrived]]:
        """Yield what to take, part by part; ask for the next when the stores have the last.

        Raises
        ------
        StorageError, FencedError
            As the database says; ask again for the parts of the same messages.
        """
        calm = [message for message in messages if message.partition not in self._batches_left]
        if calm:
            yield calm
        careful = [message for message in messages if message.partition in self._batches_left]
        careful.sort(key=head_of)
        for _, lane_messages in groupby(careful, key=lambda m: (m.topic, m.partition)):
            yield from self._lane(list(lane_messages))
        self._passed({message.partition for message in careful})

    def _lane(self, messages: list[Arrived]) -> Iterator[list[Arrived]]:
        suspects = list(self._suspects)
        for step in message_steps([head_of(message) for message in messages], suspects):
            some = messages[step.start : step.stop]
            if step.do is Do.TAKE:
                yield from self._held(step, some)
            elif step.do is Do.OPEN:
                yield from self._opened(step, some[0], suspects)
            else:
                self._condemn(step, some[0])

    def _opened(
        self, step: Step, message: Arrived, suspects: list[InHand]
    ) -> Iterator[list[Arrived]]:
        """Take the one message that killed, event by event if need be."""
        if any((one.first, one.last) == (step.first, step.last) for one in suspects):
            self._write_down(step)
        events = _events(message)
        places = message.places or tuple(range(len(events)))
        head = head_of(message)
        for inner in event_steps(head, places, suspects, part=bool(message.places)):
            some = message
            if inner.stop - inner.start < len(events):
                some = _part(message, events, range(inner.start, inner.stop))
            if inner.do is Do.TAKE:
                yield from self._held(inner, [some])
            else:
                self._condemn(inner, some)

    def _held(self, step: Step, some: list[Arrived]) -> Iterator[list[Arrived]]:
        self._write_down(step)
        yield some
        self._strike_out(step)

    def _write_down(self, step: Step) -> None:
        tries = tries_of(step.first, step.last, self._suspects)
        row = {
            "partition": _partition_of(step.first), "first": step.first, "last": step.last,
            "tries": tries,
        }  # fmt: skip
        with writing(self._engine) as connection:
            connection.execute(delete(IN_HAND).where(*_overlapping(step)))
            connection.execute(insert_new(connection, IN_HAND), row)

    def _strike_out(self, step: Step) -> None:
        with writing(self._engine) as connection:
            connection.execute(delete(IN_HAND).where(*_overlapping(step)))

    def _condemn(self, step: Step, message: Arrived) -> None:
        source = source_word(message)
        self._set_aside.keep([(message, source)], POISON, at=self._now_s())
        structlog.get_logger().error(
            "event_set_aside", topic=message.topic, partition=message.partition,
            offset=message.offset, place=message.places[0] if message.places else 0,
            source=source, mend="see 'a worker restarts again and again' in docs/runbook.md",
        )  # fmt: skip
        self.refresh()
        self._strike_out(step)

    def _passed(self, partitions: Collection[int]) -> None:
        """Count a batch of these partitions, and end the caution about those that had enough."""
        for partition in sorted(partitions):
            self._batches_left[partition] -= 1
        over = [p for p in sorted(partitions) if self._batches_left[p] <= 0]
        if not over:
            return
        with writing(self._engine) as connection:
            connection.execute(delete(IN_HAND).where(IN_HAND.c.partition.in_(over)))
        for partition in over:
            del self._batches_left[partition]
        self._suspects = [one for one in self._suspects if _partition_of(one.first) not in over]
        structlog.get_logger().info("caution_over", partitions=over)

    def _left_by_the_dead(self) -> list[InHand]:
        query = select(IN_HAND).where(IN_HAND.c.partition.in_(sorted(self._owned)))
        with reading(self._engine) as connection:
            rows = connection.execute(query.order_by(IN_HAND.c.first)).mappings()
            return [InHand(row["first"], row["last"], row["tries"]) for row in rows]


def _overlapping(step: Step) -> tuple[ColumnElement[bool], ...]:
    return (
        IN_HAND.c.partition == _partition_of(step.first),
        IN_HAND.c.first <= step.last,
        IN_HAND.c.last >= step.first,
    )


def _partition_of(position: int) -> int:
    return partition_of(position >> LANE_SHIFT)[1]


def _events(message: Arrived) -> list[bytes]:
    """Return the events of a message; what cannot be taken apart is one."""
    value = message.value or b""
    if value[:1] != b"[":
        return [value]
    try:
        events = json.decode(value, type=list[Raw])
    except (ValueError, RecursionError):
        return [value]
    return list(map(bytes, events)) if len(events) <= MOST_PLACES else [value]


def _part(message: Arrived, events: Sequence[bytes], numbers: Sequence[int]) -> Arrived:
    """Return a message of some events of another; they keep their places in the whole."""
    places = message.places or range(len(events))
    value = b"[" + b",".join(events[number] for number in numbers) + b"]"
    return replace(message, value=value, places=tuple(places[number] for number in numbers))


def _without(message: Arrived, killers: frozenset[int]) -> Arrived | None:
    """Return a message without the events at some places, None if nothing is left."""
    events = _events(message)
    places = message.places or range(len(events))
    left = [number for number, place in enumerate(places) if place not in killers]
    if len(left) == len(events):
        return message
    return _part(message, events, left) if left else None
