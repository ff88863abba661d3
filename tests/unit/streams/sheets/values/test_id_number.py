"""Certificate numbers: every spelling is the same person, what Excel broke is nobody."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.door.id_number import unpacked
from streams.sheets.cells import Cell
from streams.sheets.values.id_number import People, read_id_numbers
from yujing.domain.codes import Sex, members
from yujing.domain.days import from_day

FULL_WIDTH = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")


@st.composite
def people(draw: st.DrawFn) -> str:
    born = draw(st.dates(min_value=date(1930, 1, 1), max_value=date(2020, 12, 31)))
    serial = draw(st.integers(1, 999))
    return unpacked(np.array([int(f"520524{born:%Y%m%d}{serial:03d}")], dtype=np.uint64))[0]


def one(cell: Cell, *, typed: bool = True) -> tuple[object, str, str]:
    """Return value, code of the fault, code of the doubt."""
    read = read_id_numbers([cell], typed=typed)
    fault, doubt = read.faults.get(0), read.doubts.get(0)
    return (
        read.distinct[read.at[0]],
        fault.code if fault else "",
        doubt.code if doubt else "",
    )


@given(people(), st.integers(0, 6))
def test_any_spelling_is_the_same_number(number: str, hand: int) -> None:
    spelled = (
        number, number.lower(), f" {number}\u00a0", f"{number[:6]}\u200b{number[6:]}",
        number.translate(FULL_WIDTH), f"{number[:6]} {number[6:14]} {number[14:]}", f"'{number}",
    )[hand]  # fmt: skip

    assert one(spelled)[:2] == (number, "")


@given(people(), st.sampled_from(["11", "41", "41B1", "12B2"]))
def test_of_a_disability_card_the_first_18_count(number: str, end: str) -> None:
    assert one(number + end)[:2] == (number, "")


@given(people())
def test_15_digits_become_18_with_a_warning(number: str) -> None:
    old = number[:6] + number[8:17]
    value, fault, doubt = one(old)

    assert (fault, doubt) == ("", "id_of_15_digits")
    assert value == unpacked(np.array([int(f"{old[:6]}19{old[6:]}")], dtype=np.uint64))[0]
    assert one(int(old)) == one(float(old)) == (value, "", "id_of_15_digits")  # Excel keeps 15


@given(people(), st.booleans())
def test_a_number_of_18_digits_has_lost_some(number: str, typed: bool) -> None:
    if number.endswith("X"):
        return
    for cell in (int(number), float(number), f"{float(number):.5E}", f"{float(number):.14E}"):
        assert one(cell, typed=typed) == (None, "digits_lost", "")


@given(people(), st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_never_taken(number: str, place: int, by: int) -> None:
    digit = (int(number[place]) + by) % 10
    value, fault, _ = one(f"{number[:place]}{digit}{number[place + 1 :]}")

    assert value is None
    assert fault in ("id_check_digit", "id_date")


@given(people())
def test_what_excel_rounded_is_not_taken_for_somebody_else(number: str) -> None:
    if number.endswith("X"):
        return
    value, fault, doubt = one(f"{number[:15]}000", typed=False)
    assert value is None
    assert fault in ("id_check_digit", "id_may_be_rounded")
    assert doubt == ""


def rounded() -> str:
    """Return a number that ends in 000 and whose check digit is right."""
    for serial in range(100, 1000, 100):
        for day in range(1, 28):
            packed = int(f"520524199001{day:02d}{serial:03d}")
            number = unpacked(np.array([packed], dtype=np.uint64))[0]
            if number.endswith("000"):
                return number
    raise AssertionError


def test_who_really_ends_in_000_can_say_so() -> None:
    number = rounded()

    assert one(number, typed=False) == (None, "id_may_be_rounded", "")
    assert one(f"'{number}", typed=False) == (number, "", "")
    assert one(f'="{number}"', typed=False) == (number, "", "")
    assert one(number, typed=True) == (number, "", "id_may_be_rounded")


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("5205241990010100", "id_length"), ("52052419900101001X1", "id_length"),
        ("520524199013010011", "id_date"), ("52052419900101A011", "id_digits"),
        ("52052419900230001", "id_length"), ("#N/A", "formula_error"), ("王小明", "id_length"),
        (0.5, "digits_lost"), (True, "id_length"),
    ],
)  # fmt: skip
def test_what_is_no_number_says_why(cell: Cell, code: str) -> None:
    assert one(cell)[:2] == (None, code)


@pytest.mark.parametrize("cell", [None, "", " \u200b", "\u00a0"])
def test_nothing_is_nothing(cell: Cell) -> None:
    assert one(cell) == (None, "", "")


@given(st.lists(people() | st.sampled_from([None, "x", 5.2e17]), min_size=1, max_size=20))
def test_birth_and_sex_go_with_their_number(cells: list[Cell]) -> None:
    read = read_id_numbers(cells, typed=True)

    assert isinstance(read, People)
    sexes = members(Sex)
    for row, cell in enumerate(cells):
        at = int(read.at[row])
        if isinstance(cell, str) and len(cell) == 18:
            assert read.distinct[at] == cell
            assert f"{from_day(int(read.birth[at])):%Y%m%d}" == cell[6:14]
            assert sexes[read.sex[at]] == (Sex.MALE if int(cell[16]) % 2 else Sex.FEMALE)
        else:
            assert at == 0
