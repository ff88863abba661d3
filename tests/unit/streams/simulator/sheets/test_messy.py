"""Sheets as people make them: other spellings of the same, wrong rows, and what stands around."""

import numpy as np
import pytest

from streams.sheets.cells import plain
from streams.sheets.workbook import read_book
from streams.simulator.sheets.export import Export
from streams.simulator.sheets.messy import EXTRA, messy
from streams.simulator.sheets.page import workbook
from streams.simulator.sheets.spelling import HEADERS, otherwise
from streams.simulator.sheets.spoiling import MISTAKES, spoil

PEOPLE = ("证件号码", "户主证件号码", "残疾人证号")


@pytest.fixture(params=[
    "work_monthly", "work_plan", "members", "monitored", "insurance_payment", "insurance_status",
    "medical_settlement", "minimum_living", "destitute", "disabled", "income"])  # fmt: skip
def export(request: pytest.FixtureRequest, sheets: dict[str, Export]) -> Export:
    whole = sheets[request.param]
    return whole.take(np.arange(min(len(whole), 60)))


def _digits(cell: object) -> str:
    return "".join(filter(str.isalnum, plain(cell))).upper()  # type: ignore[arg-type]


def test_another_spelling_says_the_same(export: Export) -> None:
    written = otherwise(np.random.default_rng(3), export)

    changed = 0
    for header, cells in export.columns.items():
        for right, other in zip(cells, written.columns[HEADERS.get(header, header)], strict=True):
            changed += right != other or type(right) is not type(other)
            if header in PEOPLE or isinstance(right, int):
                assert _digits(other) == _digits(right)
            elif isinstance(right, str) and not right[0].isdigit():
                assert plain(other) == right
    assert changed > len(export)


def test_each_mistake_is_made_once_in_a_row_of_its_own(export: Export) -> None:
    spoiled = spoil(np.random.default_rng(5), export)

    assert len({one.row for one in spoiled}) == len(spoiled)
    for one in spoiled:
        assert one.cell != export.columns[one.header][one.row]
    possible = [m.code for m in MISTAKES if any(name in export.columns for name in m.headers)]
    assert [one.code for one in spoiled] == possible[:len(export) // 2]


def test_a_number_that_excel_rounded_is_a_float(sheets: dict[str, Export]) -> None:
    spoiled = spoil(np.random.default_rng(5), sheets["work_monthly"])

    (lost,) = [one for one in spoiled if one.code == "digits_lost"]
    assert isinstance(lost.cell, float)
    assert f"{lost.cell:.0f}"[:14] == str(
        sheets["work_monthly"].columns[lost.header][lost.row])[:14]


def test_a_messy_book_is_read_as_the_rows_that_were_meant(export: Export) -> None:
    made = messy(np.random.default_rng(7), export)
    known = {HEADERS.get(header, header).replace("（", "(").replace("）", ")")
             for header in export.columns}

    book = read_book(workbook(made.pages), "messy.xlsx", known_headers=known)

    (table,) = book.tables
    assert table.data.tolist() == made.grid_row
    assert export.month_text in table.title
    assert f"{made.sheet_day.month}月{made.sheet_day.day}日" in table.title
    assert "填表人" in table.tail
    assert [left.name for left in book.left] == ["填表说明", "Sheet3"]
    headers = {column.header.rsplit("/", 1)[-1] for column in table.columns}
    assert headers == known | set(EXTRA)


def test_a_messy_book_without_mistakes_spoils_nothing(export: Export) -> None:
    assert messy(np.random.default_rng(7), export, wrong=False).spoiled == []


def test_the_same_randomness_makes_the_same_book(export: Export) -> None:
    first, second = (messy(np.random.default_rng(7), export) for _ in range(2))

    assert workbook(first.pages) == workbook(second.pages)
