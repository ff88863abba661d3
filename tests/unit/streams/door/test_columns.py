from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.door import columns
from streams.fact import MISSING_FEN

ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
MOMENTS = st.datetimes(
    datetime(1950, 1, 1),  # noqa: DTZ001   # hypothesis adds the zone
    datetime(2100, 1, 1),  # noqa: DTZ001
    timezones=st.one_of(st.just(UTC), ZONES),
)


@given(st.lists(MOMENTS, max_size=6))
def test_seconds_are_those_of_the_standard_library(moments) -> None:
    found = columns.seconds(moments).tolist()

    assert found == [int(m.replace(microsecond=0).timestamp()) for m in moments]


def test_seconds_without_a_zone_are_refused() -> None:
    with pytest.raises(ValueError, match="fixed offset"):
        columns.seconds([datetime(2026, 1, 1)])  # noqa: DTZ001


@given(st.lists(st.one_of(st.none(), st.integers(-(10**11), 10**11)), max_size=6))
def test_every_amount_of_fen_comes_back_exactly(some) -> None:
    found, bad = columns.fen([None if fen is None else fen / 100 for fen in some])

    assert found.tolist() == [MISSING_FEN if fen is None else fen for fen in some]
    assert not bad.any()


@given(st.lists(st.one_of(st.none(), st.integers(0, 2**64 - 1)), max_size=6), st.booleans())
def test_every_key_comes_back(some, upper) -> None:
    texts = [None if key is None else f"{key:016X}" if upper else f"{key:016x}" for key in some]
    found, bad = columns.keys(texts)

    assert found.tolist() == [key or 0 for key in some]
    assert not bad.any()
