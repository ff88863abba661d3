"""The proof of the stream: the same messages, disturbed and undisturbed, give the same digest."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import func, select

from alerts.desk.tables import CARDS, is_live
from models.features.snapshot import cutoff_s
from streams.kafka.messages import Message
from streams.kafka.offsets import Offsets
from streams.kafka.topics import INPUT_TOPICS
from streams.log.position import end_of, lane
from streams.simulator.simulate import simulate
from tests.support.recorded import Recorder, with_noise
from tests.support.simulated_county import silent
from tests.support.stream import Servers, running_servers
from yujing.app.county import County
from yujing.app.cut_offs import CutOffs
from yujing.app.digest import digest
from yujing.app.ownership import Ownership
from yujing.errors import StorageError
from yujing.settings import SHANGHAI
from yujing.storage.sql import reading

END = date(2026, 6, 30)
DEAL_HOUR_S = 7 * 3600
_CHUNK = 2_000


@dataclass(frozen=True)
class Scale:
    """How much is proven.

    Parameters
    ----------
    rounds
        Kills.
    outage_s
        How long a server is away.
    households, months
        Of the simulated county.
    most_events
        In a message; 1 sends every event alone.
    most_messages
        Recorded messages that are sent; the newest are left out.
    patience_s
        After which a run has failed.
    """

    rounds: int
    outage_s: float
    households: int
    months: int
    most_events: int
    most_messages: int
    patience_s: float


QUICK = Scale(3, 3.0, 120, 14, 8, 12_000, 240.0)
SOAK = Scale(30, 30.0, 1_100, 26, 1, 200_000, 1_800.0)


@dataclass(frozen=True)
class CutOff:
    """A day to deal: what counts is known before a moment and stands below these positions."""

    day: date
    known_before: int
    positions: dict[int, int]


@dataclass(frozen=True)
class Recording:
    """Messages in the order in which a door sent them, and the days to deal."""

    messages: list[Message]
    cut_offs: list[CutOff]
    n_events: int


def record(directory: Path, partitions: int, scale: Scale, *, seed: int) -> Recording:
    """Return a simulated county with 5 % duplicates and 3 % corrections as messages."""
    simulate(scale.households, scale.months, "base", seed, END, directory / "simulated", silent)
    files = sorted((directory / "simulated" / "events").rglob("*.ndjson"))
    lines = [line for file in files for line in file.read_bytes().splitlines() if line]
    recorder = Recorder(directory / "vault.key", partitions)
    facts, ids = with_noise(*recorder.read(lines, int(time.time())), seed=seed)
    days = [END - timedelta(days=back) for back in (90, 60, 30, 1)]
    moments = [cutoff_s(day) + DEAL_HOUR_S for day in days]
    edges = {0, len(facts), *np.searchsorted(facts["known_at"], moments).tolist()}
    edges |= set(range(0, len(facts), _CHUNK))
    messages: list[Message] = []
    at_edge: dict[int, int] = {}
    starts = sorted(edges)
    for start, stop in pairwise(starts):
        at_edge[start] = len(messages)
        some = slice(start, stop)
        messages += recorder.messages(facts[some], ids[some], most_events=scale.most_events)
        if len(messages) >= scale.most_messages:
            break
    cut_offs = []
    for day, moment in zip(days, moments, strict=True):
        n = at_edge.get(int(np.searchsorted(facts["known_at"], moment)))
        if n is not None:
            cut_offs.append(CutOff(day, moment, _ends(messages[:n])))
    if not cut_offs:  # a short recording: its end is dealt
        known = int(facts["known_at"][max(at_edge)])
        cut_offs = [
            CutOff(
                datetime.fromtimestamp(known, SHANGHAI).date() + timedelta(days=1),
                known,
                _ends(messages),
            )
        ]
    return Recording(messages, cut_offs, sum(message.n_events for message in messages))


def _ends(messages: Sequence[Message]) -> dict[int, int]:
    counts: dict[int, int] = {}
    for message in messages:
        at = lane(INPUT_TOPICS.index(message.topic), message.partition)
        counts[at] = counts.get(at, 0) + 1
    return {at: end_of(at, n) for at, n in counts.items()}


@dataclass
class Stage:
    """Servers with a recording in their topics, and what an undisturbed run made of it."""

    servers: Servers
    recording: Recording
    scale: Scale
    undisturbed: dict[str, str | None]
    deals: list[bytes]

    def proof(self, run: str, workers: Sequence[str], **more: object) -> "Proof":
        """Begin another run over the same messages."""
        return Proof(self.servers.another(run), self.recording, self.scale, workers, **more)


@contextmanager
def stage(directory: Path, scale: Scale, *, seed: int) -> Iterator[Stage]:
    """Run servers, send a recording, run one worker over it undisturbed."""
    with ExitStack() as stack:
        servers = stack.enter_context(running_servers(directory))
        recording = record(directory, servers.partitions, scale, seed=seed)
        servers.produce(recording.messages)
        calm = Proof(servers.another("calm"), recording, scale, ["calm"])
        with calm:
            calm.until_done()
        yield Stage(servers, recording, scale, calm.digest(), calm.deals())


class Proof:
    """One run over recorded messages; leaving the block stops its workers.

    Parameters
    ----------
    servers
        With databases of its own.
    recording
        What is in the topics, and which days to deal.
    scale
        Patience.
    names
        Of the workers.
    """

    def __init__(
        self, servers: Servers, recording: Recording, scale: Scale, names: Sequence[str],
        **more: object,
    ) -> None:  # fmt: skip
        self.servers, self.recording, self.scale = servers, recording, scale
        self.restarts = 0
        self.stopped_in: list[float] = []
        self._more = {"deal_at": "23:59:59", **more}  # only the days that are asked for
        with County.open(servers.settings("asking")) as county:
            self._cut_offs = CutOffs(county.engine, servers.partitions)
            _ = county.desk
            Ownership(county.engine, "asking")  # makes the workers' tables
            for one in recording.cut_offs:
                self._cut_offs.ask(
                    one.day, known_before=one.known_before, positions=one.positions,
                    at=int(time.time()),
                )  # fmt: skip
        self.workers = [servers.worker(name, **self._more) for name in names]

    def __enter__(self) -> "Proof":
        return self

    def __exit__(self, *_: object) -> None:
        self.stopped_in = [worker.stop() for worker in self.workers]

    def add(self, name: str) -> None:
        """Start one more worker."""
        self.workers.append(self.servers.worker(name, **self._more))

    def supervise(self) -> None:
        """Start again what ended of itself."""
        for worker in self.workers:
            self.restarts += worker.revive()

    def until_done(
        self, disturb: Callable[[int], None] = lambda _left: None, *, every_s: float = 0.5
    ) -> None:
        """Supervise, and disturb, until every message is taken and every day dealt.

        Raises
        ------
        AssertionError
            If that takes too long.
        """
        began = time.monotonic()
        while True:
            self.supervise()
            left = self.left()
            if left == 0 and self.pending() == 0:
                return
            assert time.monotonic() - began < self.scale.patience_s, self.complaint(left)
            disturb(left)
            time.sleep(every_s)

    def left(self) -> int:
        """Return how many messages the group has not acknowledged; -1 while nobody can say."""
        offsets = Offsets(self.servers.settings())
        try:
            ends = offsets.ends()
            done = offsets.committed(range(self.servers.partitions))
            return sum(end - done[at] for at, end in ends.items())
        except StorageError:
            return -1
        finally:
            with suppress(Exception):
                offsets.close()

    def pending(self) -> int:
        """Return how many days are to be dealt; -1 while nobody can say."""
        try:
            with County.open(self.servers.settings("asking")) as county:
                return len(CutOffs(county.engine, self.servers.partitions).pending())
        except StorageError:
            return -1

    def complaint(self, left: int) -> str:
        """Return what the workers said last."""
        said = "\n".join(f"--- {w.name} runs={w.runs}\n{w.log()[-3000:]}" for w in self.workers)
        return f"{left} messages, {self.pending()} deals left\n{said}"

    def digest(self) -> dict[str, str | None]:
        """Return the digest of what is stored."""
        with County.open(self.servers.settings("digest")) as county:
            return digest(county)

    def deals(self) -> list[bytes]:
        """Return the content of every deal."""
        with County.open(self.servers.settings("digest")) as county:
            return county.desk.canonical_deals()

    def cards(self) -> tuple[int, int]:
        """Return how many cards there are, and the most live ones of a household."""
        with County.open(self.servers.settings("digest")) as county:
            _ = county.desk
            live = select(func.count().label("n")).where(is_live()).group_by(CARDS.c.household)
            with reading(county.engine) as connection:
                n = int(connection.execute(select(func.count()).select_from(CARDS)).scalar() or 0)
                most = connection.execute(select(func.max(live.subquery().c.n))).scalar()
        return n, int(most or 0)

    def said(self, event: str) -> list[dict[str, Any]]:
        """Return the log lines of all workers about an event."""
        return [line for worker in self.workers for line in worker.said(event)]
