"""Which version of a fact counts on a day, against a plain reading of the rule."""

from datetime import date

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from models.features.snapshot import cutoff_s
from models.labels.knowledge import Knowledge, resolve
from streams.fact import empty_facts
from streams.state.effective import effective

DAY = date(2025, 6, 1)
version = st.tuples(
    st.integers(1, 4), st.integers(1, 3), st.integers(-3, 3), st.integers(1, 3), st.booleans()
)


@settings(deadline=None)   # the first call compiles
@given(st.lists(version, min_size=1, max_size=30), st.randoms())
def test_the_highest_version_known_counts_and_the_first_of_two_contents(
    rows: list[tuple[int, int, int, int, bool]], random: object
) -> None:
    history = empty_facts(len(rows))
    for place, (fact, number, second, content, retracted) in enumerate(rows):
        history[place]["fact"], history[place]["version"] = fact, number
        history[place]["known_at"] = cutoff_s(DAY) + second
        history[place]["content"], history[place]["retracted"] = content, retracted
        history[place]["kind"] = 9

    expected = set()
    for fact in {row[0] for row in rows}:
        known = [row for row in rows if row[0] == fact and row[2] < 0]
        if known:
            top = max(row[1] for row in known)
            first = min((row[2], row[3]) for row in known if row[1] == top)
            if not all(row[4] for row in known if (row[1], row[2], row[3]) == (top, *first)):
                expected.add((fact, top, *first))
    found = Knowledge(history).effective(DAY, (9,))
    got = {
        (int(row["fact"]), int(row["version"]), int(row["known_at"]) - cutoff_s(DAY),
         int(row["content"])) for row in found
    }

    same_key = {(row[0], row[1], row[2], row[3]) for row in rows}
    if len(same_key) == len({(*key, row[4]) for key, row in zip(
            [(r[0], r[1], r[2], r[3]) for r in rows], rows, strict=True)}):
        assert got == expected


def test_the_labels_count_the_facts_that_the_fold_counts() -> None:
    rng = np.random.default_rng(3)
    history = empty_facts(5000)
    history["fact"], history["version"] = rng.integers(1, 900, 5000), rng.integers(1, 4, 5000)
    history["content"], history["kind"] = rng.integers(1, 3, 5000), 9
    history["known_at"] = cutoff_s(DAY) + rng.integers(-9, 9, 5000)
    history["retracted"] = history["content"] == 1

    own = Knowledge(history).effective(DAY, (9,))
    folded = history[effective(history, cutoff_s(DAY))]

    columns = ["fact", "version", "content", "known_at"]
    assert np.array_equal(np.unique(own[columns]), np.unique(folded[columns]))


def test_kinds_are_picked() -> None:
    history = empty_facts(2)
    history["fact"], history["version"], history["kind"] = [1, 2], 1, [9, 8]

    assert Knowledge(history).effective(DAY, (8,))["fact"].tolist() == [2]
    assert len(Knowledge(history[:0]).effective(DAY, (8,))) == 0


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(1, 9)), max_size=12))
def test_links_join_to_the_smallest_key(pairs: list[tuple[int, int]]) -> None:
    links = empty_facts(len(pairs))
    for place, (first, second) in enumerate(pairs):
        links[place]["subject"], links[place]["other"] = first, second
    lowest = dict.fromkeys(range(1, 10), 0) | {key: key for key in range(1, 10)}
    for _ in range(10):
        for first, second in pairs:
            lowest[first] = lowest[second] = min(lowest[first], lowest[second])

    keys = np.arange(1, 10, dtype=np.uint64)

    assert resolve(keys, links).tolist() == [lowest[key] for key in range(1, 10)]
