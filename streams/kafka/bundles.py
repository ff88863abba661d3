"""A Faust application that hands on what one poll brought of a partition as one message.

Faust handles messages one by one, at a tenth of a millisecond each; with single events that is the
most expensive thing a worker does. A *bundle* stands for all records of a partition in one poll and
carries the last one's offset.

Which offset may be committed is decided here too: the end of the last bundle up to which every
bundle was acknowledged. Faust's own way takes the records inside a bundle for a gap, joins gaps
that were read twice, and would commit over records that nobody took.

This leans on parts of `Consumer` that are not public: Faust is pinned, tests hold the behaviour,
and without bundles (setting `bundles`) the stock path does the same.
"""

from collections.abc import AsyncIterator, Hashable, Sequence
from typing import Any

import faust
from faust.transport.drivers.aiokafka import Consumer, Transport
from faust.types import TP, ConsumerMessage

RECORDS = "records"


class Bundle(ConsumerMessage):
    """A message that stands for all records of its partition in one poll."""

    __slots__ = (RECORDS,)

    records: Sequence[Any]


class Commits:
    """Up to where each partition may be committed: bundles are acknowledged in any order.

    Examples
    --------
    >>> commits = Commits()
    >>> commits.delivered("p", 5)
    >>> commits.acknowledged("p", 8, 9)   # 5 to 7 are still in hand
    >>> commits.upto("p")
    >>> commits.acknowledged("p", 5, 7)
    >>> commits.upto("p")
    10
    """

    def __init__(self) -> None:
        self._next: dict[Hashable, int] = {}
        self._began: dict[Hashable, int] = {}
        self._later: dict[Hashable, dict[int, int]] = {}

    def delivered(self, partition: Hashable, first: int) -> None:
        """Note where a partition begins to be read, if it was not read before."""
        self._began.setdefault(partition, first)
        self._next.setdefault(partition, first)

    def acknowledged(self, partition: Hashable, first: int, last: int) -> None:
        """Note that the records from `first` to `last` are stored."""
        if partition not in self._next:
            return  # read before the partitions were dealt out anew
        later = self._later.setdefault(partition, {})
        later[first] = max(last, later.get(first, -1))
        for start in sorted(later):
            if start > self._next[partition]:
                return
            self._next[partition] = max(self._next[partition], later.pop(start) + 1)

    def upto(self, partition: Hashable) -> int | None:
        """Return the offset to commit, None when nothing was acknowledged."""
        done = self._next.get(partition)
        return None if done is None or done == self._began[partition] else done

    def forget(self, partition: Hashable) -> None:
        """Forget a partition that is given back."""
        for table in (self._next, self._began, self._later):
            table.pop(partition, None)


class BundlingConsumer(Consumer):
    """Faust's consumer, one message a partition and poll."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self._commits = Commits()
        super().__init__(*arguments, **options)

    async def getmany(self, timeout: float) -> AsyncIterator[tuple[TP, Any]]:
        """Yield a bundle of every partition that has records; what Faust's own does, in bulk."""
        records, active = await self._wait_next_records(timeout)
        generation = self.app.consumer_generation_id
        if records is None or self.should_stop:
            return
        if not self.flow_active:
            await self._back_to_committed()
            return
        for tp, some in records.items():
            if not self._goes_on(generation):
                return
            if active is None or tp in active or tp in self._buffered_partitions:
                self.app.monitor.track_tp_end_offset(tp, self.highwater(tp))
                yield tp, self._bundle(tp, some, generation)

    def _goes_on(self, generation: int) -> bool:
        """Return whether what one poll brought is still wanted."""
        return bool(self.flow_active) and self.app.consumer_generation_id == generation

    async def _back_to_committed(self) -> None:
        """Read again later what came while the flow was stopped."""
        try:
            await self.perform_seek()
        except Exception as error:
            self.log.warning("seek while stopped failed: %s", type(error).__name__)

    def _bundle(self, tp: TP, records: Sequence[Any], generation: int) -> Bundle:
        last = records[-1]
        self._commits.delivered(tp, records[0].offset)
        bundle = Bundle(
            last.topic, last.partition, last.offset, (last.timestamp or 0) / 1000,
            last.timestamp_type, last.headers, last.key, last.value, last.checksum,
            last.serialized_key_size, last.serialized_value_size, tp, generation_id=generation,
        )  # fmt: skip
        bundle.records = records
        return bundle

    def ack(self, message: Any) -> bool:
        """Note that a bundle is stored."""
        if message.acked or message.generation_id != self.app.consumer_generation_id:
            return False
        message.acked = True
        self._unacked_messages.discard(message)
        self._commits.acknowledged(message.tp, message.records[0].offset, message.offset)
        self._acked.setdefault(message.tp, [])
        self._n_acked += 1
        return True

    def _new_offset(self, tp: TP) -> int | None:
        return self._commits.upto(tp)

    async def _add_gap(self, tp: TP, offset_from: int, offset_to: int) -> None:
        """Know no gaps: a bundle says what it holds."""

    async def on_partitions_revoked(self, revoked: set[TP]) -> None:
        """Give partitions back."""
        await super().on_partitions_revoked(revoked)
        for tp in revoked:
            self._commits.forget(tp)


class BundlingTransport(Transport):
    """Faust's transport with the consumer above."""

    Consumer = BundlingConsumer


class BundlingApp(faust.App):
    """A Faust application that reads in bundles."""

    def _new_transport(self) -> Any:
        return BundlingTransport(self.conf.broker_consumer, self, loop=self.loop)


def records_of(message: Any) -> Sequence[Any]:
    """Return the records that a message stands for: those of a bundle, or itself."""
    return message.records if isinstance(message, Bundle) else (message,)
