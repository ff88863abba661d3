from datetime import date

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from streams.state import read
from streams.state.fold import pack
from streams.state.layout import MEMBER
from yujing.domain.days import NEVER, to_day


@given(
    day=st.integers(-10_000, 60_000),
    priority=st.integers(0, 255),
    value=st.integers(0, 2**32 - 1),
)
def test_a_packed_register_gives_back_its_day_and_value(
    day: int, priority: int, value: int
) -> None:
    registers = np.array([pack(day, priority, value), 0], dtype=np.int64)

    assert read.packed_day(registers).tolist() == [day, NEVER]
    assert read.packed_value(registers).tolist() == [value, 0]


@given(day=st.integers(10958, 60_000))
def test_short_days_come_back(day: int) -> None:
    short = np.array([read.short_day(day), 0], dtype=np.uint16)

    assert read.day_of_short(short).tolist() == [day, NEVER]


@given(bits=st.integers(0, 2**64 - 1), first=st.integers(-3, 70), length=st.integers(-1, 70))
def test_months_are_counted_inside_the_window_only(bits: int, first: int, length: int) -> None:
    last = first + length
    expected = sum(bits >> i & 1 for i in range(64) if first <= i <= last)

    counted = read.months_between(np.array([bits], dtype=np.uint64), 0, first, last)

    assert counted.tolist() == [expected]


@given(bits=st.integers(0, 2**64 - 1))
def test_the_latest_month_is_the_highest_bit(bits: int) -> None:
    expected = bits.bit_length() - 1 + 100 if bits else NEVER

    assert read.latest_month(np.array([bits], dtype=np.uint64), 100).tolist() == [expected]


def member(joined: date | None, gone: date | None) -> np.void:
    row = np.zeros(1, dtype=MEMBER)
    if joined:
        row["member_order"] = pack(to_day(joined), 25, 0)
    if gone:
        row["exit"] = pack(to_day(gone), 25, 1)
    return row[0]


def test_presence_follows_the_latest_of_coming_and_going() -> None:
    members = np.array(
        [
            member(None, None),
            member(date(2024, 1, 1), None),
            member(date(2024, 1, 1), date(2025, 1, 1)),
            member(date(2025, 6, 1), date(2025, 1, 1)),
            member(date(2024, 1, 1), date(2026, 1, 1)),
            member(date(2025, 6, 1), date(2025, 6, 1)),
        ],
        dtype=MEMBER,
    )

    there = read.present(members, to_day(date(2025, 12, 1)))

    assert there.tolist() == [False, True, False, True, True, True]


def test_a_category_is_open_between_its_days() -> None:
    opened, closed, day = (read.short_day(to_day(date(y, 1, 1))) for y in (2024, 2025, 2026))
    open_days = np.array([[opened, opened, opened, 0]], dtype=np.uint16)
    close_days = np.array([[0, closed, day + 9, closed]], dtype=np.uint16)

    held = read.in_category(open_days, close_days, to_day(date(2026, 1, 1)))

    assert held.tolist() == [[True, False, True, False]]
