"""A part of a state: its members alone, everything else as the whole has it."""

from datetime import date

import numpy as np

from alerts.rules.part import part_of
from alerts.rules.situation import Situation
from tests.support.small_county import policy, small_state

TODAY = date(2026, 11, 24)


def test_members_of_a_part_look_as_in_the_whole() -> None:
    whole = Situation(small_state(), TODAY, policy())
    part = part_of(small_state(), np.array([30, 10, 99], dtype=np.uint64))
    seen = Situation(part, TODAY, policy())

    mine = np.isin(whole.members["household"], [10, 30])
    assert seen.members["key"].tolist() == whole.members["key"][mine].tolist()
    assert seen.jobless_since.tolist() == whole.jobless_since[mine].tolist()
    assert seen.regions.tolist() == whole.regions[np.isin(whole.keys, [10, 30])].tolist()
    assert part.base_month == small_state().base_month


def test_a_part_of_nobody_is_empty() -> None:
    part = part_of(small_state(), np.array([99], dtype=np.uint64))

    assert len(part.members) == 0
    assert len(part.households) == 4
    assert part.household_rows(np.array([20], dtype=np.uint64)).tolist() == [1]
