"""Days to compare with."""

import doctest
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from dashboards import compare
from yujing.domain.calendar import spring_festival


def test_the_examples_hold() -> None:
    assert doctest.testmod(compare).failed == 0


@given(st.dates(date(2016, 1, 1), date(2035, 12, 31)))
def test_the_same_distance_to_the_festival(day: date) -> None:
    before = compare.lunar_year_before(day)

    assert before - spring_festival(day.year - 1) == day - spring_festival(day.year)


@given(st.dates(date(2016, 1, 1), date(2035, 12, 31)))
def test_a_month_before_is_in_the_month_before(day: date) -> None:
    before = compare.month_before(day)

    assert (day.year * 12 + day.month) - (before.year * 12 + before.month) == 1
    assert before.day == day.day or (before + timedelta(days=1)).day == 1
