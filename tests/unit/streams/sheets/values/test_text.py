"""Texts: names, phones and numbers that must not lose a digit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.sheets.cells import Cell
from streams.sheets.values.reading import Read
from streams.sheets.values.text import read_name, read_number_text, read_phone, read_text


@given(st.text(alphabet="0123456789", min_size=1, max_size=30))
def test_a_number_as_text_keeps_every_digit(digits: str) -> None:
    assert read_number_text(digits) == read_number_text(f" {digits}\u00a0") == Read(digits)


@given(st.integers(0, 10**15 - 1))
def test_a_number_cell_is_its_digits_as_long_as_excel_keeps_them(number: int) -> None:
    assert read_number_text(float(number)) == read_number_text(number) == Read(str(number))


@pytest.mark.parametrize(
    "cell", [5.2052419900101e17, 10**15, "5.20524E+17", "5.2052419900101e+17", 1.5]
)
def test_lost_digits_are_told(cell: Cell) -> None:
    read = read_number_text(cell)

    assert read.value is None
    assert read.fault is not None
    assert read.fault.code == "digits_lost"


def test_names() -> None:
    assert read_name(" 王 小\u3000明\u200b") == Read("王小明")
    assert read_name("阿卜杜拉 Ali") == Read("阿卜杜拉 Ali")
    assert read_name("王" * 65).fault is not None
    assert read_name(None) == Read()


@pytest.mark.parametrize(
    ("cell", "phone"),
    [
        ("138 0013 8000", "13800138000"),
        (13800138000.0, "13800138000"),
        ("0857-1234567", "08571234567"),
        ("13800138000、13900139000", "13800138000"),
        ("１３８００１３８０００", "13800138000"),
    ],
)
def test_phones(cell: Cell, phone: str) -> None:
    assert read_phone(cell) == Read(phone)


@pytest.mark.parametrize("cell", ["无人接听", "1380013", "abc", 1.5])
def test_what_is_no_phone_is_left_out_or_refused(cell: Cell) -> None:
    read = read_phone(cell)

    assert read.value in (None, "1380013")


def test_a_text_that_is_too_long_is_refused() -> None:
    assert read_text("长" * 201).fault is not None
    assert read_text(" 某 公司 ") == Read("某 公司")
    assert read_number_text("9" * 65).fault is not None
