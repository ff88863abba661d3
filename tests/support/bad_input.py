"""A worker in few words, for tests of what it does with bad input: no log, no state, real SQL."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, cast

import msgspec
import numpy as np
from sqlalchemy import Engine

from streams.kafka.messages import Message
from streams.kafka.stamped import StampedReader
from streams.kafka.stamped_encoding import StampedEncoder
from streams.vault.deadletters import DeadLetters
from streams.vault.keys import Keys
from tests.support.wire_events import an_event, read
from yujing.app.bad_input import BadInput
from yujing.app.notices import Notices
from yujing.app.stream_batch import Arrived, Taken, positions_of
from yujing.telemetry.metrics import Metrics

TOPIC = "employment-events"
OTHER = "insurance-events"
READER = StampedReader()


@cache
def _line() -> dict[str, Any]:
    reading = read(an_event("employment.end"))
    line = StampedEncoder().encode(reading.facts, reading.record_ids)[0]
    return cast("dict[str, Any]", msgspec.json.decode(line))


def a_line(record: str, **more: object) -> bytes:
    """Return a stamped event of a record."""
    return msgspec.json.encode(_line() | {"source_record_id": record} | more)


def envelope(*lines: bytes) -> bytes:
    """Return lines as one message."""
    return b"[" + b",".join(lines) + b"]"


def arrived(
    offset: int, value: bytes | None, source: str = "social_insurance", **more: Any
) -> Arrived:
    """Return a message of partition 3."""
    given: dict[str, Any] = {
        "topic": TOPIC, "partition": 3, "offset": offset, "value": value, "source": source,
    }  # fmt: skip
    return Arrived(**(given | more))


@dataclass
class FewStores:
    """What bad input needs of a county."""

    engine: Engine
    now: int = 1_000
    keys: Keys = field(default_factory=lambda: Keys(bytes(32)))
    metrics: Metrics = field(default_factory=Metrics)

    def __post_init__(self) -> None:
        self.deadletters = DeadLetters(self.engine, self.keys)

    def now_s(self) -> int:
        """Return the moment that the test set."""
        return self.now


class SmallWorker:
    """Takes messages as a worker does, into a list of record ids by position.

    Parameters
    ----------
    stores
        Shared by all workers of a test.
    taken
        Shared too: the log.
    sees
        Called with the values of each part before it is read; may end the process.
    """

    def __init__(
        self,
        stores: FewStores,
        taken: dict[int, str],
        sees: Callable[[Sequence[Arrived]], None] = lambda part: None,
    ) -> None:
        self.stores, self.taken, self.sees = stores, taken, sees
        self.sent: list[Message] = []
        self.parts: list[list[Arrived]] = []
        self.notices = Notices(stores.engine)
        self.bad = BadInput(stores, stores.engine, self.notices, self.send)  # type: ignore[arg-type]

    def send(self, messages: Iterable[Message]) -> None:
        """Keep what goes to Kafka."""
        self.sent += messages

    def take(self, messages: Sequence[Arrived]) -> None:
        """Take messages; they are acknowledged when this returns."""
        for part in self.bad.parts(messages):
            self.sees(part)
            self.parts.append(part)
            self.bad.after(part, self.store(part))

    def take_back(self) -> int:
        """Take what was set aside and may go on, all of it; return how many messages."""
        n = 0
        for _ in range(100):
            messages = self.bad.take_back()
            if not messages:
                return n
            self.take(messages)
            n += len(messages)
        raise AssertionError("the same messages come back again and again")

    def store(self, part: Sequence[Arrived]) -> Taken:
        """Do what `BatchTaker.take` does, without stores."""
        reading = READER.read([message.value for message in part])
        facts = reading.facts
        if len(facts):
            facts["position"] = positions_of(part, reading)
        self.taken |= dict(zip(facts["position"].tolist(), reading.record_ids, strict=True))
        verdicts = np.zeros(len(facts), dtype=np.uint8)
        return Taken(
            facts, verdicts, reading.rejects, np.unique(facts["subject"]), reading.messages
        )
