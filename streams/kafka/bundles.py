"""A Faust application that hands on what one poll brought of a partition as one message.

Faust handles messages one by one, at a tenth of a millisecond each; with single events that is the
most expensive thing a worker does. A *bundle* stands for all records of a partition in one poll and
carries the last one's offset: to Faust the others are a gap, which it commits over once the bundle
is acknowledged. This leans on `Consumer.getmany`, which is not public: Faust is pinned, a test
holds the behaviour, and without bundles (setting `bundles`) the stock path does the same.
"""

from collections.abc import AsyncIterator, Sequence
from typing import Any

import faust
from faust.transport.drivers.aiokafka import Consumer, Transport
from faust.types import TP, ConsumerMessage

RECORDS = "records"


class Bundle(ConsumerMessage):  # type: ignore[misc]  # Faust ships no types that mypy can follow
    """A message that stands for all records of its partition in one poll."""

    __slots__ = (RECORDS,)

    records: Sequence[Any]


class BundlingConsumer(Consumer):  # type: ignore[misc]
    """Faust's consumer, one message a partition and poll."""

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
            if not self.flow_active or self.app.consumer_generation_id != generation:
                return
            if active is None or tp in active or tp in self._buffered_partitions:
                self.app.monitor.track_tp_end_offset(tp, self.highwater(tp))
                yield tp, self._bundle(tp, some)

    async def _back_to_committed(self) -> None:
        """Read again later what came while the flow was stopped."""
        try:
            await self.perform_seek()
        except Exception as error:
            self.log.warning("seek while stopped failed: %s", type(error).__name__)

    def _bundle(self, tp: TP, records: Sequence[Any]) -> Bundle:
        last = records[-1]
        bundle = Bundle(
            last.topic, last.partition, last.offset, (last.timestamp or 0) / 1000,
            last.timestamp_type, last.headers, last.key, last.value, last.checksum,
            last.serialized_key_size, last.serialized_value_size, tp,
            generation_id=self.app.consumer_generation_id,
        )  # fmt: skip
        bundle.records = records
        return bundle


class BundlingTransport(Transport):  # type: ignore[misc]
    """Faust's transport with the consumer above."""

    Consumer = BundlingConsumer


class BundlingApp(faust.App):  # type: ignore[misc]
    """A Faust application that reads in bundles."""

    def _new_transport(self) -> Any:
        return BundlingTransport(self.conf.broker_consumer, self, loop=self.loop)


def records_of(message: Any) -> Sequence[Any]:
    """Return the records that a message stands for: those of a bundle, or itself."""
    return message.records if isinstance(message, Bundle) else (message,)
