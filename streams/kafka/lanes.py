"""Lanes: the partitions of the input topics, numbered as positions of the log name them."""

from collections.abc import Iterable

from streams.kafka.topics import INPUT_TOPICS
from streams.log.position import lane_number


def lane(topic: str, partition: int) -> int:
    """Return the number of a topic's partition."""
    return lane_number(INPUT_TOPICS.index(topic), partition)


def lanes_of(partitions: Iterable[int]) -> list[int]:
    """Return the lanes of some partitions in all input topics, rising.

    Examples
    --------
    >>> len(lanes_of([0, 7])) == 2 * len(INPUT_TOPICS)
    True
    """
    return sorted(
        lane_number(topic, partition)
        for topic in range(len(INPUT_TOPICS))
        for partition in partitions
    )
