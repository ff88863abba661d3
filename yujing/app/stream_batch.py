"""One batch of messages in a worker: into the log, into the state, on to cards and scores.

The order of the steps is the whole safety: log, state, notes to other owners, answers, scores and
reds; only then are the messages acknowledged. A kill between any two of them brings the same
messages again: the log absorbs copies, the state knows duplicates, and whom a duplicate names is
looked at again, so that no red is lost.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from streams.fact import AREA, PERSON, FactArray
from streams.kafka.bucket import bucket_of
from streams.kafka.stamped import StampedReader, StampedReading, StampedReject
from streams.kafka.topics import INPUT_TOPICS
from streams.log.position import lane, pack
from streams.pipeline import NO_KEYS, Keys, places_of, with_households
from streams.state.judging import Verdicts
from streams.state.state import ACCEPTED, CONFLICT, DUPLICATE
from streams.wire import identity_link, member_upsert
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
        verdicts = self.take_facts(facts, reading.record_ids, reading.moved_from)
        touched = np.unique(facts["subject"])
        return Taken(facts, verdicts, reading.rejects, touched, reading.messages)

    def take_facts(self, facts: FactArray, record_ids: list[str], moved_from: Keys) -> Verdicts:
        """Bring facts into log and state, tell other owners, take answers to cards.

        Parameters
        ----------
        facts
            With their positions.
        record_ids
            What the source calls each record.
        moved_from
            Household that each fact takes its person out of, 0 none.

        Returns
        -------
        What the state says of each.
        """
        order = np.argsort(facts["known_at"], kind="stable")
        if (np.diff(order) < 0).any():  # of two copies in a batch the one known first must be met
            ids = [record_ids[i] for i in order.tolist()]  # first, whatever lanes they came by
            verdicts = np.empty(len(facts), dtype=np.uint8)
            verdicts[order] = self._take_in_order(facts.take(order), ids, moved_from[order])
            return verdicts
        return self._take_in_order(facts, record_ids, moved_from)

    def _take_in_order(self, facts: FactArray, record_ids: list[str], moved_from: Keys) -> Verdicts:
        verdicts = self._append(facts, record_ids)
        linked = self._linked(facts)
        try:
            self._absorb(facts, verdicts, moved_from)
        except BaseException:
            self._share.drop()  # half of it may be folded
            raise
        at = int(facts["known_at"].max())
        self.tell_owners(np.unique(facts["subject"][facts["subject_kind"] == PERSON]), at=at)
        self._tell_former_owners(facts, moved_from, at)
        self._tell_other_claims(facts, at)
        self._tell_everybody(np.union1d(linked, self._linked(facts)), at)
        take_answers(self._county, facts.compress(verdicts != CONFLICT), backfill=True)
        return verdicts

    def _append(self, facts: FactArray, record_ids: list[str]) -> Verdicts:
        county, state = self._county, self._share.state
        verdicts = state.judge(facts, county.log)
        # a copy that was known earlier counts: two doors' copies come in any order
        verdicts[(verdicts == DUPLICATE) & state.index.earlier(facts)] = ACCEPTED
        new = np.flatnonzero((verdicts != DUPLICATE) | in_every_lane(facts))
        rows = facts.take(new)
        with_households(rows, state)
        county.log.append(rows, [record_ids[i] for i in new.tolist()], places_of(rows, state))
        return verdicts

    def _absorb(self, facts: FactArray, verdicts: Verdicts, moved_from: Keys) -> None:
        state, log = self._share.state, self._county.log
        state.absorb(facts, verdicts, log)
        movers = np.unique(facts["subject"][moved_from != 0])
        if len(movers):  # their earlier facts came through the partition they left
            state.rebuild(movers, log)
        self._share.taken(facts["position"], int(facts["known_at"].max()))

    def tell_owners(self, persons: Keys, *, at: int) -> None:
        """Leave a note about each of these persons who is at home in somebody else's partition.

        Parameters
        ----------
        at
            When the newest news of them was known, seconds since 1970; 0 for old news.
        """
        homes = self._homes(persons)
        away = (homes != 0) & ~self._share.owns(homes)
        self._tell(bucket_of(homes[away], self._share.n_partitions), persons[away], at)

    def _tell_former_owners(self, facts: FactArray, moved_from: Keys, at: int) -> None:
        moved = moved_from != 0
        left = bucket_of(moved_from[moved], self._share.n_partitions)
        self._tell(left, facts["subject"][moved], at)

    def _tell_other_claims(self, facts: FactArray, at: int) -> None:
        """Leave a note where a person would be at home by another claim than the one that counts.

        The owner there may know that claim alone, and believe it.
        """
        registered = facts["kind"] == member_upsert.KIND
        persons = np.unique(facts["subject"][registered])
        claims = self._homes(persons, "other_household")
        away = (claims != 0) & ~self._share.owns(claims)
        self._tell(bucket_of(claims[away], self._share.n_partitions), persons[away], at)

    def _tell_everybody(self, persons: Keys, at: int) -> None:
        """Leave a note about people who have several keys to every owner.

        Which household such a person is at home in depends on facts about all the keys, which come
        through several partitions; there are few of them.
        """
        n = self._share.n_partitions
        self._tell(np.tile(np.arange(n), len(persons)), np.repeat(persons, n), at)

    def _linked(self, facts: FactArray) -> Keys:
        """Return the keys that links name, and those of linked people whose home is claimed."""
        some = facts.compress(np.isin(facts["kind"], (member_upsert.KIND, identity_link.KIND)))
        links = some.compress(some["kind"] == identity_link.KIND)
        known = self._share.state.links
        if not len(known) and not len(links):
            return NO_KEYS
        named = np.unique(np.concatenate([links["subject"], links["other"]]))
        named = named[named != 0]
        joined = known.with_others(np.union1d(some["subject"], named))
        return np.union1d(named, joined)

    def _tell(self, partitions: Ints, persons: Keys, at: int) -> None:
        if len(persons):
            self._notices.tell(partitions, persons, at=at)

    def _homes(self, persons: Keys, column: str = "household") -> Keys:
        """Return the household of each person as the state knows it, 0 where it does not."""
        state = self._share.state
        rows = state.person_rows(persons)
        homes = np.zeros(len(persons), dtype=np.uint64)
        homes[rows >= 0] = state.members[column][rows[rows >= 0]]
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
