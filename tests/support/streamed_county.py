"""A county whose log was filled through partitions, and workers that own some of them."""

from collections.abc import Collection
from dataclasses import dataclass, field

import numpy as np

from streams.fact import AREA, FactArray
from streams.kafka.bucket import bucket_of
from streams.kafka.tables import ROOM
from streams.kafka.topics import INPUT_TOPICS, topic_numbers
from streams.log.position import lane, pack
from streams.pipeline import MEMBER_UPSERT
from streams.state.layout import base_month_of
from streams.state.state import State
from yujing.app.before import state_before
from yujing.app.county import County
from yujing.app.cut_offs import CutOffs
from yujing.app.stream_sweep import StreamSweep, Tended
from yujing.storage.revisions import migrate_sql

N = 4


def lay_out(facts: FactArray, ids: list[str]) -> tuple[FactArray, list[str], np.ndarray]:
    """Return the rows as the door sends them: to the partitions of everybody whom they concern."""
    home = bucket_of(np.ascontiguousarray(facts["household"]), N)
    own = facts["subject_kind"] == 1
    home[own] = bucket_of(np.ascontiguousarray(facts["subject"][own]), N)
    moves = facts["kind"] == MEMBER_UPSERT
    there = bucket_of(np.ascontiguousarray(facts["other"]), N)
    area = facts["subject_kind"] == AREA
    rows, partitions = [], []
    for partition in range(N):
        mine = np.flatnonzero(area | (home == partition) | (moves & (there == partition)))
        rows.append(mine)
        partitions.append(np.full(len(mine), partition))
    taken, partition_of = np.concatenate(rows), np.concatenate(partitions)
    order = np.argsort(facts["known_at"][taken], kind="stable")
    return facts.take(taken[order]), [ids[i] for i in taken[order].tolist()], partition_of[order]


class Stream:
    """Appends rows to the log of a county as if they had come through Kafka."""

    def __init__(self, county: County) -> None:
        migrate_sql(county.engine, ROOM)
        self.county = county
        self.next_offset = {
            lane(topic, p): 0 for topic in range(len(INPUT_TOPICS)) for p in range(N)
        }

    def append(self, facts: FactArray, ids: list[str], *, to: int | None = None) -> None:
        """Append rows, one message each; `to`: to a partition that is not theirs."""
        if to is None:
            rows, ids, partitions = lay_out(facts, ids)
        else:
            rows, partitions = facts.copy(), np.full(len(facts), to)
        topics = topic_numbers(rows["kind"])
        lanes = np.array([lane(int(t), int(p)) for t, p in zip(topics, partitions, strict=True)])
        offsets = np.zeros(len(rows), dtype=np.int64)
        for place, one in enumerate(lanes.tolist()):
            offsets[place] = self.next_offset[one]
            self.next_offset[one] += 1
        rows["position"] = pack(lanes, offsets, np.zeros(len(rows), dtype=np.int64))
        self.county.log.append(rows, ids)


@dataclass
class Worker:
    """A worker that owns some partitions and has read the log up to now."""

    stream: Stream
    owned: frozenset[int]
    sweeps: StreamSweep = field(init=False)

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """Forget everything."""
        county = self.stream.county
        self.cut_offs = CutOffs(county.engine, N)
        self.sweeps = StreamSweep(county, self.cut_offs, self, N)

    @property
    def state(self) -> State:
        """Everything that the log has of the owned partitions."""
        county = self.stream.county
        return state_before(
            county.log, 2**32 - 1, self.owned, base_month_of(county.today().year)
        )

    def tend(self, behind: Collection[int] = ()) -> Tended:
        """Do what is next; of the lanes in `behind` nothing was read."""
        read = {at: offset for at, offset in self.stream.next_offset.items() if at not in behind}
        return self.sweeps.tend(read)
