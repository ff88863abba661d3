"""Who sends messages to Kafka: returns when all are acknowledged, or says why not."""

import threading
from collections.abc import Iterable
from contextlib import suppress

from kafka import KafkaProducer
from kafka.errors import KafkaError, KafkaTimeoutError

from streams.kafka.connection import client_options, storage_error
from streams.kafka.diagnosis import unreachable
from streams.kafka.messages import Message
from streams.kafka.topics import MOST_MESSAGE_BYTES
from yujing.errors import StorageError
from yujing.settings import Settings

PATIENCE_S = 15.0
_CLOSE_S = 2.0


class Producer:
    """Sends messages; safe to use from several threads.

    Parameters
    ----------
    settings
        Where Kafka is.
    patience_s
        After this time without an acknowledgement a message counts as not sent.

    Notes
    -----
    A message that counts as not sent may have arrived: whoever sends it again sends a duplicate,
    which the fact index absorbs. Kafka itself keeps no duplicate of one sending
    (`enable_idempotence`).
    """

    def __init__(self, settings: Settings, *, patience_s: float = PATIENCE_S) -> None:
        self._settings = settings
        self._patience_s = patience_s
        self._lock = threading.Lock()
        self._client: KafkaProducer | None = None

    def send(self, messages: Iterable[Message]) -> int:
        """Return the number of events once all messages are acknowledged by all replicas.

        Raises
        ------
        StorageError
            If Kafka is away, refuses, or has no such topic or partition; some of the messages may
            have been taken.
        """
        client = self._connected()
        n_events, waiting = 0, []
        try:
            for message in messages:
                self._check(client, message)
                waiting.append(
                    client.send(
                        message.topic,
                        value=message.value,
                        key=message.key,
                        headers=message.headers,
                        partition=message.partition,
                    )
                )
                n_events += message.n_events
            for one in waiting:
                one.get(2 * self._patience_s)
        except StorageError:
            self._drop(client)
            raise
        except KafkaError as error:
            self._drop(client)
            raise storage_error(self._settings, error) from error
        return n_events

    def close(self) -> None:
        """Let go of the connections."""
        if self._client is not None:
            self._drop(self._client)

    def _connected(self) -> KafkaProducer:
        with self._lock:
            if self._client is None:
                self._client = self._connect()
            return self._client

    def _connect(self) -> KafkaProducer:
        patience_ms = int(self._patience_s * 1000)
        try:
            return KafkaProducer(
                **client_options(self._settings),
                acks="all",
                enable_idempotence=True,
                compression_type="lz4",
                batch_size=MOST_MESSAGE_BYTES,
                max_request_size=MOST_MESSAGE_BYTES,
                max_block_ms=patience_ms,
                delivery_timeout_ms=patience_ms,
                request_timeout_ms=patience_ms // 2,
                bootstrap_timeout_ms=patience_ms,
                allow_auto_create_topics=False,
                metrics_enabled=False,
            )
        except KafkaError as error:
            raise unreachable(self._settings) from error

    def _check(self, client: KafkaProducer, message: Message) -> None:
        try:
            known = client.partitions_for(message.topic)
        except KafkaTimeoutError:
            raise StorageError(
                f"Kafka at {self._settings.kafka} named no topic {message.topic} in "
                f"{self._patience_s:g} s: is it up, and is the topic made (`yujing topics apply`)?"
            ) from None
        if message.partition not in known:
            raise StorageError(
                f"the topic {message.topic} has {len(known)} partitions, the setting `partitions` "
                f"says {self._settings.partitions}: see `yujing topics plan`",
                permanent=True,
            )

    def _drop(self, client: KafkaProducer) -> None:
        """Forget a client; what it has left to send is not waited for."""
        with self._lock:
            if self._client is client:
                self._client = None
        with suppress(KafkaError):
            client.close(_CLOSE_S)
