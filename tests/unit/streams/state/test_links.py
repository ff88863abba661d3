import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from streams.state.links import Links

KEYS = np.arange(1, 9, dtype=np.uint64)
EDGES = st.dictionaries(
    st.integers(1, 6), st.none() | st.tuples(st.integers(1, 8), st.integers(1, 8)), max_size=6
)


def components(edges: dict[int, tuple[int, int]]) -> list[int]:
    smallest = {key: key for key in range(1, 9)}
    for _ in range(8):
        for one, other in edges.values():
            low = min(smallest[one], smallest[other])
            smallest[one] = smallest[other] = low
    return [smallest[key] for key in range(1, 9)]


@given(st.lists(EDGES, max_size=4))
def test_the_smallest_key_of_a_component_names_it(
    changes: list[dict[int, tuple[int, int] | None]],
) -> None:
    links, standing = Links(), {}
    for change in changes:
        before = components(standing)
        links.change(change)
        for fact, edge in change.items():
            standing.pop(fact, None)
            if edge is not None:
                standing[fact] = edge
        after = components(standing)

        assert links.canonical(KEYS).tolist() == after
        assert len(before) == len(after)
    for key in range(1, 9):
        joined = [
            k for k in range(1, 9) if components(standing)[k - 1] == components(standing)[key - 1]
        ]
        assert links.component(np.array([key], dtype=np.uint64)).tolist() == joined
