from datetime import date

import numpy as np
import pytest

from streams.simulator import oracle
from streams.simulator.county import County
from yujing.domain.days import to_day, to_month
from yujing.errors import UsageError


def test_trouble_at_work_and_a_closure_raise_the_true_chance(county: County) -> None:
    day = to_day(date(2025, 6, 15))
    who, chance = oracle.u90(county, day)
    rows = county.world.labour.jobs.rows
    rows = rows[(rows["start"] <= day) & (rows["end"] > day)]
    bad = rows["distress"] <= day

    assert np.array_equal(who, rows["person"])
    assert chance[bad].mean() > 2.5 * chance[~bad].mean()
    assert ((chance > 0) & (chance < 1)).all()


def test_the_festival_raises_the_chance_of_those_away(county: County) -> None:
    quiet = oracle.u90(county, to_day(date(2025, 6, 15)))[1].mean()
    festive = oracle.u90(county, to_day(date(2025, 12, 28)))[1].mean()

    assert festive > 1.2 * quiet


def test_more_futures_are_needed_than_the_world_has_months(county: County) -> None:
    with pytest.raises(UsageError):
        oracle.p12(county, to_month(date(2026, 5, 1)), 1)


def test_the_same_futures_give_the_same_chance(county: County) -> None:
    month = to_month(date(2025, 2, 1))

    assert np.array_equal(oracle.p12(county, month, 2), oracle.p12(county, month, 2))
