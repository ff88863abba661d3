"""Households for a page: who is present, in which order, masked."""

from datetime import date

import numpy as np

from tests.support.small_state import SmallState, member, packed
from yujing.domain.codes import Relation, Skill
from yujing.web import people

TODAY = date(2026, 11, 24)


class Names:
    """A vault that knows one name."""

    def persons(self, keys: list[int]) -> dict[int, str]:
        return {key: "赵建军" for key in keys if key == 1}


def household(*rows: np.ndarray, key: int = 10) -> people.Household:
    return people.households(SmallState(rows, []), Names(), [key], as_of=TODAY)[key]


def test_the_head_comes_first_then_the_oldest() -> None:
    home = household(
        member(3, 10, 1, relation=Relation.SON, birth=date(2012, 1, 1)),
        member(2, 10, 1, relation=Relation.PARENT, birth=date(1950, 1, 1)),
        member(1, 10, 1),
    )

    assert [one.key for one in home.members] == [1, 2, 3]
    assert (home.name, home.head) == ("赵*军", 1)
    assert [one.age for one in home.members] == [41, 76, 14]
    assert [one.is_labour for one in home.members] == [True, False, False]


def test_who_left_is_not_listed_and_who_came_back_is() -> None:
    gone = member(1, 10, 1, joined=date(2024, 1, 1), exit=packed(date(2025, 1, 1)))
    back = member(2, 10, 1, joined=date(2026, 1, 1), exit=packed(date(2025, 1, 1)))

    assert [one.key for one in household(gone, back).members] == [2]


def test_an_empty_household_has_no_head() -> None:
    home = household(key=99)

    assert (home.name, home.head, home.members) == ("姓名未登记", 0, ())


def test_who_cannot_work_is_no_labour_and_an_unknown_birth_has_no_age() -> None:
    row = member(1, 10, 1, skill=Skill.LOST)
    unknown = member(2, 10, 1)
    unknown["birth"] = -(2**31)

    home = household(row, unknown)
    assert [(one.age, one.is_labour) for one in home.members] == [(41, False), (None, False)]
