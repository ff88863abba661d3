"""What a worker could not read: sealed beside the vault, and told to the topic `dead-letters`.

The sealed bytes come first, then the topic, both before the messages are acknowledged: a kill in
between brings the same again. The vault keeps the same bytes of a source once; the topic may hold a
notice twice, under the same key.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from msgspec import json

from streams.kafka.messages import SOURCE, Message
from streams.kafka.outgoing import DeadLetter
from streams.kafka.stamped import StampedReject
from streams.kafka.topics import DEAD_LETTERS, INPUT_TOPICS
from streams.vault.deadletters import Refused
from yujing.app.county import County
from yujing.app.stream_batch import Arrived
from yujing.domain.codes import Source, members

Send = Callable[[Iterable[Message]], object]

_PLACE = re.compile(r"([a-z-]+)/(\d{1,3})/(\d{1,11})\[(\d{1,4})\]")
_SOURCES = frozenset(source.value for source in members(Source))


class Standpoint(NamedTuple):
    """Where in Kafka an event stood."""

    topic: str
    partition: int
    offset: int
    place: int

    def __str__(self) -> str:
        return f"{self.topic}/{self.partition}/{self.offset}[{self.place}]"


def standpoint_of(file: str) -> Standpoint | None:
    """Return where the event of a dead letter stood, None when it came through a door.

    Examples
    --------
    >>> standpoint_of("employment-events/3/70[2]").offset
    70
    >>> standpoint_of("March.xlsx")
    """
    match = _PLACE.fullmatch(file)
    if match is None or match[1] not in INPUT_TOPICS:
        return None
    return Standpoint(match[1], int(match[2]), int(match[3]), int(match[4]))


def source_word(message: Arrived) -> str:
    """Return the source that a message names, `unknown` when it names none of ours."""
    return message.source if message.source in _SOURCES else Source.UNKNOWN.value


class BadMessages:
    """Keeps and tells what could not be read.

    Parameters
    ----------
    county
        The open stores.
    send
        Sends messages to Kafka and returns once they are acknowledged.
    """

    def __init__(self, county: County, send: Send) -> None:
        self._county, self._send = county, send

    def keep(self, messages: Sequence[Arrived], rejects: Sequence[StampedReject]) -> None:
        """Keep and tell the rejects of a batch.

        Raises
        ------
        StorageError
            If the vault or Kafka is away; the same again does what is left.
        """
        if not rejects:
            return
        county = self._county
        refused, told = [], []
        hashes = county.keys.bytes_keys([reject.raw for reject in rejects])
        for reject, raw_hash in zip(rejects, hashes.tolist(), strict=True):
            message = messages[reject.message]
            at, source = _standpoint(message, reject), source_word(message)
            refused.append(Refused(source, str(at), at.place + 1, reject.reason, reject.raw))
            told.append(_notice(at, source, reject.code, raw_hash))
        county.deadletters.keep_all(refused, at=county.now_s())
        self._send(told)
        for source, n in Counter(letter.source for letter in refused).items():
            county.metrics.count("yujing_dead_letters_total", n, source=source)


def _standpoint(message: Arrived, reject: StampedReject) -> Standpoint:
    place = message.places[reject.place] if message.places else reject.place
    return Standpoint(message.topic, message.partition, message.offset, place)


def _notice(at: Standpoint, source: str, code: str, raw_hash: int) -> Message:
    """Return what the topic says of a reject: where, why, a keyed hash; nothing of its content."""
    value = DeadLetter(*at, source=source, reason=code, hash=f"{raw_hash:016x}")
    headers = [(SOURCE, source.encode())]
    return Message(DEAD_LETTERS, at.partition, str(at).encode(), json.encode(value), headers)
