from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.door.id_number import FAULTS, read, unpacked
from streams.door.identity import PersonKeys
from tests.support.wire_events import KEYS
from yujing.domain.days import NEVER, to_day


def by_hand(digits: str) -> str:
    """Return the check digit as GB 11643 writes it: sum of a_i * 2^(18-i) modulo 11."""
    total = sum(int(digit) * (2 ** (17 - at) % 11) for at, digit in enumerate(digits))
    return "0123456789X"[(12 - total % 11) % 11]


@given(st.dates(date(1, 1, 1), date(9999, 12, 31)), st.integers(0, 999), st.integers(0, 999_999))
def test_any_day_of_the_calendar_and_its_check_digit(born, serial, place) -> None:
    digits = f"{place:06d}{born.year:04d}{born.month:02d}{born.day:02d}{serial:03d}"
    number = digits + by_hand(digits)
    found = read([number, None])

    assert FAULTS[found.fault[0]] == ""
    assert found.birth.tolist() == [to_day(born), NEVER]
    assert found.sex.tolist() == [1 if serial % 2 else 2, 0]
    assert unpacked(found.packed[:1]) == [number]
    assert found.packed[1] == 0


@given(st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_never_passes(at, step) -> None:
    number = "11010519491231002X"
    wrong = number[:at] + str((int(number[at]) + step) % 10) + number[at + 1 :]

    assert read([wrong]).fault[0] > 0


@pytest.mark.parametrize(
    "day", ["19490229", "19000229", "19491301", "19490031", "00000101", "19490431"]
)
def test_a_day_that_never_was(day: str) -> None:
    digits = f"110105{day}002"

    assert FAULTS[read([digits + by_hand(digits)]).fault[0]] == "id_date"


@pytest.mark.parametrize("text", ["", " ", "1", "ß" * 18, "九" * 18, "1" * 19, "1" * 40])
def test_no_text_breaks_the_reading_of_its_neighbours(text: str) -> None:
    found = read([text, "11010519491231002X"])

    assert found.fault[1] == 0
    assert found.fault[0] > 0
    assert found.packed[0] == 0


def test_keys_are_those_of_the_vault_however_small_the_table() -> None:
    digits = [f"110105{date(1950, 1, 1) + timedelta(days=n * 3):%Y%m%d}002" for n in range(100)]
    numbers = [d + by_hand(d) for d in digits]
    people = PersonKeys(KEYS, n_slots=64)
    expected = KEYS.person_keys(numbers).tolist()

    for start in (0, 20, 0, 50, 0):
        some = numbers[start : start + 25]
        assert people.of([*some, None]).key.tolist() == [*expected[start : start + 25], 0]
    assert people.of(list(numbers)).key.tolist() == expected
    assert people.of([]).key.dtype == np.uint64
