"""Where the input topics end, and how far the workers' group has come."""

from collections.abc import Iterable
from typing import Any

from kafka import KafkaAdminClient, KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from streams.kafka.connection import client_options, storage_error
from streams.kafka.topics import INPUT_TOPICS
from streams.log.position import lane
from yujing.settings import Settings

_PATIENCE_MS = 10_000


class Offsets:
    """Asks the broker; one thread at a time.

    Parameters
    ----------
    settings
        Servers, group, partitions.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._consumer: Any = None

    def ends(self, partitions: Iterable[int] | None = None) -> dict[int, int]:
        """Return the next offset that each lane will give, by lane.

        Parameters
        ----------
        partitions
            All when not given.

        Raises
        ------
        StorageError
            If the broker does not answer.
        """
        asked = self._topic_partitions(partitions)
        try:
            if self._consumer is None:
                self._consumer = KafkaConsumer(**self._options())
            found = self._consumer.end_offsets(asked)
        except KafkaError as error:
            self.close()
            raise storage_error(self._settings, error) from error
        return {_lane(tp): int(offset) for tp, offset in found.items()}

    def committed(self, partitions: Iterable[int]) -> dict[int, int]:
        """Return the next offset that the group will take, by lane; 0 where it took nothing yet.

        Raises
        ------
        StorageError
            If the broker does not answer.
        """
        asked = self._topic_partitions(partitions)
        group = self._settings.group
        try:
            admin = KafkaAdminClient(**self._options())
            try:
                found = admin.list_group_offsets({group: None})[group]
            finally:
                admin.close()
        except KafkaError as error:
            raise storage_error(self._settings, error) from error
        return {_lane(tp): max(0, int(found[tp].offset)) if tp in found else 0 for tp in asked}

    def close(self) -> None:
        """Give the connection up."""
        if self._consumer is not None:
            self._consumer.close()
            self._consumer = None

    def _options(self) -> dict[str, Any]:
        return client_options(self._settings) | {
            "bootstrap_timeout_ms": _PATIENCE_MS, "request_timeout_ms": _PATIENCE_MS,
        }  # fmt: skip

    def _topic_partitions(self, partitions: Iterable[int] | None) -> list[TopicPartition]:
        every = range(self._settings.partitions)
        numbers = sorted(every if partitions is None else partitions)
        return [TopicPartition(topic, p) for topic in INPUT_TOPICS for p in numbers]


def _lane(tp: TopicPartition) -> int:
    return lane(INPUT_TOPICS.index(tp.topic), tp.partition)
