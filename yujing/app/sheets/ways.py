"""The two ways of a sheet's events: into the log of this process, or to Kafka."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt

from streams.door.grant import Grant
from streams.door.reading import Reading
from streams.fact import FactArray
from streams.pipeline import Keys, Outcome
from streams.state.effective import winners
from streams.state.fact_index import Entries, FactIndex
from streams.state.judging import CONFLICT, DUPLICATE, judge
from yujing.app.county import County
from yujing.app.intake import Intake, finish
from yujing.app.output import Output
from yujing.app.reds import FileTouch, deal_reds
from yujing.app.stream_door import Sending, StreamDoor, log_sent
from yujing.errors import DependencyError, StorageError

if TYPE_CHECKING:
    from streams.kafka.offsets import Offsets

VERSION_COLUMNS = ("fact", "version", "content", "known_at")
RETRACTION_COLUMNS = (*VERSION_COLUMNS, "retracted", "kind", "subject_kind", "subject")
PATIENCE_S = 15 * 60  # for workers that are behind
_LOOK_EVERY_S = 0.5

Outcomes = npt.NDArray[np.uint8]


class Way(Protocol):
    """Where the events of a sheet go, and what is known of them there."""

    def ready(self, output: Output) -> None:
        """Wait until everything that was sent before can be asked for."""
        ...

    def read(self, lines: Sequence[bytes]) -> Reading:
        """Return what lines say."""
        ...

    def standing(self, facts: FactArray) -> Entries:
        """Return the winner of each fact, with version 0 where none is known."""
        ...

    def versions(self, facts: Keys, columns: Sequence[str]) -> tuple[FactArray, dict[int, str]]:
        """Return every version of some facts, and the record id of each fact that waits."""
        ...

    def take(self, reading: Reading) -> Outcomes:
        """Take events known now; return what became of each."""
        ...

    def end(self) -> None:
        """Make anew and decide what the events demand; after the last of them."""
        ...


class OwnWay:
    """Into the log and the state of this process.

    Parameters
    ----------
    county
        The open data.
    grant
        What the sender may send.
    origin
        Name of the file.
    """

    def __init__(self, county: County, grant: Grant, origin: str) -> None:
        self._county, self._grant = county, grant
        self._intake = Intake(county, grant, origin, bulk=True)

    def ready(self, output: Output) -> None:
        """Go on: the log of this process has all that it was told."""

    def read(self, lines: Sequence[bytes]) -> Reading:
        """Return what lines say."""
        county = self._county
        with county.busy:
            return county.door.read(lines, grant=self._grant, known_at=county.stamp())

    def standing(self, facts: FactArray) -> Entries:
        """Return the winner of each fact, with version 0 where none is known."""
        county = self._county
        with county.busy:
            found = county.state.index.standing(facts["fact"])
            apart = np.flatnonzero((found["version"] == 0) & ~county.registered.covers(facts))
        return _with_waiting(county, facts, found, apart)

    def versions(self, facts: Keys, columns: Sequence[str]) -> tuple[FactArray, dict[int, str]]:
        """Return every version of some facts, and the record id of each fact that waits."""
        return _versions(self._county, facts, columns)

    def take(self, reading: Reading) -> Outcomes:
        """Take events into the log, known now."""
        county = self._county
        with county.busy:
            if not self._grant.backfill:
                reading.facts["known_at"] = county.stamp()
            outcomes = self._intake.take_reading(reading, len(reading.facts)).outcomes
            county.memory.save(worth=True)
        return outcomes

    def end(self) -> None:
        """Make anew what was corrected, and deal the reds that cannot wait."""
        county, intake = self._county, self._intake
        with county.busy:
            touched = finish(county, [intake])
            if self._grant.backfill or not len(touched):
                return
            file = int(county.keys.text_keys([intake.origin])[0])
            deal_reds(county, touched, files=[FileTouch(file, touched)])


class StreamWay:
    """To Kafka; the log says what the workers made of what was sent before.

    Parameters
    ----------
    county
        The open stores.
    door
        The way to Kafka.
    grant
        What the sender may send.
    origin
        Name of the file.
    patience_s
        How long the workers may take to come to where Kafka ends now.
    """

    def __init__(
        self,
        county: County,
        door: StreamDoor,
        grant: Grant,
        origin: str,
        *,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._county, self._door, self._grant = county, door, grant
        self._sending = Sending(county, door, grant, origin)
        self._index = FactIndex()
        self._patience_s = patience_s

    def ready(self, output: Output) -> None:
        """Wait until the workers have in the log what Kafka has now.

        Raises
        ------
        DependencyError
            If they are not there in time; nothing was sent.
        """
        from streams.kafka.offsets import Offsets  # Kafka's client: only where it is used

        offsets = Offsets(self._county.settings)
        try:
            ends, began = offsets.ends(), monotonic()
            while behind := self._behind(offsets, ends):
                if monotonic() - began > self._patience_s:
                    raise DependencyError(
                        f"the workers are {behind} messages behind: a sheet is compared with what "
                        "came before it. Nothing was taken; send it again when they have come up"
                    )
                output.progress("messages before this sheet", 0, behind)
                sleep(_LOOK_EVERY_S)
        finally:
            offsets.close()

    def _behind(self, offsets: "Offsets", ends: Mapping[int, int]) -> int:
        """Return how many messages the workers have not acknowledged yet, of those there were."""
        try:
            come = offsets.committed(range(self._county.settings.partitions))
        except StorageError as error:
            if error.permanent:
                raise
            come = {}  # a group that nobody joined yet has no coordinator
        return sum(max(0, end - come.get(lane, 0)) for lane, end in ends.items())

    def read(self, lines: Sequence[bytes]) -> Reading:
        """Return what lines say."""
        return self._door.read(lines, self._grant)

    def standing(self, facts: FactArray) -> Entries:
        """Return the winner of each fact, with version 0 where none is known."""
        keys = np.unique(facts["fact"])
        held = self._county.log.versions_of(keys, columns=VERSION_COLUMNS)
        self._index.enter(held)
        found = self._index.standing(facts["fact"])
        return _with_waiting(self._county, facts, found, np.flatnonzero(found["version"] == 0))

    def versions(self, facts: Keys, columns: Sequence[str]) -> tuple[FactArray, dict[int, str]]:
        """Return every version of some facts, and the record id of each fact that waits."""
        return _versions(self._county, facts, columns)

    def take(self, reading: Reading) -> Outcomes:
        """Send what the log does not have; what is sent counts as accepted."""
        facts = reading.facts
        if not self._grant.backfill:
            facts["known_at"] = np.maximum(facts["known_at"], self._county.now_s())
        verdicts = judge(facts, self._index, self._county.log)
        fresh = np.flatnonzero(verdicts != DUPLICATE)
        outcomes = np.full(len(facts), Outcome.DUPLICATE, dtype=np.uint8)
        if len(fresh):
            taken = self._sending.take_reading(chosen(reading, fresh), len(fresh))
            outcomes[fresh] = taken.outcomes
            self._index.enter(facts.take(fresh))
        outcomes[(verdicts == CONFLICT) & (outcomes == Outcome.ACCEPTED)] = Outcome.CONFLICT
        return outcomes

    def end(self) -> None:
        """Note what was sent; the workers do the rest."""
        log_sent(self._sending)


def way_of(county: County, grant: Grant, origin: str) -> Way:
    """Return where events go in this shape of the installation."""
    if county.settings.distributed:
        return StreamWay(county, county.stream_door, grant, origin)
    return OwnWay(county, grant, origin)


def busy_if_own(county: County) -> AbstractContextManager[Any]:
    """Return the lock under which the state of this process may be asked."""
    return nullcontext() if county.settings.distributed else county.busy


def chosen(reading: Reading, rows: npt.NDArray[np.int64]) -> Reading:
    """Return a reading of some of its facts, rising; rows are counted anew, nothing is rejected.

    What the vault has to remember stays whole.
    """
    place = np.full(len(reading.facts) + 1, -1, dtype=np.int64)
    place[rows] = np.arange(len(rows))
    at = np.searchsorted(reading.rows, [one.row for one in reading.warnings])
    warnings = [
        one._replace(row=new)
        for one, new in zip(reading.warnings, place[at].tolist(), strict=True)
        if new >= 0
    ]
    ids = reading.record_ids
    return Reading(
        facts=reading.facts.take(rows),
        record_ids=[ids[i] for i in rows.tolist()],
        rows=np.arange(len(rows)),
        warnings=warnings,
        identities=reading.identities,
    )


def _with_waiting(
    county: County, facts: FactArray, found: Entries, apart: npt.NDArray[np.int64]
) -> Entries:
    """Add the winners among what waits outside the log for some of the facts."""
    if not len(apart) or not county.unmatched.count():
        return found
    waiting, _ = county.unmatched.versions_of(facts["fact"][apart])
    index = FactIndex()
    index.enter(waiting)
    found[apart] = index.standing(facts["fact"][apart])
    return found


def _versions(
    county: County, facts: Keys, columns: Sequence[str]
) -> tuple[FactArray, dict[int, str]]:
    logged = county.log.versions_of(facts, columns=columns)
    waiting, ids = county.unmatched.versions_of(facts)
    named = dict(zip(waiting["fact"].tolist(), ids, strict=True))
    if not len(waiting):
        return logged, named
    rows = np.empty(len(logged) + len(waiting), dtype=logged.dtype)
    for name in columns:
        rows[name] = np.concatenate([logged[name], waiting[name]])
    return rows, named


def standing_facts(rows: FactArray) -> FactArray:
    """Return the winners among versions that are not retracted."""
    won = rows.take(winners(rows))
    return won.compress(won["retracted"] == 0)
