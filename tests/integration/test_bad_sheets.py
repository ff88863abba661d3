"""Files sent by mistake or worse: refused whole with one sentence, or read row by row."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from streams.sheets import workbook as reading
from streams.sheets.workbook import read_book, read_bytes
from tests.support import bad_sheets
from tests.support.bad_sheets import ANSWERED, HEADER, REFUSED, Bad
from yujing.errors import UnreadableFileError

pytestmark = pytest.mark.integration

MORE_MB = 320        # beyond the interpreter with its libraries; the right sheet takes none of it
PROCESSOR_S = 120    # for all files together: a guard against reading for ever, no measurement
WAGES = {f"某{at}": 3000 + at for at in range(5)}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return the folder of all bad files; the large ones go at once afterwards."""
    folder = tmp_path_factory.mktemp("bad")
    for bad in (*REFUSED, *ANSWERED):
        (folder / bad.name).write_bytes(bad.make())
    yield folder
    for path in folder.iterdir():
        path.unlink()


@pytest.fixture(scope="module")
def said(folder: Path) -> dict[str, dict[str, Any]]:
    """Return what a process with little memory said of each file."""
    paths = [str(folder / bad.name) for bad in (*REFUSED, *ANSWERED)]
    child = Path(__file__).parent / "reading_child.py"
    done = subprocess.run(
        [sys.executable, str(child), str(MORE_MB), str(PROCESSOR_S), *paths],
        capture_output=True, text=True, check=False, env=os.environ | {"PYTHONPATH": os.getcwd()},
    )
    assert done.returncode == 0, done.stderr
    return {line["name"]: line for line in map(json.loads, done.stdout.splitlines())}


@pytest.mark.parametrize("bad", REFUSED, ids=lambda bad: bad.make.__name__)
def test_what_cannot_be_read_is_refused_whole_with_one_sentence(
    bad: Bad, said: dict[str, dict[str, Any]]
) -> None:
    answer = said[bad.name]

    assert "cells" not in answer
    assert bad.says in answer["zh"]
    assert answer["zh"].endswith("。")
    assert answer["zh"].count("。") == 1
    assert "\n" not in answer["zh"] + answer["en"]
    assert not any(number in answer["zh"] + answer["en"] for number in bad_sheets.PEOPLE)


@pytest.mark.parametrize("bad", ANSWERED, ids=lambda bad: bad.make.__name__)
def test_what_can_be_read_is_read(bad: Bad, said: dict[str, dict[str, Any]]) -> None:
    cells = said[bad.name]["cells"]

    assert list(cells) == list(HEADER)
    assert cells["姓名"] == list(WAGES)
    assert cells["证件号码"] == list(bad_sheets.PEOPLE)
    if bad.make is not bad_sheets.formula_errors:
        assert cells["务工月收入"] == list(WAGES.values())


def test_errors_of_formulas_stand_in_their_cells(said: dict[str, dict[str, Any]]) -> None:
    wages = said["公式错误.xlsx"]["cells"]["务工月收入"]

    assert wages == ["#N/A", "#REF!", 3002, 3003, 3004]


def test_macros_and_links_are_told_and_not_followed(said: dict[str, dict[str, Any]]) -> None:
    assert "宏" in "".join(said["有宏.xlsx"]["notes"])
    assert "其他工作簿" in "".join(said["外部链接.xlsx"]["notes"])
    assert not said["公式错误.xlsx"]["notes"]


def test_the_limit_of_memory_bites(tmp_path: Path) -> None:
    """Unless the process has as little memory as it should, the tests above say nothing."""
    path = tmp_path / "large.csv"
    path.write_bytes(bad_sheets.two_hundred_megabytes()[: 90 * 2**20])
    child = Path(__file__).parent / "reading_child.py"

    done = subprocess.run(
        [sys.executable, str(child), "64", str(PROCESSOR_S), str(path)],
        capture_output=True, text=True, check=False, env=os.environ | {"PYTHONPATH": os.getcwd()},
    )

    assert done.returncode != 0
    assert "MemoryError" in done.stderr


def test_a_file_replaced_while_it_is_read_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "month.xlsx"
    path.write_bytes(bad_sheets.right())
    other = tmp_path / "other.xlsx"
    other.write_bytes(bad_sheets.right("另一个月"))
    real = os.fstat

    def replaced(descriptor: int) -> os.stat_result:
        status = real(descriptor)
        if other.exists():
            other.replace(path)
        return status

    monkeypatch.setattr(reading.os, "fstat", replaced)

    with pytest.raises(UnreadableFileError, match="changed"):
        read_bytes(path)


@pytest.mark.parametrize("cut", range(0, 100, 7))
def test_a_workbook_cut_off_anywhere_is_refused(cut: int) -> None:
    content = bad_sheets.right()

    with pytest.raises(UnreadableFileError):
        read_book(content[: len(content) * cut // 100], "cut.xlsx", known_headers=HEADER)
