"""Words on pages, beyond the examples in their docstrings."""

import doctest
from datetime import UTC, date, datetime

import pytest

from yujing.web import words


def test_the_examples_hold() -> None:
    assert doctest.testmod(words).failed == 0


def test_the_day_of_the_county_begins_eight_hours_before_utc() -> None:
    assert words.today(datetime(2026, 11, 23, 16, 0, tzinfo=UTC)) == date(2026, 11, 24)


def test_a_moment_of_today_needs_no_day() -> None:
    at = datetime(2026, 11, 24, 2, 5, tzinfo=UTC)

    assert words.moment(at, now=date(2026, 11, 24)) == "今天 10:05"
    assert words.moment(at, now=date(2026, 11, 25)) == "11-24 10:05"
    assert words.moment(at, now=date(2027, 1, 1)) == "2026-11-24 10:05"


@pytest.mark.parametrize("name", ["李", "李芳", "赵建军", "欧阳建军", "阿依古丽·买买提"])
def test_a_masked_name_hides_at_least_one_sign(name: str) -> None:
    assert "*" in words.masked(name)
    assert words.masked(name) != name


def test_negative_amounts_keep_their_sign() -> None:
    assert words.yuan(-1050) == "-10.50 元"
