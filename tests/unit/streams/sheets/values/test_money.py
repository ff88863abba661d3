"""Amounts are integers of fen, and no text means another amount than it says."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.sheets.cells import Cell
from streams.sheets.values.money import read_count, read_yuan
from streams.sheets.values.reading import Read

FEN = st.integers(-(10**10), 10**10)


@given(FEN, st.integers(0, 5))
def test_an_amount_in_any_form_is_that_amount(fen: int, hand: int) -> None:
    yuan = Decimal(fen) / 100
    cell: Cell = (
        f"{yuan}", f"{yuan:,}", f"{yuan}元", f" {yuan}\u00a0", float(yuan), f"{yuan:,} 元/月"
    )[hand]  # fmt: skip

    assert read_yuan(cell) == Read(fen)


@pytest.mark.parametrize(
    "text", ["３，０００", "¥3000", "3000.00", "3,000", "+3000", "3000圆", "3000.", "3000元整"]
)
def test_three_thousand(text: str) -> None:
    assert read_yuan(text) == Read(300_000)


@pytest.mark.parametrize(
    "cell",
    [
        "三千",
        "3000-4000",
        "3000左右",
        "3千",
        "0.3万",
        "3,00",
        "1,2345",
        "3e3",
        "3E+3",
        "(500)",
        "5%",
        "--3",
        True,
        "3 000",
    ],
)
def test_what_is_no_amount_is_refused(cell: Cell) -> None:
    read = read_yuan(cell)

    assert read.fault is not None
    assert read.fault.code == "not_an_amount"


def test_fractions_of_a_fen() -> None:
    typed = read_yuan("3000.005")
    computed = read_yuan(10_000 / 3)

    assert typed.fault is not None
    assert typed.fault.code == "many_decimals"
    assert (computed.value, computed.doubt and computed.doubt.code) == (333_333, "rounded_to_fen")
    assert read_yuan(0.1 + 0.2) == Read(30)  # what Excel shows, and not the float


def test_too_large_an_amount_is_refused() -> None:
    assert read_yuan("99999999999").fault is not None
    assert read_yuan(float("inf")).fault is not None


@pytest.mark.parametrize(
    ("cell", "count"), [("3", 3), (3.0, 3), ("３人", 3), ("20天", 20), ("0", 0), ("4.0", 4)]
)
def test_counts(cell: Cell, count: int) -> None:
    assert read_count(cell) == Read(count)


@pytest.mark.parametrize("cell", ["3.5", 3.5, "-1", "三", "3-4", True])
def test_what_is_no_count_is_refused(cell: Cell) -> None:
    assert read_count(cell).fault is not None


@pytest.mark.parametrize("cell", [None, "", " "])
def test_nothing_is_nothing(cell: Cell) -> None:
    assert read_yuan(cell) == read_count(cell) == Read()
