"""Sources that are paused: who they are, why, and what pauses them.

A source is paused for all workers by a row; every worker reads the rows about once a second. It
goes on when an operator says so (`yujing sources resume`): nobody but him can know that it was
mended.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import structlog
from sqlalchemy import Engine, delete, select

from streams.kafka.pausing import TooMuch, Windows, weight
from streams.kafka.stamped import StampedReject
from streams.kafka.tables import PAUSED_SOURCES, ROOM
from streams.log.position import place_of
from yujing.app.bad_messages import source_word
from yujing.app.stream_batch import Arrived, Taken
from yujing.storage.revisions import migrate_sql
from yujing.storage.sql import insert_new, reading, writing
from yujing.telemetry.metrics import Metrics

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class PausedSource:
    """A source of which too large a share could not be read.

    Parameters
    ----------
    since
        Seconds since 1970.
    n_read, n_refused
        Its last events at that moment, and how many of them were refused.
    why
        Reason of the last bad one.
    """

    source: str
    since: int
    n_read: int
    n_refused: int
    why: str

    @property
    def sentence(self) -> str:
        """What an operator is told."""
        share = 100 * self.n_refused / self.n_read
        return (
            f"source {self.source} is paused: {share:.0f} % of its last {self.n_read} events could "
            f"not be read ({self.why})"
        )


class PausedSources:
    """The rows; any thread may call it.

    Parameters
    ----------
    engine
        The desk's database; a worker's is fenced.
    """

    def __init__(self, engine: Engine) -> None:
        migrate_sql(engine, ROOM)
        self._engine = engine

    def list(self) -> list[PausedSource]:
        """Return the sources that are paused now."""
        query = select(PAUSED_SOURCES).order_by(PAUSED_SOURCES.c.source)
        with reading(self._engine) as connection:
            return [PausedSource(**row) for row in connection.execute(query).mappings()]

    def pause(self, one: PausedSource) -> bool:
        """Pause a source; return False if it is paused already."""
        row = {
            "source": one.source, "since": one.since, "n_read": one.n_read,
            "n_refused": one.n_refused, "why": one.why,
        }  # fmt: skip
        with writing(self._engine) as connection:
            return connection.execute(insert_new(connection, PAUSED_SOURCES), row).rowcount == 1

    def resume(self, source: str) -> bool:
        """Let a source go on; return False if it was not paused."""
        with writing(self._engine) as connection:
            gone = connection.execute(
                delete(PAUSED_SOURCES).where(PAUSED_SOURCES.c.source == source)
            )
            return gone.rowcount == 1


class Watch:
    """One worker's watch over the sources; one thread at a time.

    Parameters
    ----------
    ledger
        The rows.
    metrics
        Takes the number of paused sources.
    """

    def __init__(self, ledger: PausedSources, metrics: Metrics) -> None:
        self._ledger, self._metrics = ledger, metrics
        self._windows = Windows()
        self.paused: frozenset[str] = frozenset()

    def refresh(self) -> None:
        """Read which sources are paused; one that goes on is judged by what comes from now on."""
        paused = frozenset(one.source for one in self._ledger.list())
        for source in self.paused ^ paused:
            self._windows.forget(source)
        self.paused = paused
        self._metrics.set("yujing_paused_sources", len(paused))

    def see(self, part: Sequence[Arrived], taken: Taken, *, at: int) -> None:
        """Pause sources of which too much could not be read.

        Parameters
        ----------
        part
            What was taken; what an operator let go on after a pause is not judged again.
        taken
            What became of it.
        at
            Seconds since 1970.
        """
        numbers, refused = _outcomes(part, taken)
        words = ["" if message.aside else source_word(message) for message in part]
        sources = sorted(set(words) - {""})
        of = np.array([sources.index(word) if word else -1 for word in words])[numbers]
        reasons = {source_word(part[r.message]): r.reason for r in taken.rejects}
        for number, source in enumerate(sources):
            too_much = self._windows.see(source, refused[of == number])
            if too_much is not None:
                self._pause(source, too_much, reasons.get(source, ""), at)

    def _pause(self, source: str, too_much: TooMuch, why: str, at: int) -> None:
        one = PausedSource(source, at, too_much.n_read, too_much.n_refused, why)
        if self._ledger.pause(one):
            structlog.get_logger().error(
                "source_paused", text=one.sentence, source=source, since=at,
                n_read=one.n_read, n_refused=one.n_refused, reason=why,
                mend=f"yujing sources list; then yujing sources resume {source}",
            )  # fmt: skip
        self.refresh()


def _outcomes(part: Sequence[Arrived], taken: Taken) -> tuple[Ints, Bools]:
    """Return the number of its message and whether it was refused, of every event in order."""
    if not taken.rejects:
        return taken.messages, np.zeros(len(taken.messages), dtype=bool)
    read = frozenset(taken.messages.tolist())
    numbers = [taken.messages]
    places = [place_of(taken.facts["position"]).astype(np.int64)]
    for reject in taken.rejects:
        n = weight(reject.raw, whole=reject.message not in read)
        numbers.append(np.full(n, reject.message))
        places.append(np.full(n, _place(part[reject.message], reject)))
    number, place = np.concatenate(numbers), np.concatenate(places)
    refused = np.arange(len(number)) >= len(taken.messages)
    in_order = np.lexsort((place, number))
    return number[in_order], refused[in_order]


def _place(message: Arrived, reject: StampedReject) -> int:
    return message.places[reject.place] if message.places else reject.place
