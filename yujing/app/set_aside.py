"""Messages that wait outside the log: of a paused source, or such as killed their worker.

They lie sealed, as they came: garbage may hold anything. A message is here at most once for each
reason, however often Kafka gives it. It leaves by `taken`, after the stores have it, and is erased
some days later: until then a message that Kafka gives again is known.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import msgspec
from sqlalchemy import Connection, Engine, delete, exists, func, select, update

from streams.kafka.tables import PAUSED_SOURCES, ROOM, SET_ASIDE
from streams.kafka.topics import INPUT_TOPICS
from streams.log.position import LANE_SHIFT, PLACE_BITS, lane, partition_of
from streams.vault.keys import Keys
from streams.vault.place import place
from yujing.app.stream_batch import Arrived
from yujing.storage.revisions import migrate_sql
from yujing.storage.sql import insert_new, reading, writing

PAUSED, POISON, RELEASED = "paused", "poison", "released"
_KEPT_S = 7 * 86_400  # far longer than an acknowledgement is late
_MOST_AT_ONCE = 1_000
_MOST_BYTES = 8 * 2**20

Known = dict[int, frozenset[int] | None]  # head of a message: places that killed; None is all


class _Content(msgspec.Struct, array_like=True):
    value: bytes | None
    trace: str
    produced_at: float
    places: tuple[int, ...]


@dataclass(frozen=True)
class Waiting:
    """How many messages of a source wait, and why."""

    source: str
    why: str
    n: int


def head_of(message: Arrived) -> int:
    """Return the position of a message, with place 0."""
    lane_number = lane(INPUT_TOPICS.index(message.topic), message.partition)
    return lane_number << LANE_SHIFT | message.offset << PLACE_BITS


class SetAside:
    """The ledger of what waits.

    Parameters
    ----------
    engine
        The desk's database; a worker's is fenced.
    keys
        The vault's keys, which seal the content.
    """

    def __init__(self, engine: Engine, keys: Keys) -> None:
        migrate_sql(engine, ROOM)
        self._engine, self._keys = engine, keys

    def keep(self, messages: Iterable[tuple[Arrived, str]], why: str, *, at: int) -> None:
        """Keep messages, each with its source; those that are here already stay as they are."""
        rows = [self._row(message, source, why, at) for message, source in messages]
        if rows:
            with writing(self._engine) as connection:
                connection.execute(insert_new(connection, SET_ASIDE), rows)

    def waiting_sources(self, partitions: Collection[int]) -> frozenset[tuple[str, int]]:
        """Return which sources have messages of which of these partitions here, not poison."""
        query = select(SET_ASIDE.c.source, SET_ASIDE.c.partition).distinct()
        query = query.where(
            SET_ASIDE.c.partition.in_(sorted(partitions)),
            SET_ASIDE.c.taken_at.is_(None),
            SET_ASIDE.c.why != POISON,
        )
        with reading(self._engine) as connection:
            return frozenset((source, p) for source, p in connection.execute(query))

    def released(self, partitions: Collection[int]) -> list[Arrived]:
        """Return the first messages of sources that are not paused, in the order of their coming.

        Parameters
        ----------
        partitions
            Whose messages.
        """
        paused = exists().where(PAUSED_SOURCES.c.source == SET_ASIDE.c.source)
        query = (
            select(SET_ASIDE.c.id, SET_ASIDE.c.position, SET_ASIDE.c.source, SET_ASIDE.c.content)
            .where(
                SET_ASIDE.c.partition.in_(sorted(partitions)),
                SET_ASIDE.c.taken_at.is_(None),
                SET_ASIDE.c.why != POISON,
                ~paused,
            )
            .order_by(SET_ASIDE.c.id)
            .limit(_MOST_AT_ONCE)
        )
        found: list[Arrived] = []
        n_bytes = 0
        with reading(self._engine) as connection:
            for number, position, source, sealed in connection.execute(query):
                message = self._opened(number, position, source, sealed)
                n_bytes += len(message.value or b"")
                if found and n_bytes > _MOST_BYTES:
                    break
                found.append(message)
        return found

    def taken(self, numbers: Sequence[int], *, at: int) -> None:
        """Note that the stores have these messages."""
        if not numbers:
            return
        with writing(self._engine) as connection:
            connection.execute(
                update(SET_ASIDE).where(SET_ASIDE.c.id.in_(list(numbers))).values(taken_at=at)
            )
            connection.execute(delete(SET_ASIDE).where(SET_ASIDE.c.taken_at < at - _KEPT_S))

    def poison(self, partitions: Collection[int]) -> Known:
        """Return what killed workers and was set aside, by message."""
        query = select(SET_ASIDE.c.position, SET_ASIDE.c.content).where(
            SET_ASIDE.c.partition.in_(sorted(partitions)), SET_ASIDE.c.why == POISON
        )
        known: Known = {}
        with reading(self._engine) as connection:
            for position, sealed in connection.execute(query):
                places = self._content(position, sealed).places
                head = position >> PLACE_BITS << PLACE_BITS
                before = known.get(head, frozenset())
                known[head] = before | set(places) if places and before is not None else None
        return known

    # --- what an operator does

    def counts(self) -> list[Waiting]:
        """Return how many messages wait, by source and reason."""
        columns = (SET_ASIDE.c.source, SET_ASIDE.c.why)
        query = select(*columns, func.count()).where(SET_ASIDE.c.taken_at.is_(None))
        with reading(self._engine) as connection:
            rows = connection.execute(query.group_by(*columns).order_by(*columns))
            return [Waiting(source, why, n) for source, why, n in rows]

    def release_poison(self, source: str) -> int:
        """Let what killed workers be tried again, and return how many."""
        again = select(SET_ASIDE.c.position).where(
            SET_ASIDE.c.source == source, SET_ASIDE.c.why == POISON
        )
        with writing(self._engine) as connection:
            positions = [position for (position,) in connection.execute(again)]
            if not positions:
                return 0
            connection.execute(
                delete(SET_ASIDE).where(
                    SET_ASIDE.c.position.in_(positions), SET_ASIDE.c.why == RELEASED
                )
            )
            return _changed(
                connection,
                update(SET_ASIDE)
                .where(SET_ASIDE.c.position.in_(positions), SET_ASIDE.c.why == POISON)
                .values(why=RELEASED),
            )

    def discard(self, source: str) -> int:
        """Erase what waits because its source is or was paused, and return how many."""
        with writing(self._engine) as connection:
            return _changed(
                connection,
                delete(SET_ASIDE).where(
                    SET_ASIDE.c.source == source,
                    SET_ASIDE.c.taken_at.is_(None),
                    SET_ASIDE.c.why == PAUSED,
                ),
            )

    # --- sealed content

    def _row(self, message: Arrived, source: str, why: str, at: int) -> dict[str, object]:
        position = head_of(message) + (message.places[0] if message.places else 0)
        content = _Content(message.value, message.trace, message.produced_at, message.places)
        sealed = self._keys.seal(msgspec.msgpack.encode(content), _about(position))
        return {
            "source": source, "partition": message.partition, "position": position, "why": why,
            "at": at, "content": sealed,
        }  # fmt: skip

    def _content(self, position: int, sealed: bytes) -> _Content:
        return msgspec.msgpack.decode(self._keys.open(sealed, _about(position)), type=_Content)

    def _opened(self, number: int, position: int, source: str, sealed: bytes) -> Arrived:
        content = self._content(position, sealed)
        topic, partition = partition_of(position >> LANE_SHIFT)
        offset = (position >> PLACE_BITS) & (1 << (LANE_SHIFT - PLACE_BITS)) - 1
        return Arrived(
            INPUT_TOPICS[topic], partition, offset, content.value, source, content.trace,
            content.produced_at, content.places, number,
        )  # fmt: skip


def _about(position: int) -> bytes:
    return place("set_aside", "content", position)


def _changed(connection: Connection, statement: object) -> int:
    return int(connection.execute(statement).rowcount)  # type: ignore[call-overload]
