"""A view of a few households shows what a view of everybody shows of them."""

import numpy as np
import pytest

from tests.support.simulated_state import simulated_state
from yujing.app.ordered import OrderedState
from yujing.app.some_households import SomeHouseholds


@pytest.mark.parametrize("every", [1, 3, 50])
def test_shows_what_the_whole_view_shows_of_them(every: int) -> None:
    state = simulated_state()
    keys = np.sort(state.households["key"])[::every]
    strangers = np.array([17, 2**64 - 5], dtype=np.uint64)
    asked = np.union1d(keys, strangers)

    some = SomeHouseholds(state, asked)

    whole = OrderedState(state, lambda homes: np.isin(homes, asked))
    assert len(some.members) > 0
    assert some.members.tobytes() == whole.members.tobytes()
    assert some.households.tobytes() == whole.households.tobytes()
    assert some.areas.tobytes() == whole.areas.tobytes()
    assert some.household_rows(asked).tolist() == whole.household_rows(asked).tolist()


def test_of_strangers_it_shows_nothing() -> None:
    some = SomeHouseholds(simulated_state(), np.array([17], dtype=np.uint64))

    assert len(some.members) == len(some.households) == 0
    assert some.household_rows(np.array([17], dtype=np.uint64)).tolist() == [-1]
