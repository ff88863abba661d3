"""The books of a county on disk."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from streams.sheets.workbook import read_book
from streams.simulator.county import County
from streams.simulator.sheets.export import Export
from streams.simulator.sheets.register import Register
from streams.simulator.sheets.writing import in_books, write_sheets
from streams.simulator.simulate import simulate
from tests.support.simulated_county import END, silent


def _export(villages: list[int]) -> Export:
    cells = {"人编号": list(range(len(villages)))}
    return Export("work_monthly", "已外出务工", 2026 * 12, cells, np.array(villages, np.int64))


@given(st.lists(st.integers(1, 9), min_size=1, max_size=30), st.integers(1, 12))
def test_no_village_lies_in_two_books(sizes: list[int], most: int) -> None:
    villages = [village for village, size in enumerate(sizes, 1) for _ in range(size)]
    whole = _export(villages)

    books = list(in_books(whole, most))

    assert [cell for book in books for cell in book.columns["人编号"]] == list(range(len(whole)))
    for book in books:
        assert len(book) <= most or len(set(book.villages.tolist())) == 1
    for book, following in pairwise(books):
        assert book.villages[-1] != following.villages[0]


def test_rows_without_a_place_are_cut_anywhere() -> None:
    assert [len(book) for book in in_books(_export([0] * 25), 10)] == [10, 10, 5]


def test_the_last_whole_months_are_written_each_in_its_folder(
    county: County, register: Register, tmp_path: Path
) -> None:
    made = write_sheets(county.world, register.tables, register.names, tmp_path, 2)

    assert sorted({path.parent.name for path in made}) == ["2026-04", "2026-05"]
    assert tmp_path / "2026-05" / "已外出务工-2026年05月.xlsx" in made
    assert len(made) == len(set(made))


def test_a_book_is_read_back_as_it_was_exported(
    sheets: dict[str, Export], county: County, register: Register, tmp_path: Path
) -> None:
    made = write_sheets(county.world, register.tables, register.names, tmp_path, 1)

    for path in made:
        export = next(e for e in sheets.values() if path.name.startswith(f"{e.title}-"))
        (table,) = read_book(
            path.read_bytes(), path.name, known_headers=export.columns.keys()).tables
        assert table.name == f"{export.title}2026年05月"
        assert [column.header for column in table.columns] == list(export.columns)
        for column in table.columns:
            if column.header in ("证件号码", "户编号", "务工企业名称", "残疾人证号"):
                assert list(column.cells) == export.columns[column.header]


def test_no_months_no_books(county: County, register: Register, tmp_path: Path) -> None:
    assert write_sheets(county.world, register.tables, register.names, tmp_path, 0) == ()


def test_months_before_the_history_have_none(
    county: County, register: Register, tmp_path: Path
) -> None:
    county = replace(county, world=replace(county.world, first_month=county.world.last_month - 1))

    made = write_sheets(county.world, register.tables, register.names, tmp_path, 99)

    assert {path.parent.name for path in made} == {"2026-05"}


def test_a_simulation_writes_its_books_and_the_same_seed_the_same_bytes(tmp_path: Path) -> None:
    made = [
        simulate(70, 3, "base", 2, END, tmp_path / name, silent, sheets=1).sheets
        for name in ("one", "two")
    ]

    assert [path.relative_to(tmp_path / "one") for path in made[0]] == [
        path.relative_to(tmp_path / "two") for path in made[1]]
    assert Path("sheets/2026-05/家庭成员-2026年05月.xlsx") in [
        path.relative_to(tmp_path / "one") for path in made[0]]
    for one, two in zip(*made, strict=True):
        assert one.read_bytes() == two.read_bytes()
