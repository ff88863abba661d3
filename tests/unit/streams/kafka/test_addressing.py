"""Where events go, and what memberships do to homes, against a plain loop."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from streams.fact import AREA, HOUSEHOLD, PERSON, FactArray, empty_facts
from streams.kafka.addressing import addressed, moves, moving
from streams.kafka.bucket import bucket_of
from streams.wire import employment_start, identity_link, member_upsert

N = 5
ROWS = st.lists(
    st.tuples(
        st.sampled_from([member_upsert.KIND, employment_start.KIND]),
        st.integers(0, 1), st.integers(1, 3), st.integers(11, 13), st.integers(0, 3),
    ),
    max_size=8,
)  # fmt: skip


def facts_of(rows: list[tuple[int, int, int, int, int]]) -> FactArray:
    facts = empty_facts(len(rows))
    for at, (kind, retracted, person, home, day) in enumerate(rows):
        facts[["kind", "retracted", "subject", "occurred_from"]][at] = (
            kind, retracted, person, day,
        )  # fmt: skip
        facts["other"][at] = home if kind == member_upsert.KIND and not retracted else 0
    return facts


@given(ROWS, st.dictionaries(st.integers(1, 3), st.integers(11, 13)))
def test_moves_follow_the_order_in_which_memberships_began(
    rows: list[tuple[int, int, int, int, int]], before: dict[int, int]
) -> None:
    facts = facts_of(rows)
    persons = moving(facts)
    known = np.array([before.get(int(p), 0) for p in persons], dtype=np.uint64)
    moved = moves(facts, persons, known)

    homes = {int(p): before.get(int(p), 0) for p in persons}
    left = [0] * len(rows)
    for _, at in sorted((day, at) for at, (*_, day) in enumerate(rows)):
        kind, retracted, person, home, _day = rows[at]
        if kind == member_upsert.KIND and not retracted:
            left[at] = homes[person] if homes[person] != home else 0
            homes[person] = home
    assert persons.tolist() == sorted(homes)
    assert moved.moved_from.tolist() == left
    assert moved.after.tolist() == [homes[int(p)] or int(p) for p in persons]
    anybody = np.array([1, 2, 3, 99], dtype=np.uint64)
    asked = moved.of(anybody, np.array([7, 7, 7, 7], dtype=np.uint64)).tolist()
    assert asked == [(homes[p] or p) if p in homes else 7 for p in (1, 2, 3, 99)]


SUBJECTS = st.sampled_from([PERSON, HOUSEHOLD, AREA])


@given(st.lists(st.tuples(SUBJECTS, st.booleans(), st.integers(1, 2**64 - 1))))
def test_one_home_one_partition_and_what_concerns_all_goes_to_all(
    rows: list[tuple[int, bool, int]],
) -> None:
    facts = empty_facts(len(rows))
    facts["subject_kind"] = [kind for kind, _, _ in rows]
    facts["kind"] = [identity_link.KIND if link else employment_start.KIND for _, link, _ in rows]
    homes = np.array([home for _, _, home in rows], dtype=np.uint64)
    to = addressed(facts, homes, N)

    sent: dict[int, list[int]] = {}
    for row, partition in zip(to.rows.tolist(), to.partitions.tolist(), strict=True):
        sent.setdefault(row, []).append(partition)
    own = bucket_of(homes, N).tolist()
    assert sent == {
        at: list(range(N)) if kind == AREA or link else [own[at]]
        for at, (kind, link, _) in enumerate(rows)
    }
    assert len(to.households) == len(to.rows)
