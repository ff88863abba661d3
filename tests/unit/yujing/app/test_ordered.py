"""The order in which subjects were met does not show, and what says nothing is left out."""

import numpy as np

from streams.content import content_hashes
from streams.fact import FactArray, empty_facts
from streams.state.state import State
from yujing.app.ordered import OrderedState, of_buckets
from yujing.app.rebuild import first_difference

BASE = 2022 * 12


def members(*pairs: tuple[int, int]) -> FactArray:
    facts = empty_facts(len(pairs))
    facts["kind"], facts["version"], facts["known_at"], facts["occurred_from"] = 1, 1, 1, 20_000
    facts["subject"] = [person for person, _ in pairs]
    facts["other"] = [household for _, household in pairs]
    facts["fact"] = facts["subject"]
    facts["content"] = content_hashes(facts)
    return facts


def test_two_orders_of_arrival_look_the_same() -> None:
    pairs = [(5, 50), (3, 30), (4, 50)]
    one = OrderedState(State.build(members(*pairs), BASE))
    other = OrderedState(State.build(members(*reversed(pairs)), BASE))

    assert one.members["key"].tolist() == [3, 4, 5]
    assert one.households["key"].tolist() == [30, 50]
    assert one.members.tobytes() == other.members.tobytes()
    asked = np.array([4, 9, 3], dtype=np.uint64)
    assert one.person_rows(asked).tolist() == other.person_rows(asked).tolist() == [1, -1, 0]
    homes = np.array([50, 9], dtype=np.uint64)
    assert one.household_rows(homes).tolist() == [1, -1]


def test_an_empty_state_answers_too() -> None:
    empty = OrderedState(State(BASE))
    asked = np.array([4], dtype=np.uint64)

    assert empty.person_rows(asked).tolist() == empty.household_rows(asked).tolist() == [-1]
    assert len(empty.members) == len(empty.households) == len(empty.areas) == 0


def test_the_buckets_share_the_state_out() -> None:
    state = State.build(members((5, 50), (3, 31), (4, 50), (6, 0)), BASE)
    parts = [OrderedState(state, of_buckets(2, [n])) for n in range(2)]

    assert [part.members["key"].tolist() for part in parts] == [[4, 5], [3]]
    assert [part.households["key"].tolist() for part in parts] == [[50], [31]]
    assert OrderedState(state).members["key"].tolist() == [3, 4, 5, 6]
    asked = np.array([5, 3, 6], dtype=np.uint64)
    assert parts[1].person_rows(asked).tolist() == [-1, 0, -1]


def test_a_view_that_was_kept_does_not_change_with_the_state() -> None:
    state = State.build(members((5, 50)), BASE)
    kept = OrderedState(state)
    kept.keep()
    state.members["skill"][0] = 2

    assert kept.members["skill"].tolist() == [0]


def test_the_first_difference_is_named() -> None:
    state = State.build(members((5, 50), (3, 30)), BASE)
    less = State.build(members((5, 50)), BASE)
    older = State.build(members((5, 50), (3, 30)), BASE - 12)
    changed = State.build(members((5, 50), (3, 30)), BASE)
    changed.members["skill"][0] = 2

    assert first_difference(state, state) is None
    missing = first_difference(state, less)
    assert missing is not None
    assert (missing["part"], missing["key"]) == ("members", f"{3:016x}")
    other_window = first_difference(state, older)
    assert other_window is not None
    assert other_window["column"] == "base_month"
    other_value = first_difference(state, changed)
    assert other_value is not None
    assert other_value["column"] == "skill"
