"""Columns are read once a distinct cell, and every row gets what its own cell says."""

from datetime import date, datetime, time

from hypothesis import given
from hypothesis import strategies as st

from streams.sheets.cells import Cell, plain
from streams.sheets.values.reading import (
    NOTHING,
    Fault,
    Read,
    constant,
    distinct_cells,
    read_cells,
)


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12))


CELLS: st.SearchStrategy[Cell] = st.one_of(
    st.none(), st.booleans(), st.integers(-2, 2), st.floats(-2, 2), st.text(max_size=2),
    st.dates(date(2023, 1, 1), date(2023, 1, 2)),
    st.dates(date(2023, 1, 1), date(2023, 1, 2)).map(_noon),
)  # fmt: skip


@given(st.lists(CELLS, max_size=30))
def test_each_row_has_a_cell_that_looks_like_its_own(cells: list[Cell]) -> None:
    once, at = distinct_cells(cells)

    assert [plain(once[place]) for place in at] == [plain(cell) for cell in cells]


def test_true_and_one_are_two_cells() -> None:
    once, at = distinct_cells([1, True, 1.0, False, 0])

    assert once == [1, "TRUE", "FALSE", 0]
    assert at.tolist() == [0, 1, 0, 2, 3]


@given(st.lists(CELLS, max_size=30))
def test_values_faults_and_doubts_are_those_of_the_row(cells: list[Cell]) -> None:
    fault, doubt = Fault("f", "", ""), Fault("d", "", "")

    def read(cell: Cell) -> Read:
        text = plain(cell)
        if not text:
            return NOTHING
        if text[0] in "-1":
            return Read(fault=fault)
        return Read(text, doubt=doubt if text[0] == "2" else None)

    values = read_cells(cells, read)

    for row, cell in enumerate(cells):
        said = read(cell)
        assert values.distinct[values.at[row]] == said.value
        assert bool(values.refused[row]) == (said.fault is not None)
        assert bool(values.doubted[row]) == (said.doubt is not None)
        assert bool(values.given[row]) == (said.value is not None)


def test_a_constant_column() -> None:
    assert constant(2, "x").at.tolist() == [1, 1]
    assert constant(2, None).given.tolist() == [False, False]
    assert read_cells([], lambda _: NOTHING).given.tolist() == []
