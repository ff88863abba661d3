"""Who lives where, and whom a part keeps of it."""

from typing import Any

import numpy as np

from alerts.rules import Situation
from alerts.whereabouts import Whereabouts
from tests.support.cases import LOWER, TODAY, UPPER
from tests.support.small_state import SmallState, household, member
from tests.support.unit_desk import POLICY

HOMES = {11: 1, 12: 1, 21: 2, 31: 3, 32: 3}


def situation() -> Situation:
    rows = [member(key, home, UPPER) for key, home in reversed(HOMES.items())]
    homes = [household(n, LOWER if n == 2 else UPPER) for n in (1, 2, 3)]
    state: Any = SmallState(rows, homes)
    return Situation(state, TODAY, POLICY)


def keys(*numbers: int) -> np.ndarray:
    return np.array(numbers, dtype=np.uint64)


def test_everybody_is_found() -> None:
    there = Whereabouts.of(situation())

    assert [there.home_of(person) for person in (11, 21, 32, 99)] == [1, 2, 3, 0]
    assert [there.region_of(home) for home in (1, 2, 9)] == [UPPER, LOWER, None]
    assert there.members_of(3).tolist() == [31, 32]


def test_a_part_keeps_who_lives_with_a_card_or_where_its_member_lives_now() -> None:
    there = Whereabouts.of(situation(), households=keys(2), persons=keys(31))

    assert there.persons.tolist() == [21, 31, 32]
    assert there.homes.tolist() == [2, 3, 3]
    assert there.keys.tolist() == [1, 2, 3]
    assert Whereabouts.of(situation(), households=keys(), persons=keys()).persons.tolist() == []
