"""One batch of messages in a worker: into the log, into the state, on to cards and scores.

The order of the steps is the whole safety: log, state, notes to other owners, answers, reds,
scores; only then are the messages acknowledged. A kill between any two of them brings the same
messages again: the log absorbs copies, the state knows duplicates, and whom a duplicate names is
looked at again, so that no red is lost.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from streams.fact import AREA, FactArray
from streams.kafka.bucket import bucket_of
from streams.kafka.stamped import StampedReader, StampedReading, StampedReject
from streams.kafka.topics import INPUT_TOPICS
from streams.log.position import lane, pack
from streams.pipeline import NO_KEYS, Keys, with_households
from streams.state.judging import Verdicts
from streams.state.state import CONFLICT, DUPLICATE
from streams.wire import identity_link
from yujing.app.answering import take_answers
from yujing.app.county import County
from yujing.app.notices import Notices
from yujing.app.share import Share

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Arrived:
    """A message as Kafka gave it.

    Parameters
    ----------
    value
        One stamped event or an envelope of them; None is a message without content.
    source
        Which source its door named.
    produced_at
        Seconds since 1970, by the producer's clock.
    places
        Of a part of a message: the place of each of its events in the whole; empty for a whole one.
    aside
        The number under which it was set aside; 0 for what comes from Kafka.
    """

    topic: str
    partition: int
    offset: int
    value: bytes | None
    source: str = ""
    trace: str = ""
    produced_at: float = 0.0
    places: tuple[int, ...] = ()
    aside: int = 0


@dataclass(frozen=True)
class Taken:
    """What a batch was.

    Parameters
    ----------
    facts
        Everything that could be read.
    verdicts
        What the state says of each.
    rejects
        What could not be read.
    touched
        Keys of persons and households that the batch names.
    messages
        For each fact the number of its message in the batch.
    """

    facts: FactArray
    verdicts: Verdicts
    rejects: list[StampedReject] = field(default_factory=list)
    touched: Keys = field(default_factory=lambda: NO_KEYS)
    messages: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int64))


class BatchTaker:
    """Takes batches into the stores of one worker; one thread at a time.

    Parameters
    ----------
    county
        The open stores; its state is `share`'s.
    share
        The worker's part of the state.
    notices
        Notes to other owners.
    """

    def __init__(self, county: County, share: Share, notices: Notices) -> None:
        self._county, self._share, self._notices = county, share, notices
        self._reader = StampedReader()

    def take(self, messages: Sequence[Arrived]) -> Taken:
        """Bring a batch into log and state and tell whom it concerns.

        Raises
        ------
        StorageError
            If a store is away; the same batch again does what is left.
        FencedError
            If another worker owns a partition since; nothing more may be written.
        """
        reading = self._reader.read([message.value for message in messages])
        facts = reading.facts
        if not len(facts):
            return Taken(facts, np.empty(0, dtype=np.uint8), reading.rejects)
        facts["position"] = positions_of(messages, reading)
        partitions = np.array([m.partition for m in messages], dtype=np.int64)[reading.messages]
        verdicts = self._append(facts, reading.record_ids)
        try:
            self._absorb(facts, verdicts, reading.moved_from)
        except BaseException:
            self._share.drop()  # half of it may be folded
            raise
        self._tell_owners(facts, reading.moved_from, partitions)
        take_answers(self._county, facts.compress(verdicts != CONFLICT), backfill=True)
        touched = np.unique(facts["subject"])
        return Taken(facts, verdicts, reading.rejects, touched, reading.messages)

    def _append(self, facts: FactArray, record_ids: list[str]) -> Verdicts:
        county, state = self._county, self._share.state
        verdicts = state.judge(facts, county.log)
        new = np.flatnonzero((verdicts != DUPLICATE) | in_every_lane(facts))
        rows = facts.take(new)
        with_households(rows, state)
        county.log.append(rows, [record_ids[i] for i in new.tolist()])
        return verdicts

    def _absorb(self, facts: FactArray, verdicts: Verdicts, moved_from: Keys) -> None:
        state, log = self._share.state, self._county.log
        state.absorb(facts, verdicts, log)
        movers = np.unique(facts["subject"][moved_from != 0])
        if len(movers):  # their earlier facts came through the partition they left
            state.rebuild(movers, log)
        self._share.taken(facts["position"], int(facts["known_at"].max()))

    def _tell_owners(self, facts: FactArray, moved_from: Keys, partitions: Ints) -> None:
        """Leave notes about whom the batch concerns and who is at home in another partition."""
        moved = moved_from != 0
        share = self._share
        persons = np.flatnonzero(facts["subject_kind"] == 0)
        homes = self._homes(np.ascontiguousarray(facts["subject"][persons]))
        here = bucket_of(homes, share.n_partitions)
        away = (homes != 0) & (here != partitions[persons]) & ~share.owns(homes)
        left = bucket_of(moved_from[moved], share.n_partitions)
        self._notices.tell(
            np.concatenate([left, here[away]]),
            np.concatenate([facts["subject"][moved], facts["subject"][persons][away]]),
            at=self._county.now_s(),
        )

    def _homes(self, persons: Keys) -> Keys:
        """Return the household of each person as the state knows it, 0 where it does not."""
        state = self._share.state
        rows = state.person_rows(persons)
        homes = np.zeros(len(persons), dtype=np.uint64)
        homes[rows >= 0] = state.members["household"][rows[rows >= 0]]
        return homes


def positions_of(messages: Sequence[Arrived], reading: StampedReading) -> Keys:
    """Return the position in the log of each fact of a batch."""
    lanes = np.array([lane(INPUT_TOPICS.index(m.topic), m.partition) for m in messages])
    offsets = np.array([m.offset for m in messages], dtype=np.int64)
    places = reading.places.copy()
    for number, message in enumerate(messages):
        if message.places:
            rows = reading.messages == number
            places[rows] = np.array(message.places, dtype=np.int64)[places[rows]]
    return pack(lanes[reading.messages], offsets[reading.messages], places)


def in_every_lane(facts: FactArray) -> npt.NDArray[np.bool_]:
    """Return which facts every owner appends for itself, though another has: places and links.

    Whoever takes a partition over reads its lanes; what concerns several partitions is in each.
    """
    every: npt.NDArray[np.bool_] = (facts["subject_kind"] == AREA) | (
        facts["kind"] == identity_link.KIND
    )
    return every
