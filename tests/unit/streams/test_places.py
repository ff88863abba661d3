"""Where an event counts on the boards."""

import numpy as np
import pytest

from streams.fact import AREA, HOUSEHOLD, PERSON, FactArray, empty_facts
from streams.pipeline import HOUSEHOLD_UPSERT, MEMBER_UPSERT, places_of
from tests.support.small_state import SmallState, household, member

HERE, THERE, SAID = 520526101001, 520526102001, 520526103001


def events(*rows: tuple[int, int, int, int]) -> FactArray:
    """Return events: (kind, kind of subject, subject, region)."""
    facts = empty_facts(len(rows))
    names = ("kind", "subject_kind", "subject", "region")
    for name, column in zip(names, zip(*rows, strict=True), strict=True):
        facts[name] = column
    return facts


@pytest.fixture
def state() -> SmallState:
    return SmallState([member(1, 10, HERE)], [household(10, THERE)])


@pytest.mark.parametrize(
    ("event", "place"),
    [
        ((7, PERSON, 1, SAID), SAID),
        ((7, PERSON, 1, 0), HERE),
        ((7, PERSON, 2, 0), 0),
        ((18, HOUSEHOLD, 10, 0), THERE),
        ((18, HOUSEHOLD, 11, 0), 0),
        ((21, AREA, SAID, SAID), SAID),
        ((21, AREA, SAID, 0), 0),
    ],
)
def test_it_is_what_the_event_says_else_where_its_subject_is_registered(
    state: SmallState, event: tuple[int, int, int, int], place: int
) -> None:
    assert places_of(events(event), state).tolist() == [place]  # type: ignore[arg-type]


def test_who_is_registered_by_the_batch_itself_is_at_home_there(state: SmallState) -> None:
    facts = events(
        (7, PERSON, 2, 0), (MEMBER_UPSERT, PERSON, 2, THERE), (18, HOUSEHOLD, 11, 0),
        (HOUSEHOLD_UPSERT, HOUSEHOLD, 11, SAID), (7, PERSON, 3, 0),
    )  # fmt: skip

    assert places_of(facts, state).tolist() == [THERE, THERE, SAID, SAID, 0]  # type: ignore[arg-type]


def test_nothing_is_changed(state: SmallState) -> None:
    facts = events((7, PERSON, 1, 0))
    before = facts.copy()

    places_of(facts, state)  # type: ignore[arg-type]

    assert np.array_equal(facts, before)
