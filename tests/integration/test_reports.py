"""Reports of a real county: frozen, made again after a late event, signed, written as files."""

import io
import json
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
from docx.oxml.ns import qn
from sqlalchemy import update

from dashboards.reports.document import to_document
from dashboards.reports.frozen import decode, digest_of
from dashboards.reports.period import Kind, Period
from dashboards.reports.store import Report, Reports
from dashboards.tables import REPORT
from tests.support.pages import PASSWORD, Browser, log_in
from tests.support.running_county import END, ingest, open_county, run, serving, written
from yujing.access.accounts import NewAccount
from yujing.access.roles import Role
from yujing.access.scope import Scope
from yujing.app.county import County
from yujing.app.county_code import prefix_of
from yujing.app.output import Collected, Silence
from yujing.app.pages import page_routes, services
from yujing.app.report_reminders import Stage, remind_of_reports, report_reminders
from yujing.app.report_reminders import standing_of_annual as standing
from yujing.app.reports import freeze, write
from yujing.app.requests import Request, perform
from yujing.app.serve import imports_of
from yujing.app.sweep import sweep
from yujing.errors import StorageError, UsageError
from yujing.storage.sql import writing
from yujing.web.application import application

pytestmark = pytest.mark.integration
NOVEMBER = Period.read(Kind.MONTHLY, "2026-11", END)
LATE: dict[str, Any] = {
    "event_type": "migration.return", "source_system": "village_report", "source_version": 1,
    "occurred_from": "2026-11-03", "work_region": "520402", "reason": "low_wage",
    "intent": "undecided",
}  # fmt: skip


@pytest.fixture(scope="module")
def swept(county_files: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A county that was swept, closed; every test opens a copy of it."""
    folder = tmp_path_factory.mktemp("reports")
    with open_county(folder / "county") as county:
        ingest(county, county_files)
        sweep(county, END, Silence())
    return folder


@pytest.fixture
def county(swept: Path, tmp_path: Path) -> Iterator[County]:
    shutil.copytree(swept, tmp_path / "copy", symlinks=True)
    with open_county(tmp_path / "copy" / "county") as county:
        yield county


def late_returns(county: County, folder: Path, files: list[Path], n: int) -> None:
    """Take in returns of people of the county that come late."""
    found: dict[str, str] = {}
    for path in files:
        for line in path.read_bytes().splitlines():
            row = json.loads(line)
            if row["event_type"] == "member.upsert" and len(found) < n:
                found.setdefault(row["id_number"], row.get("region_code", ""))
    lines = [
        json.dumps({**LATE, "source_record_id": f"late-{number}", "id_number": id_number}).encode()
        for number, id_number in enumerate(found)
    ]
    (taken,) = ingest(county, [written(folder, "late.ndjson", lines)])
    assert taken["accepted"] == n


def figures_of(report: Report, county: County) -> list[str]:
    """Return every figure of a report as everybody reads it."""
    body = Reports(county.engine).body(report.id)
    return [
        text
        for one in body.figures
        for row in one.texts
        for column, text in zip(one.columns, row, strict=True)
        if column.unit is not None
    ]


class TestVersions:
    def test_made_again_without_news_it_is_the_same_version(self, county: County) -> None:
        first, new = freeze(county, NOVEMBER)
        again, renewed = freeze(county, NOVEMBER)

        assert (new, renewed) == (True, False)
        assert again == first
        assert first.version == 1
        assert first.changes == ()

    def test_a_late_event_makes_a_version_that_says_what_changed(
        self, county: County, county_files: list[Path], tmp_path: Path
    ) -> None:
        first, _ = freeze(county, NOVEMBER)
        kept = Reports(county.engine).body(first.id)
        files = [path.read_bytes() for path in write(county, first, tmp_path)]
        late_returns(county, tmp_path, county_files, 7)

        second, new = freeze(county, NOVEMBER)

        assert new
        assert second.version == 2
        assert second.digest != first.digest
        assert second.cut_off.positions[0] > first.cut_off.positions[0]
        flows = [one for one in second.changes if one.panel == "returns/flows"]
        assert [one.row for one in flows] == ["2026年11月，返乡"]
        before = kept.find("returns/flows")
        assert before is not None
        former = {row.values[1]: row.values[2] for row in before.rows}
        if isinstance(former.get("返乡"), int):
            assert flows[0].now == f"{former['返乡'] + 7:,}"
        assert not any(one.panel == "overview/members" for one in second.changes)
        reports = Reports(county.engine)
        assert reports.get(first.id) == first
        assert reports.body(first.id) == kept
        assert [path.read_bytes() for path in write(county, first, tmp_path)] == files
        words = docx_text(write(county, second, tmp_path)[0])
        assert flows[0].sentence in words
        assert "与第 1 版的不同" in words

    def test_what_was_changed_behind_its_back_is_refused(self, county: County) -> None:
        report, _ = freeze(county, NOVEMBER)
        with writing(county.engine) as connection:
            body = Reports(county.engine).body(report.id)
            connection.execute(update(REPORT).values(body=REPORT.c.body + " "))

        with pytest.raises(StorageError, match="digest"):
            Reports(county.engine).body(report.id)
        assert body.title

    def test_an_earlier_report_is_what_the_next_is_compared_with(self, county: County) -> None:
        october, _ = freeze(county, Period.read(Kind.MONTHLY, "2026-10", END))
        november, _ = freeze(county, NOVEMBER)

        flows = Reports(county.engine).body(november.id).find("labour/flows")
        assert flows is not None
        assert [(one.period, one.report) for one in flows.earlier] == [
            ("2026-10", october.id), ("2025-11", ""),
        ]  # fmt: skip
        told = Reports(county.engine).body(october.id).find("labour/flows")
        assert told is not None
        assert flows.earlier[0].rows == told.rows
        assert told.rows


class TestSigning:
    def test_a_report_is_signed_once(self, county: County, tmp_path: Path) -> None:
        report, _ = freeze(county, NOVEMBER)
        reports = Reports(county.engine)

        signed = reports.sign(report.id, "陈县长", county.now())

        assert signed.signed_by == "陈县长"
        assert signed.digest == report.digest
        assert "签发人：陈县长" in docx_text(write(county, signed, tmp_path)[0])
        with pytest.raises(UsageError, match="already"):
            reports.sign(report.id, "王副县长", county.now())

    def test_an_older_version_and_no_name_are_refused(
        self, county: County, county_files: list[Path], tmp_path: Path
    ) -> None:
        first, _ = freeze(county, NOVEMBER)
        late_returns(county, tmp_path, county_files, 7)
        second, _ = freeze(county, NOVEMBER)
        reports = Reports(county.engine)

        with pytest.raises(UsageError, match=second.id):
            reports.sign(first.id, "陈县长", county.now())
        with pytest.raises(UsageError, match="name"):
            reports.sign(second.id, "  ", county.now())
        with pytest.raises(UsageError, match="no report"):
            reports.sign("M1", "陈县长", county.now())


def docx_text(path: Path) -> str:
    document: Any = docx.Document(str(path))
    texts = [paragraph.text for paragraph in document.paragraphs]
    texts += [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join(texts)


class TestFiles:
    def test_every_figure_stands_in_the_document_and_the_book(
        self, county: County, tmp_path: Path
    ) -> None:
        report, _ = freeze(county, Period.read(Kind.ANNUAL, "2026", END))
        document, book, content = write(county, report, tmp_path)

        words = docx_text(document)
        figures = figures_of(report, county)
        assert len(figures) > 50
        assert not [text for text in figures if text not in words]
        assert digest_of(content.read_bytes()) == report.digest
        assert report.digest in words
        sheets = openpyxl.load_workbook(book)
        body = decode(content.read_bytes())
        assert len(sheets.sheetnames) == 2 + len(body.figures)
        for one, name in zip(body.figures, sheets.sheetnames[1:], strict=False):
            told = [[cell.value for cell in row] for row in sheets[name].iter_rows(min_row=5)]
            for row, cells in zip(one.rows, told, strict=False):
                assert [v for v in row.values if isinstance(v, int)] == [
                    v for v, known in zip(cells, row.values, strict=True) if isinstance(known, int)
                ]

    def test_small_numbers_are_nowhere(self, county: County, tmp_path: Path) -> None:
        report, _ = freeze(county, NOVEMBER)
        body = Reports(county.engine).body(report.id)

        hidden = 0
        for one in body.figures:
            if not one.hides:
                continue
            place = one.names.index(one.hides[0])
            for row in (*one.rows, *(row for e in one.earlier for row in e.rows)):
                hidden += row.hidden
                value = row.values[place]
                assert value is None or value == 0 or value >= 5  # type: ignore[operator]  # counts
        assert hidden
        assert "<5" in docx_text(write(county, report, tmp_path)[0])

    def test_a_figure_is_what_its_query_answers(self, county: County) -> None:
        report, _ = freeze(county, NOVEMBER)
        output = Collected()
        asked = {"id": report.id, "figure": "overview/employed", "to": ""}

        perform(county, Request("report.show", asked), output)

        (told,) = output.results
        result = county.clickhouse.query(told["sql"])
        n = result.result_rows[0][list(result.column_names).index("n")]
        assert told["rows"][0][0] == f"{n:,}"  # type: ignore[index]  # a list of texts
        assert told["filters"]["first"] == "2026-11-01"  # type: ignore[index]

    def test_the_page_is_that_of_official_documents(self, county: County, tmp_path: Path) -> None:
        report, _ = freeze(county, NOVEMBER)
        document: Any = docx.Document(str(write(county, report, tmp_path)[0]))

        (section,) = document.sections
        measures = (
            section.page_width,
            section.page_height,
            section.top_margin,
            section.bottom_margin,
            section.left_margin,
            section.right_margin,
        )
        assert [round(one.mm) for one in measures] == [210, 297, 37, 35, 28, 26]
        title, _, _, opening = document.paragraphs[:4]
        assert title.runs[0].font.size.pt == 22
        assert title.runs[0]._r.rPr.rFonts.get(qn("w:eastAsia")) == "方正小标宋简体"
        assert opening.runs[0].font.size.pt == 16
        assert opening.runs[0]._r.rPr.rFonts.get(qn("w:eastAsia")) == "仿宋_GB2312"
        assert opening._p.pPr.ind.get(qn("w:firstLineChars")) == "200"
        footer = section.footer._element.xml
        assert "PAGE" in footer
        captions = [p.text for p in document.paragraphs if p.text.startswith("表")]
        assert len(captions) == len(document.tables)


class TestPage:
    @pytest.fixture
    def browser(self, county: County) -> Browser:
        for name, role, scope in (
            ("leader", Role.LEADER, prefix_of(county)), ("data", Role.DATA_TEAM, "52"),
            ("elsewhere", Role.LEADER, "520626"),
        ):  # fmt: skip
            county.access.accounts.add(
                NewAccount(name, role, Scope(scope), "陈县长"), at=county.now(), by="test",
                password=PASSWORD, must_change=False,
            )  # fmt: skip
        routes = page_routes(county, imports_of(county))
        return Browser(application(services(county), routes))

    def test_a_leader_reads_and_signs(self, county: County, browser: Browser) -> None:
        report, _ = freeze(county, NOVEMBER)
        log_in(browser, "leader")
        page = browser.get("/reports")
        assert report.id in page.text
        assert "签发这一版" in page.text
        document = browser.get(f"/reports/{report.id}.docx").content
        assert document == to_document(report, Reports(county.engine).body(report.id))
        assert browser.get(f"/reports/{report.id}.xlsx").content[:2] == b"PK"
        assert browser.get(f"/reports/{report.id}.exe").status_code == 404

        assert browser.submit("/reports/sign", page="/reports", report=report.id).status_code == 303

        assert Reports(county.engine).get(report.id).signed_by == "陈县长"
        assert "签发这一版" not in browser.get("/reports").text

    def test_who_is_no_leader_of_the_place_cannot(self, county: County, browser: Browser) -> None:
        report, _ = freeze(county, NOVEMBER)
        log_in(browser, "data")
        assert "签发这一版" not in browser.get("/reports").text
        assert browser.submit("/reports/sign", report=report.id).status_code == 404
        log_in(browser, "elsewhere")
        assert report.id not in browser.get("/reports").text
        assert browser.get(f"/reports/{report.id}.docx").status_code == 404
        assert browser.submit("/reports/sign", report=report.id).status_code == 404
        assert Reports(county.engine).get(report.id).signed_by is None


class TestReminders:
    @staticmethod
    def at(county: County, day: date) -> int:
        county.clock.at = datetime(day.year, day.month, day.day, 1, tzinfo=UTC)  # type: ignore[attr-defined]
        return remind_of_reports(county)

    def test_the_chain_reminds_once_a_step_until_it_is_signed(self, county: County) -> None:
        said = {day: self.at(county, day) for day in (
            date(2026, 10, 30), date(2026, 10, 31), date(2026, 11, 1), date(2026, 11, 20),
            date(2026, 11, 30), date(2026, 12, 1),
        )}  # fmt: skip
        assert list(said.values()) == [0, 1, 0, 1, 1, 0]
        report, _ = freeze(county, Period.read(Kind.ANNUAL, "2026", date(2026, 12, 1)))
        assert self.at(county, date(2026, 12, 5)) == 1
        assert standing(county, 2026).stage is Stage.NOT_SIGNED
        Reports(county.engine).sign(report.id, "陈县长", county.now())

        assert self.at(county, date(2026, 12, 8)) == 0
        found = report_reminders(county)
        assert [one.days_before for one in found] == [5, 10, 20, 40]
        assert [one.stage for one in found][:2] == [Stage.NOT_SIGNED, Stage.NOT_MADE]
        assert all(one.done_at for one in found)

    def test_what_is_late_is_told_in_the_new_year_too(self, county: County) -> None:
        assert self.at(county, date(2026, 12, 10)) == 1
        assert self.at(county, date(2027, 1, 4)) == 1
        assert report_reminders(county)[0].days_before == -1
        assert "还没有生成" in standing(county, 2026).sentence


@pytest.mark.soak
def test_the_commands_work_while_the_service_holds_the_data(
    county_files: list[Path], tmp_path: Path
) -> None:
    data, out = tmp_path / "county", tmp_path / "out"
    out.mkdir()
    with open_county(data) as county:
        ingest(county, county_files[:20])
        sweep(county, END, Silence())
    with serving(data):
        made = run(data, "report", "monthly", "--month", "2026-10", "--to", str(out), "--json")
        assert made.status == 0, made.messages
        name = made.results[0]["id"]
        shown = run(data, "report", "show", name, "--json")
        signed = run(data, "report", "sign", name, "--by", "陈县长", "--json")
        listed = run(data, "report", "list", "--json")
        refused = run(data, "report", "monthly", "--month", "2026-13", "--to", str(out))

    assert sorted(path.name for path in out.iterdir()) == [
        f"{name}.docx", f"{name}.json", f"{name}.xlsx",
    ]  # fmt: skip
    assert shown.results[0]["digest"] == made.results[0]["digest"]
    assert shown.results[0]["figures"]
    assert signed.results[0]["signed_by"] == "陈县长"
    assert [one["id"] for one in listed.results] == [name]
    assert refused.status == 2
    assert io.BytesIO((out / f"{name}.docx").read_bytes()).read(2) == b"PK"
