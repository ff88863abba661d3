"""Packed columns against plain readings of them."""

from datetime import UTC, date, datetime

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from models.features.bits import NO_DAY, lately, months_counted, months_since, register_day
from models.features.context import festival_shift
from models.features.snapshot import cutoff_s
from streams.state.layout import DAY_SHIFT
from yujing.domain.days import to_day

months = st.integers(0, 2**60 - 1)


@given(months, st.integers(-3, 60), st.integers(1, 52))
def test_months_are_those_of_a_plain_loop(bits: int, last: int, n: int) -> None:
    wanted = [m for m in range(last - n + 1, last + 1) if m >= 0 and bits >> m & 1]
    column = np.array([bits], dtype=np.uint64)

    assert months_counted(column, last, n)[0] == len(wanted)
    since = months_since(column, last, n)[0]
    assert np.isnan(since) if not wanted else since == last - max(wanted)
    assert int(lately(column, last, n)[0]).bit_count() == len(wanted)


@given(st.integers(-50_000, 60_000), st.integers(0, 2**32 - 1))
def test_a_register_gives_back_its_day(day: int, value: int) -> None:
    packed = np.array([(day + DAY_SHIFT) << 40 | value, 0])

    assert register_day(packed).tolist() == [day, NO_DAY]


def test_a_day_begins_at_midnight_in_china() -> None:
    assert datetime.fromtimestamp(cutoff_s(date(2026, 6, 1)), UTC) == datetime(
        2026, 5, 31, 16, tzinfo=UTC)
    assert to_day(date(2026, 6, 1)) * 86400 - cutoff_s(date(2026, 6, 1)) == 8 * 3600


def test_the_lunar_year_has_twelve_or_thirteen_months() -> None:
    years = (2023, 2024, 2025, 2026)

    assert [festival_shift(date(year, 3, 1)) for year in years] == [12, 13, 12, 13]
