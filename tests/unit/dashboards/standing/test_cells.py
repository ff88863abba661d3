"""Cells add up, however a county is cut."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dashboards.standing.cells import merged, tally

one = st.tuples(
    st.sampled_from([0, 520526101001, 520526101002, 520526102001]), st.integers(-1, 2),
    st.integers(-5, 5), st.integers(0, 2),
)  # fmt: skip


@given(st.lists(one, max_size=40))
def test_parts_add_up_to_the_whole(people: list[tuple[int, int, int, int]]) -> None:
    regions, values, amounts, parts = (
        np.array(column, dtype=np.int64)
        for column in (zip(*people, strict=True) if people else ([], [], [], []))
    )
    cut = [{"x": tally(regions, values, mask=parts == part, amounts=amounts)} for part in range(3)]

    whole = tally(regions, values, amounts=amounts)
    assert np.array_equal(merged(cut)["x"], whole)
    assert int(whole["n"].sum()) == len(people)
    assert int(whole["amount"].sum()) == int(amounts.sum())


def test_villages_are_counted_in_their_township() -> None:
    cells = tally(np.array([520526101001, 520526101205, 520526102001]), 7)

    assert cells["township"].tolist() == [520526101000, 520526102000]
    assert cells["n"].tolist() == [2, 1]
    assert cells["value"].tolist() == [7, 7]
