"""The county on one day: every mask against rows written by hand."""

from datetime import date

import numpy as np
import pytest

from dashboards.numbers import NUMBERS, counts_of
from dashboards.picture import Picture, draw, is_complete
from models.features.bits import NO_DAY
from tests.support.small_state import SmallState, household, member, month_bit, packed, short
from yujing.access.scope import Scope
from yujing.domain.codes import Outcome, Relation, Skill, number
from yujing.domain.days import to_day
from yujing.domain.policy import Policy

A, B = 520526101001, 520526102001
TODAY = date(2026, 11, 24)
CONFIRMED, SOLVED = number(Outcome.CONFIRMED), number(Outcome.SOLVED)


@pytest.fixture(scope="module")
def policy() -> Policy:
    return Policy.load(None)


def drawn(state: SmallState, policy: Policy, live: tuple[int, ...] = ()) -> Picture:
    return draw(state, np.array(live, dtype=np.uint64), as_of=TODAY, policy=policy)


def test_households_are_those_with_present_members(policy: Policy) -> None:
    left = member(3, 30, A, joined=date(2024, 1, 1), exit=packed(date(2025, 1, 1)))
    back = member(4, 40, A, joined=date(2025, 6, 1), exit=packed(date(2025, 1, 1)))
    state = SmallState(
        [member(1, 10, A), member(2, 20, B), left, back], [household(10, A), household(50, A)]
    )

    picture = drawn(state, policy, live=(20, 99))
    assert picture.keys.tolist() == [10, 20, 40]
    assert picture.regions.tolist() == [A, B, A]
    assert picture.live.tolist() == [False, True, False]


def test_the_household_s_own_place_wins_over_its_members(policy: Policy) -> None:
    state = SmallState([member(1, 10, A)], [household(10, B)])

    assert drawn(state, policy).place_of(10) == B
    assert drawn(state, policy).place_of(11) == 0


def test_the_latest_visit_of_any_member_counts(policy: Policy) -> None:
    state = SmallState(
        [
            member(1, 10, A, visit=packed(date(2026, 11, 1), CONFIRMED)),
            member(2, 10, A, visit=packed(date(2026, 11, 8), SOLVED | 2 << 8 | 77 << 12)),
        ],
        [household(10, A, visit=packed(date(2026, 10, 1), CONFIRMED))],
    )

    picture = drawn(state, policy)
    assert picture.visit_day.tolist() == [to_day(date(2026, 11, 8))]
    assert picture.visit_outcome.tolist() == [SOLVED]


def test_help_is_the_latest_service_or_measure(policy: Policy) -> None:
    trained = member(1, 10, A)
    trained["service_last"][0, 3] = short(date(2026, 11, 2))
    state = SmallState(
        [trained, member(2, 20, A, measure=packed(date(2026, 9, 1), 4)), member(3, 30, A)],
        [household(10, A, measure=packed(date(2026, 10, 1), 2))],
    )

    days = drawn(state, policy).help_day.tolist()
    assert days == [to_day(date(2026, 11, 2)), to_day(date(2026, 9, 1)), NO_DAY]


def test_who_was_not_reported_on_is_unseen_and_children_do_not_count(policy: Policy) -> None:
    told = month_bit(2026, 10)
    state = SmallState(
        [
            member(1, 10, A, worked=told),
            member(2, 20, A, idle=month_bit(2026, 9)),
            member(3, 30, A, worked=month_bit(2026, 8)),
            member(4, 40, A, birth=date(2015, 1, 1), relation=Relation.SON),
            member(5, 50, A, skill=Skill.LOST),
            member(6, 60, A, worked=month_bit(2026, 11)),
        ],
        [],
    )

    picture = drawn(state, policy)
    assert picture.has_labour.tolist() == [True, True, True, False, False, True]
    assert picture.reported.tolist() == [True, True, False, False, False, False]
    assert picture.reported_last_month.tolist() == [True] + [False] * 5


def test_ends_are_counted_by_month(policy: Policy) -> None:
    ended = month_bit(2026, 10) | month_bit(2026, 3) | month_bit(2024, 1)
    state = SmallState([member(1, 10, A, ended=ended), member(2, 10, A, ended=ended)], [])

    picture = drawn(state, policy)
    by_month = dict(zip(picture.months, picture.monthly_ends[:, 0].tolist(), strict=True))
    assert len(by_month) == 13
    assert by_month[2026 * 12 + 9] == by_month[2026 * 12 + 2] == 2
    assert sum(by_month.values()) == 4


def test_the_four_numbers_on_a_small_county(policy: Policy) -> None:
    confirmed = packed(date(2026, 11, 1), CONFIRMED)
    helped = member(2, 20, A, visit=confirmed)
    helped["service_last"][0, 1] = short(date(2026, 11, 5))
    state = SmallState(
        [
            member(1, 10, A, visit=confirmed),
            helped,
            member(3, 30, B, visit=packed(date(2026, 11, 3), SOLVED), worked=month_bit(2026, 10)),
            member(4, 40, B, visit=packed(date(2026, 5, 1), SOLVED)),
            member(5, 50, B, visit=packed(date(2026, 11, 3), number(Outcome.UNFOUNDED))),
        ],
        [],
    )

    counts = counts_of(drawn(state, policy, live=(10,)))
    cells = {
        one.code: (
            counts[one.code].within(Scope("520526")).n,
            counts[one.code].within(Scope("")).of,
        )
        for one in NUMBERS
    }
    assert cells == {"needs": (1, 5), "helping": (1, 2), "helped": (1, 3), "unseen": (4, 5)}


def test_an_empty_county_has_an_empty_picture(policy: Policy) -> None:
    picture = drawn(SmallState([], []), policy)

    assert counts_of(picture)["needs"].within(Scope("")).of == 0


@pytest.mark.parametrize(("month", "complete"), [(8, True), (9, False), (10, False)])
def test_the_last_two_months_are_not_complete(month: int, complete: bool) -> None:
    assert is_complete(2026 * 12 + month - 1, TODAY) == complete
