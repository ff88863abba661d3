"""Gaps of coverage: said once, withdrawn when told late, whatever was cut off half way."""

import msgspec
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from streams.coverage import COLUMNS, MOST_LINES, GapChanges, gap_changes, gap_lines
from streams.fact import FactArray, empty_facts
from streams.log.columns import layout
from streams.wire.catalogue import BY_NAME

SEPTEMBER = 2026 * 12 + 8
PERSONS = st.sets(st.integers(1, 12))


def keys(*persons: int) -> np.ndarray:
    return np.array(sorted(persons), dtype=np.uint64)


def versions_of(*rows: tuple[int, int]) -> FactArray:
    """Return told versions of persons: even ones withdraw."""
    facts = np.zeros(len(rows), dtype=layout(COLUMNS))
    whole = empty_facts(len(rows))
    for place, (person, version) in enumerate(rows):
        facts[place]["fact"] = 1000 + person
        facts[place]["subject"], facts[place]["version"] = person, version
        facts[place]["content"], facts[place]["known_at"] = version, 5
        facts[place]["retracted"] = version % 2 == 0
    assert set(COLUMNS) <= set(whole.dtype.names or ())
    return facts


def after(told: FactArray, changes: GapChanges) -> FactArray:
    said = versions_of(*zip(changes.persons.tolist(), changes.versions.tolist(), strict=True))
    return np.concatenate([told, said])


def open_gaps(told: FactArray) -> set[int]:
    newest: dict[int, int] = {}
    for row in told:
        newest[int(row["subject"])] = max(newest.get(int(row["subject"]), 0), int(row["version"]))
    return {person for person, version in newest.items() if version % 2}


def test_a_gap_is_opened_withdrawn_and_opened_again_with_rising_versions() -> None:
    changes = gap_changes(keys(1, 2), versions_of((2, 1), (3, 1), (4, 1), (4, 2)))

    assert changes.persons.tolist() == [1, 3]
    assert changes.versions.tolist() == [1, 2]
    assert (changes.opened, changes.withdrawn) == (1, 1)
    again = gap_changes(keys(4), versions_of((4, 1), (4, 2)))
    assert (again.persons.tolist(), again.versions.tolist()) == ([4], [3])


@given(rounds=st.lists(PERSONS, max_size=6), cut=st.integers(0, 12), repeated=st.booleans())
def test_after_every_round_the_open_gaps_are_those_who_are_silent(
    rounds: list[set[int]], cut: int, repeated: bool
) -> None:
    told = versions_of()
    for silent in rounds:
        changes = gap_changes(keys(*silent), told)
        half = GapChanges(changes.persons[:cut], changes.versions[:cut])  # killed there
        told = after(told, half)
        told = after(told, gap_changes(keys(*silent), told))
        if repeated:
            told = after(told, changes)  # another process said the same
        assert open_gaps(told) == silent
        assert len(gap_changes(keys(*silent), told).persons) == 0


def test_the_lines_are_events_that_the_door_knows() -> None:
    (lines,) = gap_lines(GapChanges(keys(7, 9), np.array([1, 2])), SEPTEMBER)

    opened, withdrawn = (
        msgspec.json.decode(line, type=BY_NAME["coverage.gap"].struct) for line in lines
    )
    assert (opened.op, withdrawn.op) == ("upsert", "retract")
    assert opened.source_record_id == "gap-2026-09-0000000000000007"
    assert msgspec.json.decode(lines[0])["occurred_to"] == "2026-09-30"


def test_many_lines_come_in_batches() -> None:
    n = MOST_LINES + 1
    changes = GapChanges(np.arange(1, n + 1, dtype=np.uint64), np.ones(n, dtype=np.int64))

    assert [len(lines) for lines in gap_lines(changes, SEPTEMBER)] == [MOST_LINES, 1]
    assert list(gap_lines(GapChanges(keys(), np.empty(0, dtype=np.int64)), SEPTEMBER)) == []
