"""What a worker does with what Kafka gives it; everything here runs in one thread.

Partitions are taken when the first batch or look comes after they were assigned, so that a
rebalance never waits for a store. A store that is away is waited for with the batch in hand: the
heartbeats to Kafka go on in another thread.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import wait
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from threading import Event
from time import monotonic

import numpy as np
import structlog

from streams.kafka.offsets import Offsets
from streams.kafka.producer import PATIENCE_S, Producer
from streams.kafka.topics import INPUT_TOPICS
from streams.log.latest_scores import LatestScores
from streams.log.position import end_of, lane
from streams.pipeline import Keys
from yujing.app.bad_input import BadInput
from yujing.app.county import County
from yujing.app.cut_offs import CutOffs
from yujing.app.notices import Notices
from yujing.app.ownership import Ownership
from yujing.app.reds import deal_reds, touched_households
from yujing.app.share import Share
from yujing.app.stream_batch import Arrived, BatchTaker, Taken
from yujing.app.stream_scores import StreamScores
from yujing.app.stream_sweep import StreamSweep
from yujing.errors import StorageError, UsageError, YujingError
from yujing.settings import SHANGHAI
from yujing.telemetry.readiness import Readiness

MOST_BYTES = 8 * 2**20  # of messages in one step: some 20,000 events
_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.2, 5.0
_HOUR_S = 3600
_LAG_EVERY_S = 5.0
_DOORS_DELIVER = timedelta(seconds=PATIENCE_S + 5)  # what a door stamped before is in Kafka then
NO_GENERATION = -1
MOST_TRACES = 20  # in a log line


class InterruptedTakeError(YujingError):
    """The partitions are being given to others; what is in hand comes again, here or there."""


@dataclass
class Progress:
    """How far each lane is taken: the next offset, by lane."""

    next_offset: dict[int, int] = field(default_factory=dict)

    def took(self, messages: Sequence[Arrived]) -> None:
        """Note that these messages are stored."""
        for message in messages:
            at = lane(INPUT_TOPICS.index(message.topic), message.partition)
            self.next_offset[at] = max(self.next_offset.get(at, 0), message.offset + 1)


class WorkerCore:
    """One worker without its consumer.

    Parameters
    ----------
    county
        The open stores; its memory and its desk become this worker's own.
    name
        Of this worker, for the table of owners.
    readiness
        Hears which part does not answer.
    """

    def __init__(self, county: County, name: str, readiness: Readiness) -> None:
        settings = county.settings
        self.county, self.name, self.readiness = county, name, readiness
        self.ownership = Ownership(county.engine, name)
        county.use_engine(self.ownership.fenced)
        self.notices = Notices(county.engine)
        self.share = Share(
            lambda: county.log, self.notices, settings.data / "checkpoint", county.base_month,
            settings.partitions, county.output,
        )  # fmt: skip
        county.use_memory(self.share)
        self.taker = BatchTaker(county, self.share, self.notices)
        self.scores = StreamScores(county, self.share, LatestScores(county.clickhouse))
        self.offsets, self.producer = Offsets(settings), Producer(settings)
        self.bad = BadInput(county, county.engine, self.notices, self.producer.send)
        self.cut_offs = CutOffs(county.engine, settings.partitions)
        self.sweep = StreamSweep(
            county, self.cut_offs, self.share, settings.partitions, self._reconcile
        )
        self.progress = Progress()
        self._assigned: frozenset[int] | None = None
        self._generation = NO_GENERATION
        self._interrupt = Event()
        self._revoked_at: float | None = None
        self._lag_at = -1e9
        self._asked_for: date | None = None
        self._away: set[str] = set()
        self._measured: set[tuple[str, str]] = set()

    # --- partitions

    def assigned(self, partitions: Collection[int], generation: int) -> None:
        """Note what is ours from now on; it is taken before anything else is done.

        Parameters
        ----------
        generation
            Of the group: messages that were read in an earlier one come again, here or elsewhere.
        """
        self._assigned, self._generation = frozenset(partitions), generation
        self._interrupt.clear()

    def interrupt(self) -> None:
        """Have the step under way end as soon as it waits; from any thread."""
        self._interrupt.set()

    def revoked(self) -> None:
        """Give everything back; nothing is in hand."""
        self._revoked_at = monotonic()
        self._assigned, self._generation = frozenset(), NO_GENERATION
        mine = self.ownership.partitions
        self.share.own(())
        try:
            self.bad.own({})
            self.ownership.leave(mine)
        except StorageError as error:
            # the next owner takes over all the same; it only cannot know that we left in order
            structlog.get_logger().warning("left_unsaid", partitions=len(mine), reason=str(error))

    def _take_partitions(self) -> None:
        """Take what was assigned: raise its epochs and read its part of the log."""
        wanted = self._assigned
        if wanted is None or (wanted == self.share.owned and wanted == self.ownership.partitions):
            return
        began = monotonic()
        self.readiness.report("partitions", "taking partitions")
        starts = self.offsets.committed(wanted) if wanted else {}
        self.progress.next_offset = starts
        where = {p: str([starts[at] for at in _lanes_of(p)]) for p in wanted}
        deaths = self.ownership.take(where, at=self.county.now_s())
        self.share.own(wanted)
        self.bad.own(deaths)
        _ = self.share.state
        paused = monotonic() - (self._revoked_at or began)
        self._revoked_at = None
        self.county.metrics.observe("yujing_rebalance_pause_seconds", np.full(len(wanted), paused))
        self.county.metrics.set("yujing_owned_partitions", len(wanted))
        self.readiness.report("partitions")
        structlog.get_logger().info(
            "partitions_taken", partitions=sorted(wanted), seconds=round(paused, 3),
            loaded_in=round(monotonic() - began, 3),
            died_here_before=max(deaths.values(), default=0),
        )  # fmt: skip

    # --- batches

    def take(self, messages: Sequence[Arrived], generation: int) -> None:
        """Take messages in; when this returns they may be acknowledged.

        Parameters
        ----------
        generation
            Of the group when they were read.

        Raises
        ------
        InterruptedTakeError
            If the partitions go to others, or went before these messages were taken in hand.
        FencedError
            If another worker owns a partition since.
        """
        if generation != self._generation:
            raise InterruptedTakeError("read before the partitions were dealt out anew")
        for some in in_steps(messages):
            self._again_and_again(partial(self._step, some))
            self.progress.took(some)

    def _step(self, messages: Sequence[Arrived]) -> None:
        self._take_partitions()
        for part in self.bad.parts(messages):
            began = monotonic()
            taken = self.taker.take(part)
            self._after(taken)
            self.bad.after(part, taken)
            self._measure(part, taken, monotonic() - began)

    def _after(self, taken: Taken) -> None:
        """Score whom the batch touched and deal reds for fresh news.

        Scores are told first, and kept while the reds are dealt: all of it waits for servers.
        """
        facts, county = taken.facts, self.county
        if not len(facts):
            return
        fresh = facts["known_at"].astype(np.int64) >= self._fresh_since()
        homes = touched_households(self.share.state, taken.touched)
        scored = self.scores.score(homes, known_at=int(facts["known_at"].max()))
        known_at = facts["known_at"][fresh].astype(np.float64)
        try:
            if len(known_at):
                self.producer.send(scored.messages)
                late = county.now_s() - known_at
                county.metrics.observe("yujing_known_to_score_seconds", late)
            if self._reds(np.unique(facts["subject"][fresh])):
                late = county.now_s() - known_at
                county.metrics.observe("yujing_known_to_red_card_seconds", late.max())
        finally:
            wait([scored.kept])
        scored.kept.result()

    def _reds(self, touched: Keys) -> int:
        return deal_reds(self.county, touched, owned=self.share.owns)

    def _measure(self, messages: Sequence[Arrived], taken: Taken, seconds: float) -> None:
        metrics = self.county.metrics
        metrics.observe("yujing_batch_rows", float(len(taken.facts)))
        metrics.observe("yujing_batch_seconds", seconds)
        for topic in {message.topic for message in messages}:
            n = sum(message.topic == topic for message in messages)
            metrics.count("yujing_messages_total", n, topic=topic)
        structlog.get_logger().info(
            "batch", messages=len(messages), facts=len(taken.facts), seconds=round(seconds, 4),
            traces=traces_of(messages),
        )  # fmt: skip
        now = self.county.now().timestamp()
        ages = np.array([now - m.produced_at for m in messages if m.produced_at])
        metrics.observe("yujing_produced_to_score_seconds", ages)

    # --- between batches

    def look(self) -> None:
        """Do what is due between two batches: notes of other owners, cut-offs, a checkpoint."""
        if not self._assigned:
            return
        self._again_and_again(self._look)

    def _look(self) -> None:
        self._take_partitions()
        back = self.bad.take_back()
        if back:
            self._step(back)
        self._follow()
        self._ask_for_today()
        tended = self.sweep.tend(self.progress.next_offset)
        if tended.dealt is not None:
            structlog.get_logger().info("dealt", **asdict(tended.dealt))
        self.share.save(worth=True)
        if monotonic() - self._lag_at >= _LAG_EVERY_S:
            self._measure_lag()

    def _follow(self) -> None:
        """Read again whom other owners told about, and tell those who are at home elsewhere."""
        rebuilt, fresh = self.share.follow_notices(self._fresh_since())
        if len(rebuilt):
            self.county.metrics.count("yujing_subjects_repaired_total", len(rebuilt))
            self.taker.tell_owners(np.setdiff1d(rebuilt, fresh), at=0)
            self.taker.tell_owners(fresh, at=self.county.now_s())
            self._reds(fresh)

    def _fresh_since(self) -> int:
        """Return since when news is fresh enough for a red at once."""
        return self.county.now_s() - self.county.settings.red_fresh_hours * _HOUR_S

    def _reconcile(self) -> None:
        """Compare the share with the log before it is swept; what differs is counted."""
        n = self.share.reconcile()
        self._follow()
        if n:
            self.county.metrics.count("yujing_subjects_reloaded_total", n)
            structlog.get_logger().warning("subjects_reloaded", n=n)

    def _ask_for_today(self) -> None:
        """Ask for today's deal once its time has come and every door has delivered."""
        county, today = self.county, self.county.today()
        if self._asked_for == today:
            return
        at = datetime.combine(today, county.settings.deal_at, SHANGHAI)
        if county.now() < at + _DOORS_DELIVER:
            return
        ends = {at: end_of(at, offset) for at, offset in self.offsets.ends().items()}
        known_before = int(at.timestamp())
        with suppress(UsageError):  # a later day was asked for already
            self.cut_offs.ask(today, known_before=known_before, positions=ends, at=county.now_s())
        self._asked_for = today

    def _measure_lag(self) -> None:
        ends = self.offsets.ends(self.share.owned)
        measured = {(topic, str(p)) for topic in INPUT_TOPICS for p in self.share.owned}
        self.county.metrics.forget("yujing_lag_messages", self._measured - measured)
        self._measured = measured
        for topic_number, topic in enumerate(INPUT_TOPICS):
            for partition in sorted(self.share.owned):
                at = lane(topic_number, partition)
                lag = ends[at] - self.progress.next_offset.get(at, 0)
                self.county.metrics.set(
                    "yujing_lag_messages", max(lag, 0), topic=topic, partition=str(partition)
                )
        state = self.share.state
        self.county.metrics.set("yujing_state_bytes", state.nbytes + state.index.nbytes)
        age = self.share.checkpoint_age_s
        self.county.metrics.set("yujing_checkpoint_age_seconds", 0 if age is None else age)
        self.county.metrics.set("yujing_members", len(state.members))
        self._lag_at = monotonic()

    def _again_and_again(self, work: Callable[[], None]) -> None:
        """Do something until no store is away any more; say so meanwhile."""
        wait_s = _FIRST_WAIT_S
        while True:
            try:
                work()
            except StorageError as error:
                if error.permanent:
                    raise
                self._say_away(str(error))
                if self._interrupt.wait(wait_s):
                    raise InterruptedTakeError("interrupted while a store is away") from error
                wait_s = min(2 * wait_s, _LONGEST_WAIT_S)
            else:
                self._say_here()
                return

    def _say_away(self, reason: str) -> None:
        store = _store_of(reason)
        self._away.add(store)
        self.readiness.report("stores", reason)
        self.county.metrics.count("yujing_retries_total", store=store)
        self.county.metrics.set("yujing_store_away", 1, store=store)
        structlog.get_logger().warning("waiting_for_a_store", store=store, reason=reason)

    def _say_here(self) -> None:
        if self._away:
            structlog.get_logger().info("stores_are_back", stores=sorted(self._away))
        for store in self._away:
            self.county.metrics.set("yujing_store_away", 0, store=store)
        self._away.clear()
        self.readiness.report("stores")


def in_steps(messages: Sequence[Arrived]) -> Iterator[Sequence[Arrived]]:
    """Cut messages into steps of at most `MOST_BYTES`, one message at least."""
    start, size = 0, 0
    for place, message in enumerate(messages):
        more = len(message.value or b"")
        if place > start and size + more > MOST_BYTES:
            yield messages[start:place]
            start, size = place, 0
        size += more
    if len(messages):
        yield messages[start:]


def traces_of(messages: Sequence[Arrived]) -> dict[str, list[str]]:
    """Return where each request's messages stand, topic/partition/offset; of the first few."""
    traces: dict[str, list[str]] = {}
    for message in messages:
        if message.trace and (message.trace in traces or len(traces) < MOST_TRACES):
            where = f"{message.topic}/{message.partition}/{message.offset}"
            traces.setdefault(message.trace, []).append(where)
    return traces


def _lanes_of(partition: int) -> list[int]:
    return [lane(topic, partition) for topic in range(len(INPUT_TOPICS))]


def _store_of(reason: str) -> str:
    """Return which store a sentence about a failure speaks of."""
    if reason.startswith("Kafka"):
        return "kafka"
    return "postgres" if "database" in reason else "clickhouse"
