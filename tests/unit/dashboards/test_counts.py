"""Counts by village and their sums."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dashboards.counts import Cell, VillageCounts
from yujing.access.scope import Scope

CODES = [520526101001, 520526101002, 520526102001, 520222001001]


@given(st.lists(st.tuples(st.sampled_from(CODES), st.booleans(), st.booleans()), max_size=60))
def test_sums_agree_with_counting_one_by_one(rows: list[tuple[int, bool, bool]]) -> None:
    regions = np.array([row[0] for row in rows], dtype=np.int64)
    counted = np.array([row[1] for row in rows], dtype=bool)
    among = np.array([row[2] for row in rows], dtype=bool)
    counts = VillageCounts.tally(regions, counted, among)

    for prefix in ("", "520526", "520526101", "520526101001", "5202"):
        scope = Scope(prefix)
        inside = [row for row in rows if scope.covers(row[0]) and row[2]]
        assert counts.within(scope) == Cell(sum(row[1] for row in inside), len(inside))
    by_township = counts.by_township(Scope("520526"))
    assert sum(cell.n for cell in by_township.values()) == counts.within(Scope("520526")).n
    assert all(code % 1000 == 0 for code in by_township)


@given(
    st.lists(
        st.tuples(st.sampled_from(CODES), st.booleans(), st.booleans(), st.integers(0, 2)),
        max_size=40,
    )
)
def test_parts_of_a_county_add_up(rows: list[tuple[int, bool, bool, int]]) -> None:
    def counted(chosen: list[tuple[int, bool, bool, int]]) -> VillageCounts:
        return VillageCounts.tally(
            np.array([row[0] for row in chosen], dtype=np.int64),
            np.array([row[1] for row in chosen], dtype=bool),
            np.array([row[2] for row in chosen], dtype=bool),
        )

    parts = [counted([row for row in rows if row[3] == n]) for n in range(3)]

    assert list(VillageCounts.sum(parts).rows()) == list(counted(rows).rows())


def test_a_share_of_nobody_is_unknown() -> None:
    assert Cell(0, 0).share is None
    assert Cell(1, 4).share == 0.25
