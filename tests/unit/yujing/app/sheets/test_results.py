from pathlib import Path

import numpy as np
import pytest

from streams.door.reading import Finding, Reject
from streams.pipeline import Outcome
from yujing.app.intake import Taken
from yujing.app.output import Silence
from yujing.app.sheets.results import EventResults, ResultFile, result_path


class Heard(Silence):
    def __init__(self) -> None:
        self.messages: list[str] = []

    def message(self, text: str) -> None:
        self.messages.append(text)


@pytest.mark.parametrize(
    ("file", "suffix", "name"),
    [
        ("三月.xlsx", ".xlsx", "三月.结果.xlsx"),
        ("三月.XLSX", ".xlsx", "三月.结果.xlsx"),
        ("三月.结果.xlsx", ".xlsx", "三月.结果2.xlsx"),
        ("三月.结果2.xlsx", ".xlsx", "三月.结果3.xlsx"),
        ("a.ndjson", ".csv", "a.结果.csv"),
        ("a.ndjson.gz", ".csv", "a.结果.csv"),
        ("2023.03.csv", ".csv", "2023.03.结果.csv"),
    ],
)
def test_a_result_lies_beside_its_file_and_never_over_it(
    tmp_path: Path, file: str, suffix: str, name: str
) -> None:
    assert result_path(tmp_path / file, None, suffix) == tmp_path / name
    assert result_path(tmp_path / file, tmp_path / "r", suffix) == tmp_path / "r" / name


def test_a_result_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    result = ResultFile(tmp_path / "a.csv", tmp_path / "data", Silence())
    result.write(lambda file: file.write(b"half"))
    assert list(tmp_path.glob("*.csv")) == []

    assert result.close() == tmp_path / "a.csv"
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]


def test_a_result_that_cannot_be_written_is_said_and_leaves_nothing(tmp_path: Path) -> None:
    heard = Heard()
    result = ResultFile(tmp_path / "a.csv", tmp_path / "data", heard)
    result.write(lambda file: file.write(b"half"))

    def full(_: object) -> None:
        raise OSError(28, "No space left on device")

    result.write(full)
    result.write(lambda file: file.write(b"more"))

    assert result.close() is None
    assert list(tmp_path.iterdir()) == []
    assert len(heard.messages) == 1
    assert "No space left" in heard.messages[0]


def test_a_directory_that_is_missing_is_said(tmp_path: Path) -> None:
    heard = Heard()
    result = ResultFile(tmp_path / "none" / "a.csv", tmp_path / "data", heard)

    result.write(lambda file: file.write(b"x"))

    assert result.close() is None
    assert heard.messages


def test_no_result_lies_in_the_data_directory(tmp_path: Path) -> None:
    heard = Heard()
    result = ResultFile(tmp_path / "in" / "a.csv", tmp_path, heard)
    (tmp_path / "in").mkdir()

    result.write(lambda file: file.write(b"x"))

    assert result.close() is None
    assert list((tmp_path / "in").iterdir()) == []
    assert "--results" in heard.messages[0]


def test_the_result_of_events_names_row_word_and_reason_without_content(tmp_path: Path) -> None:
    outcomes = np.array(
        [Outcome.ACCEPTED, Outcome.REJECTED, Outcome.UNMATCHED, Outcome.ACCEPTED], dtype=np.uint8
    )
    secret = b'{"name": "\xe5\xbc\xa0\xe4\xb8\x89"}'
    taken = Taken(
        outcomes,
        [Reject(1, "缺少 month", "month is missing", secret, "missing_field")],
        [Finding(3, "wage_low")],
    )
    report = EventResults(ResultFile(tmp_path / "a.csv", tmp_path / "data", Silence()))
    report.add(taken, 10)
    report.add(Taken(outcomes[:1], [], []), 14)

    path = report.close()

    assert path is not None
    lines = path.read_bytes().decode().split("\r\n")
    assert lines[0] == "\ufeff行,结果,原因"
    assert lines[1].startswith("12,已拒绝,缺少 month")
    assert lines[2].startswith("13,未匹配,")
    assert lines[3].startswith("14,已接收,提示：")
    assert lines[4:] == [""]
    assert "张三" not in "".join(lines)


def test_when_all_rows_were_taken_there_is_no_result(tmp_path: Path) -> None:
    report = EventResults(ResultFile(tmp_path / "a.csv", tmp_path / "data", Silence()))
    report.add(Taken(np.zeros(3, dtype=np.uint8), [], []), 0)

    assert report.close() is None
    assert list(tmp_path.iterdir()) == []
