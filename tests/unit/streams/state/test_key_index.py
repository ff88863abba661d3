import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from streams.state.key_index import KeyIndex


@given(st.lists(st.lists(st.integers(0, 2**64 - 1), max_size=40), max_size=20))
def test_it_is_a_dictionary_from_key_to_order_of_arrival(batches: list[list[int]]) -> None:
    index, plain = KeyIndex(), {}
    for batch in batches:
        expected = [plain.setdefault(key, len(plain)) for key in batch]

        assert index.add(np.array(batch, dtype=np.uint64)).tolist() == expected

    assert index.keys().tolist() == list(plain)
    assert index.lookup(np.array([*plain, 5], dtype=np.uint64)).tolist() == [
        *plain.values(),
        plain.get(5, -1),
    ]


def test_it_grows() -> None:
    keys = np.arange(1, 100_001, dtype=np.uint64) * np.uint64(2**40)
    index = KeyIndex()
    for start in range(0, len(keys), 777):
        index.add(keys[start : start + 777])

    assert np.array_equal(index.lookup(keys), np.arange(len(keys)))
    assert len(index) == len(keys)
