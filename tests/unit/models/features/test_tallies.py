"""Counts of parts add up to the counts of the whole, and give its means and medians."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from models.features.tallies import ContextPart, Tally, ValueTally, merge_contexts

rows = st.lists(
    st.tuples(
        st.integers(0, 3), st.integers(-1, 1),
        st.one_of(st.just(float("nan")), st.integers(1, 6).map(lambda n: n / 3)),
        st.integers(0, 2),
    ),
    max_size=40,
)  # fmt: skip


def part(chosen: list[tuple[int, int, float, int]]) -> ContextPart:
    keys = np.array([row[0] for row in chosen], dtype=np.uint64)
    values = np.array([row[1] for row in chosen], dtype=np.float64)
    wages = np.array([row[2] for row in chosen], dtype=np.float64)
    tally = Tally.of(keys, values)
    return ContextPart(tally, tally, tally, ValueTally.of(keys, wages))


@given(rows)
def test_parts_add_up_to_the_whole(chosen: list[tuple[int, int, float, int]]) -> None:
    whole = part(chosen)
    together = merge_contexts([part([row for row in chosen if row[3] == n]) for n in range(3)])

    for name in ("keys", "sums", "counts"):
        assert getattr(together.sectors, name).tolist() == getattr(whole.sectors, name).tolist()
    for name in ("keys", "values", "counts"):
        assert getattr(together.wages, name).tolist() == getattr(whole.wages, name).tolist()


@given(rows)
def test_means_and_medians_are_those_of_the_rows(
    chosen: list[tuple[int, int, float, int]]
) -> None:
    whole = part(chosen)
    by_key = {key: [row for row in chosen if row[0] == key] for key in {row[0] for row in chosen}}

    assert whole.employers.means.tolist() == [
        sum(row[1] for row in by_key[key]) / len(by_key[key]) for key in sorted(by_key)
    ]
    groups, medians = whole.wages.medians()
    for key, median in zip(groups.tolist(), medians.tolist(), strict=True):
        known = sorted(row[2] for row in by_key[key] if row[2] == row[2])
        assert median == known[(len(known) - 1) // 2]
    assert 0 not in groups
