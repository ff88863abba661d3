"""The boards of a real county: from files of events to the page, its downloads and its limits."""

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from dashboards.board_page import routes
from dashboards.boards import BOARDS
from dashboards.rollup.rollup import RollUp
from dashboards.standing.table import StandingNumbers
from models.features.work import EMPLOYED
from tests.support.pages import PASSWORD, Browser, log_in
from tests.support.running_county import END, ingest, open_county
from yujing.access.accounts import NewAccount
from yujing.access.roles import Role
from yujing.access.scope import Scope
from yujing.app.county import County
from yujing.app.county_code import prefix_of
from yujing.app.output import Silence
from yujing.app.pages import page_routes, services
from yujing.app.serve import imports_of
from yujing.app.sweep import sweep
from yujing.web.application import application

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def county(county_files: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    with open_county(tmp_path_factory.mktemp("boards") / "county") as county:
        ingest(county, county_files)
        sweep(county, END, Silence())
        for name, role, scope in (
            ("leader", Role.LEADER, prefix_of(county)),
            ("township", Role.SUPERVISOR, f"{_township(county)}"[:9]),
            ("village", Role.SUPERVISOR, f"{_village(county)}"),
            ("elsewhere", Role.LEADER, "520626"),
            ("worker", Role.WORKER, f"{_village(county)}"),
        ):
            county.access.accounts.add(
                NewAccount(name, role, Scope(scope)), at=county.now(), by="test",
                password=PASSWORD, must_change=False,
            )  # fmt: skip
        yield county


def _township(county: County) -> int:
    return _village(county) // 1000 * 1000


def _village(county: County) -> int:
    regions = county.state.households["region"]
    return int(regions[regions > 0][0])


@pytest.fixture
def browser(county: County) -> Browser:
    routes = page_routes(county, imports_of(county))
    return Browser(application(services(county), routes))


def as_(browser: Browser, username: str) -> Browser:
    log_in(browser, username)
    return browser


@pytest.mark.parametrize("board", [b for b in BOARDS if not b.operators], ids=lambda b: b.code)
def test_a_leader_reads_every_board(browser: Browser, board: object) -> None:
    code, title = board.code, board.title  # type: ignore[attr-defined]
    answer = as_(browser, "leader").get(f"/boards/{code}")

    assert answer.status_code == 200
    assert title in answer.text
    for panel in board.panels:  # type: ignore[attr-defined]
        assert panel.title in answer.text
    assert len(answer.content) < 100_000


def test_the_page_shows_what_the_sweep_counted(county: County, browser: Browser) -> None:
    cells = StandingNumbers(county.clickhouse).of_day(END)["labourers.work"]
    employed = int(cells.compress(cells["value"] == EMPLOYED)["n"].sum())

    html = as_(browser, "leader").get("/boards/overview?from=2026-01&to=2026-11").text

    assert f">{employed:,}<span" in html.split('id="employed"')[1]


def test_events_count_where_their_people_are_registered(county: County, browser: Browser) -> None:
    total, nowhere = county.clickhouse.query(
        "SELECT sum(n), sumIf(n, township = 0) FROM cells WHERE kind IN (7, 8, 9) AND facet = 1"
    ).result_rows[0]

    html = as_(browser, "leader").get("/boards/labour").text

    assert total > 1_000
    assert nowhere == 0
    assert html.count("尚无数据") <= 1


def test_after_a_sweep_the_cells_are_those_of_the_facts(county: County) -> None:
    roll_up = RollUp(county.clickhouse)

    assert roll_up.refresh().n_cells == 0
    assert roll_up.differing() == 0


def test_a_township_sees_its_own_numbers(county: County, browser: Browser) -> None:
    mine = as_(browser, "township").get("/boards/overview").text
    asked = browser.get(f"/boards/overview?place={_township(county)}")
    outside = browser.get("/boards/overview?place=520626101000")

    assert asked.status_code == 200
    assert outside.status_code == 404
    assert browser.get("/boards/overview?place=520626").status_code == 404
    assert "本辖区" in mine
    people = StandingNumbers(county.clickhouse).of_day(END)["people"]
    own = int(people.compress(people["township"] == _township(county))["n"].sum())
    assert f"/ {own:,} · " in mine.split('id="members"')[1]


@pytest.mark.parametrize(("username", "status"), [("village", 404), ("worker", 404)])
def test_boards_end_at_the_township(browser: Browser, username: str, status: int) -> None:
    assert as_(browser, username).get("/boards/overview").status_code == status


def test_another_county_sees_nothing_of_this_one(browser: Browser) -> None:
    html = as_(browser, "elsewhere").get("/boards/overview").text

    assert "尚无数据" in html.split('id="members"')[1].split("</article>")[0]


def test_a_panel_downloads_as_the_page_shows_it(browser: Browser) -> None:
    answer = as_(browser, "leader").get("/boards/overview/categories.csv")

    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0] == ["各类人员"]
    assert rows[3][0].startswith("导出：2026-11-23")
    assert rows[5] == ["类别", "人数（人）", "占在册成员"]
    html = browser.get("/boards/overview").text.split('id="categories"')[1]
    for label, n, _ in rows[6:]:
        assert label in html
        assert n in ("<5", "不显示") or f"{int(n):,}" in html


def test_a_board_downloads_as_a_book(browser: Browser) -> None:
    answer = as_(browser, "leader").get("/boards/labour/book.xlsx")

    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert book.sheetnames[0] == "目录"
    assert set(book.sheetnames[1:]) == {panel.title for panel in BOARDS[1].panels}
    assert all(cell.data_type != "f" for sheet in book for row in sheet for cell in row)
    sheet = book["上岗和离职"]
    assert [cell.value for cell in sheet[4]] == ["月份", "类别", "次（次）"]


def test_an_unreadable_month_is_told(browser: Browser) -> None:
    answer = as_(browser, "leader").get("/boards/overview?from=2026-13")

    assert answer.status_code == 400
    assert "2026-11" in answer.text


def test_a_board_leads_to_grafana_where_there_is_one(county: County, browser: Browser) -> None:
    assert "Grafana" not in as_(browser, "leader").get("/boards/overview").text
    there = replace(services(county), grafana="https://grafana.example/x")
    other = as_(Browser(application(there, routes(there))), "leader")

    assert (
        'href="https://grafana.example/x/d/yujing-overview"' in other.get("/boards/overview").text
    )
