"""Files sent by mistake or worse: refused whole with one sentence, or read row by row."""

import errno
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from streams.sheets import workbook as reading
from streams.sheets.answer_book import TableAnswer, write_answer
from streams.sheets.workbook import read_book, read_bytes
from tests.support import bad_sheets
from tests.support.bad_sheets import ANSWERED, HEADER, REFUSED, Bad
from tests.support.running_county import command, environment, run, written
from yujing.app.output import Silence
from yujing.app.sheets.results import ResultFile
from yujing.errors import UnreadableFileError

pytestmark = pytest.mark.integration

MORE_MB = 320        # beyond the interpreter with its libraries; the right sheet takes none of it
PROCESSOR_S = 120    # for all files together: a guard against reading for ever, no measurement
MOST_MB = 1_000      # of a whole county that takes all of them in
# A small process between: the peak of a child begins with that of the parent that forked it.
MEASURED = (
    "import resource, subprocess, sys; status = subprocess.call(sys.argv[1:]);"
    "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr);"
    "sys.exit(status)"
)
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


@pytest.mark.parametrize("cut", range(0, 100, 21))
def test_a_workbook_cut_off_anywhere_is_refused(cut: int) -> None:
    content = bad_sheets.right()

    with pytest.raises(UnreadableFileError):
        read_book(content[: len(content) * cut // 100], "cut.xlsx", known_headers=HEADER)


@dataclass(frozen=True)
class Ingested:
    """What `yujing ingest` said of all files, the first time and again, by their names."""

    status: int
    first: dict[str, dict[str, Any]]
    second: dict[str, dict[str, Any]]
    results: Path
    peak_mb: float


@pytest.fixture(scope="module")
def ingested(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Ingested:
    """Give all files in one command to a real county that knows the five people."""
    place = tmp_path_factory.mktemp("county")
    results = place / "results"
    results.mkdir()
    file = written(place, "register.ndjson", bad_sheets.registered())
    assert run(place / "county", "ingest", "--backfill", str(file)).status == 0
    paths = [str(folder / bad.name) for bad in (*REFUSED, *ANSWERED)]
    words = command("ingest", *paths, "--results", str(results), "--json")
    ran = []
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-c", MEASURED, *words], env=environment(place / "county"),
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        told = map(json.loads, done.stdout.splitlines())
        lines = {Path(line["file"]).name: line for line in told}
        ran.append((done.returncode, lines, int(done.stderr.splitlines()[-1]) / 1000))
    return Ingested(ran[0][0], ran[0][1], ran[1][1], results, ran[0][2])


@pytest.mark.parametrize("bad", REFUSED, ids=lambda bad: bad.make.__name__)
def test_ingest_refuses_whole_what_cannot_be_read(bad: Bad, ingested: Ingested) -> None:
    result = ingested.first[bad.name]

    assert result["error"]
    assert "\n" not in result["error"]
    assert (result["rows"], result["accepted"], result["rejected"]) == (0, 0, 0)
    assert result["result_file"] is None
    stem = bad.name.split(".")[0]
    assert not [path for path in ingested.results.iterdir() if path.name.startswith(f"{stem}.")]


@pytest.mark.parametrize("bad", ANSWERED, ids=lambda bad: bad.make.__name__)
def test_ingest_answers_row_by_row_what_can(bad: Bad, ingested: Ingested) -> None:
    result = ingested.first[bad.name]
    wrong = 2 if bad.make is bad_sheets.formula_errors else 0

    assert result["error"] is None
    assert (result["rows"], result["rejected"]) == (len(WAGES), wrong)
    assert result["accepted"] + result["duplicate"] == len(WAGES) - wrong
    assert Path(result["result_file"]).parent == ingested.results


def test_ingest_goes_on_after_a_bad_file_and_says_partly(ingested: Ingested) -> None:
    assert ingested.status == 3
    assert len(ingested.first) == len(REFUSED) + len(ANSWERED)
    assert sum(result["accepted"] for result in ingested.first.values()) == len(WAGES)


def test_all_of_them_again_change_nothing(ingested: Ingested) -> None:
    assert sum(result["accepted"] for result in ingested.second.values()) == 0
    assert {name: result["error"] for name, result in ingested.second.items()} == {
        name: result["error"] for name, result in ingested.first.items()}


def test_no_bad_file_takes_much_memory(ingested: Ingested) -> None:
    assert ingested.peak_mb < MOST_MB


class FullDisk:
    """A file on a disk that is full."""

    def __init__(self, real: BinaryIO) -> None:
        self._real = real

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def write(self, _data: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")


def test_an_answer_that_finds_a_full_disk_is_said_and_leaves_no_half(tmp_path: Path) -> None:
    content = bad_sheets.right()
    book = read_book(content, "right.xlsx", known_headers=HEADER)
    answers = [TableAnswer(table, ["已接收"] * 5, [""] * 5) for table in book.tables]
    heard = Heard()
    result = ResultFile(tmp_path / "right.结果.xlsx", tmp_path / "data", heard)

    result.write(lambda file: write_answer(
        book, answers, summary=[], target=FullDisk(file)))  # type: ignore[arg-type]

    assert result.close() is None
    assert "No space left" in "".join(heard.said)
    assert list(tmp_path.iterdir()) == []


class Heard(Silence):
    """An output that keeps its messages."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def message(self, text: str) -> None:
        """Keep it."""
        self.said.append(text)
