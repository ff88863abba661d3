"""Where a row stands in the log: a counter, or the lane, offset and place that Kafka gave it.

A position is one unsigned number: `lane << 48 | offset << 12 | place`. A lane is one partition of
one topic; lane 0 is the counter of a log without Kafka. Positions of one lane are in the order in
which its owner appends them; between lanes they say nothing about order.
"""

from collections.abc import Iterable, Mapping

import numpy as np
import numpy.typing as npt

OFFSET_BITS, PLACE_BITS = 36, 12
LANE_SHIFT = OFFSET_BITS + PLACE_BITS
PARTITIONS_OF_A_TOPIC = 512  # at most
COUNTER_LANE = 0

Positions = npt.NDArray[np.uint64]
Covered = dict[int, int]  # lane: the highest position of it that is folded or read


def lane(topic: int, partition: int) -> int:
    """Return the number of the lane of a partition.

    Parameters
    ----------
    topic
        Number of the topic, from 0, in the order of the list of topics.
    partition
        Number of the partition within it, from 0.

    Examples
    --------
    >>> lane(0, 0), lane(1, 47)
    (1, 560)
    """
    if not (0 <= topic < 7 and 0 <= partition < PARTITIONS_OF_A_TOPIC):
        raise ValueError(f"no lane for topic {topic}, partition {partition}")
    return topic * PARTITIONS_OF_A_TOPIC + partition + 1


def partition_of(lane: int) -> tuple[int, int]:
    """Return topic and partition of a lane that is not the counter's.

    Examples
    --------
    >>> partition_of(560)
    (1, 47)
    """
    if lane <= COUNTER_LANE:
        raise ValueError(f"lane {lane} is no partition")
    return divmod(lane - 1, PARTITIONS_OF_A_TOPIC)


def lanes_of(partitions: Iterable[int], n_topics: int) -> list[int]:
    """Return the lanes of these partitions in every topic, ordered."""
    return sorted(lane(topic, p) for p in set(partitions) for topic in range(n_topics))


def pack(
    lanes: int | npt.NDArray[np.integer],
    offsets: int | npt.NDArray[np.integer],
    places: int | npt.NDArray[np.integer],
) -> Positions:
    """Return positions; arrays of one shape, or single numbers for all.

    Parameters
    ----------
    lanes
        Numbers of lanes.
    offsets
        Offsets of messages in their partitions, below 2**36.
    places
        Places in the message, from 0, below 4096.

    Raises
    ------
    ValueError
        If a number does not fit.
    """
    parts = []
    for values, bits in ((lanes, 12), (offsets, OFFSET_BITS), (places, PLACE_BITS)):
        numbers = np.asarray(values, dtype=np.int64)
        if numbers.size and not (numbers.min() >= 0 and numbers.max() < 2**bits):
            raise ValueError(f"a position has no room for {numbers.min()} to {numbers.max()}")
        parts.append(numbers.astype(np.uint64))
    packed: Positions = (
        parts[0] << np.uint64(LANE_SHIFT) | parts[1] << np.uint64(PLACE_BITS) | parts[2]
    )
    return packed


def lane_of(positions: Positions) -> npt.NDArray[np.uint64]:
    """Return the lanes of positions."""
    return positions >> np.uint64(LANE_SHIFT)


def offset_of(positions: Positions) -> npt.NDArray[np.uint64]:
    """Return the offsets of positions; of counted ones, no number of meaning."""
    return (positions >> np.uint64(PLACE_BITS)) & np.uint64(2**OFFSET_BITS - 1)


def place_of(positions: Positions) -> npt.NDArray[np.uint64]:
    """Return the places in their messages."""
    return positions & np.uint64(2**PLACE_BITS - 1)


def highest(positions: Positions) -> Covered:
    """Return the highest position of each lane."""
    lanes, of = np.unique(lane_of(positions), return_inverse=True)
    tops = np.zeros(len(lanes), dtype=np.uint64)
    np.maximum.at(tops, of, positions)
    return {int(lane): int(top) for lane, top in zip(lanes, tops, strict=True)}


def joined(one: Mapping[int, int], other: Mapping[int, int]) -> Covered:
    """Return what is covered when both are.

    Examples
    --------
    >>> joined({1: 5}, {1: 3, 2: 9})
    {1: 5, 2: 9}
    """
    return {lane: max(one.get(lane, 0), other.get(lane, 0)) for lane in sorted({*one, *other})}


def beyond(positions: Positions, covered: Mapping[int, int]) -> npt.NDArray[np.bool_]:
    """Return which positions are not covered; nothing of an absent lane is."""
    lanes, of = np.unique(lane_of(positions), return_inverse=True)
    known = np.array([int(lane) in covered for lane in lanes], dtype=bool)
    tops = np.array([covered.get(int(lane), 0) for lane in lanes], dtype=np.uint64)
    outside: npt.NDArray[np.bool_] = ~known[of] | (positions > tops[of])
    return outside


def end_of(lane: int, next_offset: int) -> int:
    """Return the highest position that a lane may hold before an offset; 0 before the first.

    Parameters
    ----------
    lane
        Number of a lane that is not the counter's.
    next_offset
        The first offset that is not meant, such as a partition's end offset in Kafka.
    """
    return (lane << LANE_SHIFT | next_offset << PLACE_BITS) - 1 if next_offset else 0
