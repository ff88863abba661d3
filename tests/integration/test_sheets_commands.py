"""Sheets on the command line: the JSON line, exit statuses, result files, all kinds in one call."""

import json
from pathlib import Path

import pytest

from tests.support.running_county import run
from tests.support.sheet_office import Row, csv_of, install_mapping, people, registration, xlsx_of

pytestmark = pytest.mark.integration

FIELDS = [
    "file", "sha256", "mappings", "rows", "accepted", "duplicate", "conflict", "rejected",
    "unmatched", "warnings", "events", "result_file", "error",
]  # fmt: skip


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("county") / "data"
    install_mapping(data)
    return data


def test_events_and_sheets_in_one_call(data: Path, tmp_path: Path) -> None:
    events = tmp_path / "登记.ndjson"
    events.write_bytes(b"\n".join(registration(range(12))))
    book, table = tmp_path / "务工.xlsx", tmp_path / "sub" / "务工.csv"
    table.parent.mkdir()
    book.write_bytes(xlsx_of({"大院": people(*range(10))}))
    table.write_bytes(csv_of([*people(*range(8)), Row(8, wage="三千"), Row(9)]))
    broken = tmp_path / "坏.xlsx"
    broken.write_bytes(b"PK\x03\x04 no book")

    ran = run(data, "ingest", "--json", str(events), str(book), str(broken), str(table))

    assert ran.status == 3
    assert [list(result) for result in ran.results] == [FIELDS] * 4
    registered, taken, unreadable, corrected = ran.results
    assert (registered["rows"], registered["accepted"]) == (24, 24)
    assert (taken["mappings"], taken["rows"], taken["accepted"]) == (["test_work"], 10, 10)
    assert taken["result_file"] == str(tmp_path / "务工.结果.xlsx")
    assert (unreadable["rows"], unreadable["mappings"], unreadable["result_file"]) == (0, [], None)
    assert unreadable["error"]
    assert (corrected["duplicate"], corrected["rejected"]) == (9, 1)
    answer = Path(corrected["result_file"])
    assert answer == table.parent / "务工.结果.csv"
    lines = answer.read_text(encoding="utf-8-sig").splitlines()
    assert "已拒绝" in lines[10]
    assert "三千" in lines[10]
    assert not list(data.rglob("*结果*"))
    assert run(data, "digest", "--json").status == 0


def test_statuses_and_where_results_go(data: Path, tmp_path: Path) -> None:
    sheet, results = tmp_path / "表.csv", tmp_path / "results"
    sheet.write_bytes(csv_of(people(0, 1), title="测试务工"))
    results.mkdir()
    before = run(data, "ingest", "--json", str(sheet))
    assert before.status == 1
    assert "--month" in before.results[0]["error"]
    assert run(data, "ingest", str(sheet), "--month", "2026-13").status == 2
    assert run(data, "ingest", str(sheet), "--results", str(tmp_path / "none")).status == 2

    ran = run(
        data, "ingest", "--json", str(sheet), "--month", "2026-08", "--results", str(results)
    )

    assert ran.status in (0, 3)
    assert ran.results[0]["result_file"] == str(results / "表.结果.csv")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["results", "表.csv"]


def test_a_sheet_that_loses_too_much_is_refused_until_it_is_confirmed(
    data: Path, tmp_path: Path
) -> None:
    sheet = tmp_path / "表.csv"
    sheet.write_bytes(csv_of(people(*range(12)), title="2026年7月测试务工月监测"))
    run(data, "ingest", "--json", str(sheet))
    sheet.write_bytes(csv_of(people(0, 1), title="2026年7月测试务工月监测"))

    refused = run(data, "ingest", "--json", str(sheet))
    assert refused.status == 1
    assert "--confirm-retractions" in refused.results[0]["error"]
    taken = run(data, "ingest", "--json", "--confirm-retractions", str(sheet))

    (result,) = taken.results
    assert (result["error"], result["duplicate"]) == (None, 2)
    assert "withdrawn" in taken.messages


def test_a_result_that_cannot_be_written_is_said(data: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "表.csv"
    sheet.write_bytes(csv_of(people(3), title="2026年6月测试务工月监测"))
    (tmp_path / "表.结果.csv").mkdir()

    ran = run(data, "ingest", "--json", str(sheet))

    assert ran.results[0]["result_file"] is None
    assert ran.results[0]["rows"] == 1
    assert "was not written" in ran.messages
    assert [json.loads(json.dumps(result)) for result in ran.results] == ran.results
    assert not list(tmp_path.glob(".*part"))
