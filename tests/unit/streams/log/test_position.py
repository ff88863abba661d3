import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from streams.log.position import (
    beyond,
    end_of,
    highest,
    joined,
    lane,
    lane_of,
    lanes_of,
    offset_of,
    pack,
    partition_of,
    place_of,
)

LANES = st.integers(0, 2**12 - 1)
OFFSETS = st.integers(0, 2**36 - 1)
PLACES = st.integers(0, 2**12 - 1)
COVERED = st.dictionaries(st.integers(0, 3), st.integers(0, 40)).map(
    lambda tops: {lane: (lane << 48) + top for lane, top in tops.items()}
)
POSITIONS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 40))).map(
    lambda rows: np.array([(lane << 48) + n for lane, n in rows], dtype=np.uint64)
)


@given(rows=st.lists(st.tuples(LANES, OFFSETS, PLACES)))
def test_what_is_packed_comes_out_and_keeps_its_order(rows: list[tuple[int, int, int]]) -> None:
    parts = np.array(rows, dtype=np.int64).reshape(-1, 3)

    packed = pack(parts[:, 0], parts[:, 1], parts[:, 2])

    assert lane_of(packed).tolist() == parts[:, 0].tolist()
    assert offset_of(packed).tolist() == parts[:, 1].tolist()
    assert place_of(packed).tolist() == parts[:, 2].tolist()
    assert packed.tolist() == [a * 2**48 + b * 2**12 + c for a, b, c in rows]
    assert [rows[i] for i in np.argsort(packed, kind="stable")] == sorted(rows)


@pytest.mark.parametrize("wrong", [(2**12, 0, 0), (1, 2**36, 0), (1, 0, 2**12), (1, -1, 0)])
def test_a_number_without_room_is_refused(wrong: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="no room"):
        pack(*wrong)


def test_every_partition_has_a_lane_of_its_own() -> None:
    lanes = [lane(topic, partition) for topic in range(7) for partition in range(512)]

    assert len(set(lanes)) == 7 * 512
    assert 0 not in lanes
    assert max(lanes) < 2**12
    assert [partition_of(number) for number in lanes] == [
        (topic, partition) for topic in range(7) for partition in range(512)
    ]
    assert lanes_of([5, 2, 5], 2) == [3, 6, 515, 518]


@pytest.mark.parametrize("wrong", [(-1, 0), (0, 512), (7, 0)])
def test_no_lane_outside(wrong: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="no lane"):
        lane(*wrong)
    with pytest.raises(ValueError, match="no partition"):
        partition_of(0)


@given(positions=POSITIONS, covered=COVERED)
def test_beyond_is_what_a_plain_loop_says(
    positions: np.ndarray[tuple[int], np.dtype[np.uint64]], covered: dict[int, int]
) -> None:
    plain = [p >> 48 not in covered or p > covered[p >> 48] for p in positions.tolist()]

    assert beyond(positions, covered).tolist() == plain


@given(one=POSITIONS, other=POSITIONS, covered=COVERED)
def test_covering_joins_as_reading_does(
    one: np.ndarray[tuple[int], np.dtype[np.uint64]],
    other: np.ndarray[tuple[int], np.dtype[np.uint64]],
    covered: dict[int, int],
) -> None:
    both = np.concatenate([one, other])

    assert joined(highest(one), highest(other)) == highest(both)
    assert not beyond(both, joined(covered, highest(both))).any()
    assert joined(covered, covered) == covered


@given(lane=st.integers(1, 3), offsets=arrays.arrays(np.int64, 5, elements=OFFSETS), end=OFFSETS)
def test_the_end_of_a_lane_covers_what_stands_before_it(
    lane: int, offsets: np.ndarray[tuple[int], np.dtype[np.int64]], end: int
) -> None:
    positions = pack(lane, offsets, 7)

    assert (~beyond(positions, {lane: end_of(lane, end)})).tolist() == (offsets < end).tolist()
