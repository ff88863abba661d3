"""The door in front of Kafka: it keeps no state and knows only who is registered and lives where.

Steps of a batch: read; keep dead letters, unmatched events and identities; send, and wait until
Kafka has everything; write the routing; send what waited for those who came, then drop it. A kill
between any two of them loses nothing: the same batch again does what is left, and what two doors
leave undone between them, `let_in` does. Doors stay without order among them: whoever finds that
another door moved a person meanwhile sends the membership again, with the household that he left.

An accepted row is one that Kafka has. Whether it is new, a duplicate or a conflict is judged by the
workers, who know what came before.
"""

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from threading import Lock

import numpy as np
import numpy.typing as npt
import structlog

from streams.door.door import Door
from streams.door.grant import EVERYWHERE, Grant
from streams.door.quality import QualityRules
from streams.door.reading import Reading
from streams.fact import AREA, HOUSEHOLD, PERSON, FactArray
from streams.kafka.addressing import Moves, addressed, moves, moving
from streams.kafka.messages import cut_into_messages
from streams.kafka.stamped_encoding import StampedEncoder
from streams.pipeline import HOUSEHOLD_UPSERT, MEMBER_UPSERT, Keys, Outcome, registering
from streams.vault.routing import Routing
from yujing.app.county import County
from yujing.app.intake import Counts, Taken, keep_rejects, measure_rows
from yujing.domain.codes import Source
from yujing.telemetry.trace import current_trace

_RELEASED_AT_ONCE = 5_000  # subjects


class StreamDoor:
    """Sends to Kafka what comes to the door; any thread may call it.

    Parameters
    ----------
    county
        The open stores.
    patience_s
        How long Kafka may take to acknowledge; the producer's own patience when not given.

    Notes
    -----
    Rules of data quality that need to know a person's earlier events have nothing to say here: they
    only warn. Where a token is limited to places, an event that names none is looked up in the
    state that this process follows for its pages.
    """

    def __init__(self, county: County, *, patience_s: float | None = None) -> None:
        # Kafka's client takes long to load: only where it is used
        from streams.kafka.producer import PATIENCE_S, Producer

        self._county = county
        self.routing = Routing(county.vault_engine)
        self.producer = Producer(county.settings, patience_s=patience_s or PATIENCE_S)
        self._encoder = StampedEncoder()
        self._door = Door(county.keys, county.regions, QualityRules.load())
        self._reading = Lock()
        with county.busy:
            self._known_at = county.stamp()

    def close(self) -> None:
        """Let go of Kafka."""
        self.producer.close()

    def read(self, lines: Sequence[bytes], grant: Grant) -> Reading:
        """Return what lines say, known now; never known before what was read earlier."""
        limited = grant.regions != EVERYWHERE
        with self._county.busy if limited else nullcontext(), self._reading:
            self._known_at = max(self._known_at, self._county.now_s())
            door = self._county.door if limited else self._door
            return door.read(lines, grant=grant, known_at=self._known_at)

    def homes_of(self, facts: FactArray) -> Keys:
        """Return the home of whom each event is about; 0 where unregistered, and of places."""
        homes = np.zeros(len(facts), dtype=np.uint64)
        subjects = np.ascontiguousarray(facts["subject"])
        persons = facts["subject_kind"] == PERSON
        homes[persons] = self.routing.homes_of(subjects[persons])
        households = facts["subject_kind"] == HOUSEHOLD
        known = self.routing.registered(subjects[households])
        homes[households] = np.where(known, subjects[households], np.uint64(0))
        return homes

    def send(
        self, facts: FactArray, record_ids: Sequence[str], homes: Keys, *, backfill: bool = False
    ) -> None:
        """Send events whose subjects are registered, write who came and moved, let in who waited.

        Parameters
        ----------
        facts
            Of registered subjects, or of such as they register.
        record_ids
            What the source calls each record.
        homes
            From `homes_of`.
        backfill
            Whether the events are told late on purpose.

        Raises
        ------
        StorageError
            If Kafka or the database is away; the same again does what is left.
        """
        persons = moving(facts)
        moved = moves(facts, persons, self.routing.present_homes(persons))
        self._produce(facts, record_ids, _homes_after(facts, homes, moved), moved, backfill)
        self.routing.register(_households_registered(facts))
        while len(moved.persons):
            other = self.routing.move(moved.persons, moved.after, moved.before)
            late = np.flatnonzero(other)  # another door was faster: tell the home that it gave
            again = np.flatnonzero(
                _is_member(facts) & np.isin(facts["subject"], moved.persons[late])
            )
            facts, homes = facts.take(again), homes[again]
            record_ids = [record_ids[i] for i in again.tolist()]
            moved = moves(facts, moved.persons[late], other[late])
            self._produce(facts, record_ids, _homes_after(facts, homes, moved), moved, backfill)

    def release(self, subjects: Keys) -> int:
        """Send what waits for registered subjects, then drop it; return how many events.

        They keep the moment at which they were first known.
        """
        n_released = 0
        unmatched = self._county.unmatched
        for start in range(0, len(subjects), _RELEASED_AT_ONCE):
            facts, ids = unmatched.release(subjects[start : start + _RELEASED_AT_ONCE])
            homes = self.homes_of(facts)
            here = np.flatnonzero(homes)
            if not len(here):
                continue
            facts, ids = facts.take(here), [ids[i] for i in here.tolist()]
            self._produce(facts, ids, homes[here])
            n_released += unmatched.drop(facts)
        return n_released

    def let_in(self) -> int:
        """Release who was registered by one door while another kept his events apart."""
        waiting = self._county.unmatched.subjects()
        if not len(waiting):
            return 0
        known = (self.routing.homes_of(waiting) != 0) | self.routing.registered(waiting)
        return self.release(waiting[known])

    def _produce(
        self,
        facts: FactArray,
        record_ids: Sequence[str],
        homes: Keys,
        moved: Moves | None = None,
        backfill: bool = False,
    ) -> None:
        if not len(facts):
            return
        moved_from = None if moved is None else moved.moved_from
        lines = self._encoder.encode(facts, record_ids, moved_from)
        to = addressed(facts, homes, self._county.settings.partitions)
        trace = current_trace()
        self.producer.send(cut_into_messages(facts, lines, to, trace=trace, backfill=backfill))


def _is_member(facts: FactArray) -> npt.NDArray[np.bool_]:
    members: npt.NDArray[np.bool_] = facts["kind"] == MEMBER_UPSERT
    return members


def _homes_after(facts: FactArray, homes: Keys, moved: Moves) -> Keys:
    """Return the homes to send to: a membership goes where it says, the rest of a mover follows."""
    after = moved.of(facts["subject"], homes)
    after = np.where(_is_member(facts) & (facts["other"] != 0), facts["other"], after)
    return np.where(facts["subject_kind"] == HOUSEHOLD, facts["subject"], after)


def _households_registered(facts: FactArray) -> Keys:
    """Return the households that these facts register."""
    named = np.concatenate(
        [facts["other"][_is_member(facts)], facts["subject"][facts["kind"] == HOUSEHOLD_UPSERT]]
    )
    return np.unique(named[named != 0])


@dataclass
class Sending:
    """The way in for the rows of one sender, the counterpart of `Intake`.

    Parameters
    ----------
    county
        The open stores.
    door
        The way to Kafka.
    grant
        What the sender may send.
    origin
        Name of the file or of the door, kept with dead letters.
    """

    county: County
    door: StreamDoor
    grant: Grant
    origin: str
    counts: Counts = field(default_factory=Counts)

    @property
    def source_name(self) -> str:
        """How dead letters and metrics call the sender."""
        return self.grant.source.value if self.grant.source else Source.UNKNOWN.value

    def take(self, lines: Sequence[bytes], *, first_row: int = 0) -> Taken:
        """Send a batch and return what became of each row, once Kafka has all that is accepted.

        Parameters
        ----------
        lines
            The rows as they came.
        first_row
            Number of rows before this batch, for dead letters.

        Raises
        ------
        StorageError
            If Kafka or a store is away: nothing is acknowledged, send this again.
        """
        return self.take_reading(self.door.read(lines, self.grant), len(lines), first_row=first_row)

    def take_reading(self, reading: Reading, n_rows: int, *, first_row: int = 0) -> Taken:
        """Send what the door read; see `take`.

        Parameters
        ----------
        reading
            From the door.
        n_rows
            Number of its rows.
        first_row
            Number of rows before this batch, for dead letters.
        """
        outcomes = np.full(n_rows, Outcome.REJECTED, dtype=np.uint8)
        outcomes[reading.rows] = self._take(reading, first_row)
        self.counts.add(outcomes, len(reading.warnings))
        measure_rows(self.county, reading, outcomes, self.source_name)
        return Taken(outcomes, reading.rejects, reading.warnings)

    def _take(self, reading: Reading, first_row: int) -> npt.NDArray[np.uint8]:
        county, facts, ids = self.county, reading.facts, reading.record_ids
        homes = self.door.homes_of(facts)
        newcomers = registering(facts)
        matched = (homes != 0) | (facts["subject_kind"] == AREA)
        matched |= np.isin(facts["subject"], newcomers)
        keep_rejects(county, reading.rejects, self.source_name, self.origin, first_row)
        apart = np.flatnonzero(~matched)
        waiting = [ids[i] for i in apart.tolist()]
        county.unmatched.keep(facts.take(apart), waiting, at=county.now_s())
        county.vault.remember(reading.identities)
        here = np.flatnonzero(matched)
        if len(here):
            self.door.send(
                facts.take(here), [ids[i] for i in here.tolist()], homes[here],
                backfill=self.grant.backfill,
            )  # fmt: skip
        # not the newcomers alone: a kill after the sending leaves them registered, not released
        self.door.release(newcomers)
        return np.where(matched, np.uint8(Outcome.ACCEPTED), np.uint8(Outcome.UNMATCHED))


def log_sent(sending: Sending) -> None:
    """Write a log line with what became of the rows of a sender; its trace goes with them."""
    counts = sending.counts
    structlog.get_logger().info(
        "sent",
        origin=sending.origin,
        rows=counts.rows,
        accepted=counts.accepted,
        refused=counts.refused,
    )
