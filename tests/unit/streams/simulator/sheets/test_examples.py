"""The sheets in `examples/` are those that the script makes."""

import io
from pathlib import Path

import openpyxl
import pytest

from streams.simulator.sheets.examples import files

EXAMPLES = Path(__file__).parents[5] / "examples"


@pytest.fixture(scope="module")
def made() -> dict[str, bytes]:
    return dict(files())


def _cells(content: bytes) -> dict[str, list[list[object]]]:
    book = openpyxl.load_workbook(io.BytesIO(content))
    return {sheet.title: [[cell.value for cell in row] for row in sheet.iter_rows()]
            for sheet in book.worksheets}


def test_the_examples_are_those_that_the_script_makes(made: dict[str, bytes]) -> None:
    there = {path.name for path in EXAMPLES.iterdir() if path.suffix in (".xlsx", ".csv")}

    assert there == set(made)
    for name, content in made.items():
        kept = (EXAMPLES / name).read_bytes()
        if name.endswith(".csv"):
            assert kept == content
        else:
            assert _cells(kept) == _cells(content)


def test_there_is_a_good_and_a_messy_one_of_each_sheet(made: dict[str, bytes]) -> None:
    good = {name.split("-")[0] for name in made if "messy" not in name}
    messy = {name.split("-")[0] for name in made if "messy" in name}

    assert good == messy
    assert len(good) == 11
    assert sum(name.endswith(".csv") for name in made) == 4


def test_examples_as_csv_are_in_the_encoding_of_excel_in_china(made: dict[str, bytes]) -> None:
    for name, content in made.items():
        if name.endswith(".csv"):
            assert "证" in content.decode("gb18030")
            with pytest.raises(UnicodeDecodeError):
                content.decode("utf-8")


def test_examples_are_small(made: dict[str, bytes]) -> None:
    assert sum(map(len, made.values())) < 400_000
