"""The law of shares: whoever owned what, however batches were cut, together they are the whole."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, delete

from streams.fact import AREA, FactArray
from streams.kafka.bucket import bucket_of
from streams.kafka.tables import NOTICES
from streams.kafka.topics import topic_numbers
from streams.log.position import Covered, beyond, highest, lane, lane_of, pack
from streams.state.state import State
from streams.wire import identity_link, member_upsert
from tests.support.fakes.fact_source import MemoryLog
from tests.support.state_histories import BASE_MONTH, HOMES, PERSONS, events, stamped, to_history
from yujing.app.notices import Notices
from yujing.app.output import Silence
from yujing.app.share import Share
from yujing.app.stream_batch import BatchTaker
from yujing.storage.sql import open_sqlite, writing

N = 3
Step = tuple[str, int, int]


class LanedLog(MemoryLog):
    """A log in memory that answers for lanes."""

    def append(self, facts: FactArray, *_named: object) -> None:  # type: ignore[override]
        super().append(facts)

    def since_covered(self, covered: Covered, lanes: list[int]) -> FactArray:
        mine = np.isin(lane_of(self.rows["position"]), lanes)
        return self.rows.compress(mine & beyond(self.rows["position"], covered))

    def of_lanes(self, lanes: list[int]) -> FactArray:
        here = np.isin(lane_of(self.rows["position"]), lanes)
        facts = self.rows["fact"][np.isin(self.rows["subject"], self.rows["subject"][here])]
        return self.rows.compress(np.isin(self.rows["fact"], facts))

    def sums(self, *, lanes: list[int] | None = None) -> Any:  # type: ignore[override]
        assert lanes is not None
        few = LanedLog()
        few.rows = self.of_lanes(lanes)
        return MemoryLog.sums(few)

    def links(self) -> FactArray:
        joins = self.rows["fact"][self.rows["kind"] == identity_link.KIND]
        return self.rows.compress(np.isin(self.rows["fact"], joins))

    def covered(self) -> Covered:
        return highest(self.rows["position"])


@dataclass
class Cluster:
    """Topics, a log and workers in one process; a worker that dies loses its memory."""

    directory: Path
    engine: Engine
    history: FactArray
    log: LanedLog = field(default_factory=LanedLog)

    def __post_init__(self) -> None:
        self.notices = Notices(self.engine)
        self.queues, self.moved = _routed(self.history)
        self.taken = dict.fromkeys(self.queues, 0)  # committed
        self.workers = [self._worker(number) for number in range(2)]
        self.deal_out(1)

    def _worker(self, number: int) -> tuple[Share, BatchTaker]:
        share = Share(
            lambda: self.log, self.notices, self.directory / str(number), lambda: BASE_MONTH, N,
            Silence(),
        )  # type: ignore[arg-type]  # fmt: skip
        desk = SimpleNamespace(
            take_answers=lambda *_a, **_k: [], take_help=lambda *_a, **_k: [],
            differences=SimpleNamespace(take_answers=lambda *_a, **_k: 0),
        )  # fmt: skip
        county: Any = SimpleNamespace(
            log=self.log, now_s=lambda: 1, desk=desk, moment=lambda s: None,
            today=lambda: date(2026, 11, 24),
        )
        return share, BatchTaker(county, share, self.notices)

    def deal_out(self, seed: int) -> None:
        """Give every partition to one of the workers."""
        owner = np.random.default_rng(seed).integers(0, 2, N)
        for number, (share, _) in enumerate(self.workers):
            share.own(np.flatnonzero(owner == number).tolist())

    def die(self, number: int) -> None:
        """Lose a worker's memory; its partitions stay its own after the restart."""
        owned = self.workers[number][0].owned
        self.workers[number] = self._worker(number)
        self.workers[number][0].own(owned)

    def take(self, n: int, *, forget: bool = False) -> None:
        """Let each worker take up to n facts of each of its lanes; unacknowledged if forgotten."""
        for share, taker in self.workers:
            rows = [
                place
                for (topic, partition), queue in self.queues.items()
                if partition in share.owned
                for place in queue[self.taken[topic, partition] : self.taken[topic, partition] + n]
            ]
            if rows:
                self._hand_over(share, taker, rows)
            for key in self.queues:
                if key[1] in share.owned and not forget:
                    self.taken[key] = min(self.taken[key] + n, len(self.queues[key]))

    def _hand_over(self, share: Share, taker: BatchTaker, rows: list[tuple[int, int]]) -> None:
        facts = self.history.take([row for row, _ in rows])
        facts["position"] = [position for _, position in rows]
        moved = self.moved[[row for row, _ in rows]]
        taker.take_facts(facts, ["r"] * len(facts), moved)

    def finish(self) -> None:
        """Take all that is left and follow all notes."""
        while any(self.taken[key] < len(queue) for key, queue in self.queues.items()):
            self.take(7)
        for _ in range(3):  # a note may lead to a note: to the home that only the log knows
            for share, taker in self.workers:
                taker.tell_owners(share.follow_notices()[0], at=0)
        for share, _ in self.workers:
            share.reconcile()


def _routed(history: FactArray) -> tuple[dict[tuple[int, int], list[tuple[int, int]]], Any]:
    """Return (row, position) by topic and partition as a door routes, and whom each row moves."""
    queues: dict[tuple[int, int], list[tuple[int, int]]] = {}
    homes: dict[int, int] = {}
    moved = np.zeros(len(history), dtype=np.uint64)
    topics = topic_numbers(history["kind"])
    for row, fact in enumerate(history):
        subject, other, kind = int(fact["subject"]), int(fact["other"]), int(fact["kind"])
        if fact["subject_kind"] == AREA:
            to = set(range(N))
        elif fact["subject_kind"] == 1:
            to = {subject % N}
        elif kind == member_upsert.KIND and not fact["retracted"]:
            moved[row] = homes.get(subject, 0) if homes.get(subject, 0) != other else 0
            homes[subject] = other
            to = {other % N}
        else:
            both = (subject, other) if kind == identity_link.KIND else (subject,)
            to = {homes[person] % N for person in both if person in homes} or {0}
        for partition in to:
            queue = queues.setdefault((int(topics[row]), partition), [])
            at = lane(int(topics[row]), partition)
            queue.append((row, int(pack(at, len(queue), 0))))
    return queues, moved


def registered_first(history: FactArray) -> FactArray:
    """Return a history in which every person is registered before anything else is said."""
    first = to_history([(900 + n, 1, member_upsert.KIND, n, n, False) for n in range(len(PERSONS))])
    first["subject"] = PERSONS
    first["subject_kind"] = 0
    history["card"] = 0  # no desk here
    history["fact"] = history["fact"] * np.uint64(32) + history["kind"]  # a record has one type
    first["other"] = [HOMES[n % len(HOMES)] for n in range(len(PERSONS))]
    whole = stamped(np.concatenate([first, history]))
    whole["known_at"] += np.arange(len(whole), dtype=np.uint32) % 5  # copies come in any order
    return whole


STEPS = st.lists(
    st.tuples(
        st.sampled_from(("take", "take", "forget", "die", "deal out", "note", "save")),
        st.integers(0, 1),
        st.integers(1, 9),
    ),
    max_size=14,
)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    made = open_sqlite(tmp_path_factory.mktemp("desk") / "desk.sqlite")
    yield made
    made.dispose()


@settings(max_examples=250, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(drawn=events(most=40), steps=STEPS)
def test_shares_of_all_owners_together_are_the_whole_state(
    tmp_path_factory: pytest.TempPathFactory, engine: Engine, drawn: list[Any], steps: list[Step]
) -> None:
    history = registered_first(to_history(drawn))
    cluster = Cluster(tmp_path_factory.mktemp("cluster"), engine, history)
    with writing(engine) as connection:
        connection.execute(delete(NOTICES))
    for what, number, n in steps:
        if what in ("take", "forget"):
            cluster.take(n, forget=what == "forget")
        elif what == "die":
            cluster.die(number)
        elif what == "deal out":
            cluster.deal_out(n)
        elif what == "note":
            share, taker = cluster.workers[number]
            taker.tell_owners(share.follow_notices()[0], at=0)
        else:
            cluster.workers[number][0].save()
    cluster.finish()

    assert known_first(cluster.log.rows) == known_first(history)
    whole = State.build(history, BASE_MONTH)
    _same(whole.members, [share for share, _ in cluster.workers], "household")
    _same(whole.households, [share for share, _ in cluster.workers], "key")
    for share, _ in cluster.workers:
        assert not share.owned or share.state.areas.tobytes() == whole.areas.tobytes()


def known_first(rows: FactArray) -> dict[tuple[int, ...], int]:
    """Return when each version with its content was known first."""
    first: dict[tuple[int, ...], int] = {}
    for *name, known_at in rows[["fact", "version", "content", "known_at"]].tolist():
        first[tuple(name)] = min(known_at, first.get(tuple(name), known_at))
    return first


def _same(whole: Any, shares: list[Share], home: str) -> None:
    parts = [
        getattr(share.state, "members" if home == "household" else "households") for share in shares
    ]
    mine = [
        part.compress(share.owns(np.ascontiguousarray(part[home])) & (part["n_facts"] > 0))
        for part, share in zip(parts, shares, strict=True)
    ]
    together = np.concatenate(mine)
    wanted = whole.compress((whole["n_facts"] > 0) & (whole[home] != 0))
    together = together[np.argsort(together["key"])]
    wanted = wanted[np.argsort(wanted["key"])]
    assert together["key"].tolist() == wanted["key"].tolist()
    for name in wanted.dtype.names:
        assert together[name].tolist() == wanted[name].tolist(), name
    assert set(bucket_of(wanted[home], N).tolist()) <= set().union(*(s.owned for s in shares))
