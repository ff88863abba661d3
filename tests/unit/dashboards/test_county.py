"""The leaders' pages on real stores: numbers, suppression, scope, lists, reveals."""

import doctest
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from dashboards import county as page
from dashboards.counts import VillageCounts
from dashboards.snapshots import Snapshots
from tests.support.pages import Browser, log_in
from tests.support.small_county import FAR, LOWER, UPPER, SmallCounty, draft, small_county
from tests.support.small_state import SmallState, household, member, month_bit
from yujing.domain.codes import Outcome


@pytest.fixture
def county(tmp_path: Path) -> Iterator[SmallCounty]:
    with small_county(tmp_path) as county:
        yield county


def large_state(n: int = 40) -> SmallState:
    """Return households 1000.. in two townships: 3 in FAR, the rest in UPPER."""
    told = month_bit(2026, 10)
    places = [FAR if i < 3 else UPPER for i in range(n)]
    return SmallState(
        [member(2000 + i, 1000 + i, p, worked=told * (i % 2)) for i, p in enumerate(places)],
        [household(1000 + i, p) for i, p in enumerate(places)],
    )


@pytest.fixture
def large(county: SmallCounty) -> SmallCounty:
    county.state = large_state()
    for i in range(20):
        county.open(draft(1000 + i, 2000 + i, FAR if i < 3 else UPPER))
    return county


def browser_of(county: SmallCounty, username: str) -> Browser:
    browser = Browser(county.app)
    log_in(browser, username)
    return browser


def test_the_examples_hold() -> None:
    assert doctest.testmod(page).failed == 0


def test_the_leader_reads_numbers_with_denominators_and_the_sentence(large: SmallCounty) -> None:
    html = browser_of(large, "chen").get("/county").text

    assert "本月 20 户需要走访，0 户 3 个工作日内联系上，20 户还在期限内；各村都已报数。" in html
    assert ">20<span" in html
    assert "/ 40 · 50.0%" in html
    assert "怎么来的" in html
    assert "今天还有未办结提醒的户" in html
    assert "还没有上月和去年同期的数据可比" in html


def test_contacts_within_three_working_days_are_counted(large: SmallCounty) -> None:
    cards = large.desk.live_cards("")
    at = large.clock.now()
    large.desk.record_outcome(cards[0].id, Outcome.CONFIRMED, by="wang", at=at)
    large.desk.record_outcome(cards[1].id, Outcome.NO_CONTACT, by="wang", at=at)
    large.desk.record_outcome(cards[2].id, Outcome.SOLVED, by="wang", at=at)
    large.desk.undo(cards[2].id, by="wang", at=at)

    assert (
        "1 户 3 个工作日内联系上，19 户还在期限内" in browser_of(large, "chen").get("/county").text
    )


def test_small_cells_and_their_companion_are_hidden_from_the_leader(large: SmallCounty) -> None:
    html = browser_of(large, "chen").get("/county").text

    table = html[html.index('class="places"') :]
    assert "&lt;5" in table
    assert "不显示" in table
    assert ">17<" not in table


def test_the_supervisor_sees_villages_of_the_township_in_full(large: SmallCounty) -> None:
    html = browser_of(large, "tang").get("/county").text

    assert "大院村" in html
    assert "小河边村" not in html
    assert "各村" in html
    assert "不显示" not in html
    assert f"/county/list/needs/{UPPER}" in html


def test_the_table_can_be_sorted_by_links(large: SmallCounty) -> None:
    browser = browser_of(large, "chen")

    by_code = browser.get("/county").text
    by_need = browser.get("/county?sort=needs").text
    assert by_code.index("龙街镇") < by_code.index("羊街镇")
    assert by_need.index("龙街镇") < by_need.index("羊街镇")
    assert 'sort=needs#places" aria-current="true"' in by_need
    assert browser.get("/county?sort=overdue").status_code == 200
    assert browser.get("/county?sort=rubbish").status_code == 200


def test_changes_are_told_against_last_month(large: SmallCounty) -> None:
    villages = np.array([UPPER], dtype=np.int64)
    n, of = np.array([15]), np.array([40])
    kept = {"needs": VillageCounts(villages, n, of)}
    Snapshots(large.engine).keep(date(2026, 10, 22), kept)

    html = browser_of(large, "chen").get("/county").text
    assert "比上月同日多 5（10-22 为 15）" in html
    assert "比去年同一农历周：没有数据" in html


def test_overdue_and_not_sent_are_counted(large: SmallCounty) -> None:
    with large.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE cards SET due_on = '2026-11-20'")
        connection.exec_driver_sql(
            "INSERT INTO deals"
            " VALUES ('2026-11-24', ?, 1, 1, 0, '[]', 12, 10, 0, 1, 0, 7, 700000, x'')",
            (UPPER,),
        )
        connection.exec_driver_sql(
            "INSERT INTO held"
            " VALUES (1, '2026-11-24', 520526, 'rule', 1, 20, 'waiting', 0, NULL, '')"
        )
        for home in range(6):
            connection.exec_driver_sql("INSERT INTO held_cards VALUES (1, ?, x'')", (home,))

    html = browser_of(large, "chen").get("/county").text
    assert "逾期未走访 <strong>20</strong> 户" in html
    assert "等待放行 <strong>1</strong> 批，共 6 户" in html
    assert "暂不派发 <strong>7</strong> 户，预计损失约 7,000 元" in html


def test_the_list_behind_a_number_is_masked_and_ends_at_the_township(large: SmallCounty) -> None:
    html = browser_of(large, "chen").get("/county/list/needs").text

    assert "共 20 户" in html
    assert "龙街镇" not in html  # its cell is hidden beside the small one, so the list hides it too
    assert "其他乡镇" in html
    assert "大院村" not in html


def test_a_small_list_is_not_shown(large: SmallCounty) -> None:
    browser = browser_of(large, "chen")

    assert "不列出名单" in browser.get("/county/list/needs/520526113").text
    assert "不列出名单" in browser.get("/county/list/needs/520526111").text
    assert "共 20 户" in browser.get("/county/list/unseen").text


@pytest.mark.parametrize(
    "path",
    [
        "/county/list/rubbish",
        "/county/list/needs/520222001",
        "/county/list/needs/xyz",
        f"/county/list/needs/{UPPER}",
        "/county/list/needs/52",
    ],
)
def test_a_leader_s_list_stays_within_county_and_above_the_village(
    large: SmallCounty, path: str
) -> None:
    assert browser_of(large, "chen").get(path).status_code == 404


def test_a_long_list_comes_in_pages(county: SmallCounty) -> None:
    county.state = large_state(130)
    browser = browser_of(county, "tang")

    first, last = (
        browser.get("/county/list/unseen").text,
        browser.get("/county/list/unseen?page=9").text,
    )
    assert "第 1 / 2 页" in first
    assert "第 2 / 2 页" in last
    assert "最近两个整月没有上报" in first


def test_an_empty_list_says_so(county: SmallCounty) -> None:
    assert "现在没有这样的户" in browser_of(county, "tang").get("/county/list/helped").text


def test_a_name_needs_a_reason_and_is_written_down_first(county: SmallCounty) -> None:
    browser = browser_of(county, "chen")
    key = f"{30:016x}"

    refused = browser.submit("/county/reveal", household=key, reason=" ")
    assert refused.status_code == 400
    assert "原因" in refused.text
    assert "孙玉兰" not in refused.text
    shown = browser.submit("/county/reveal", household=key, reason="群众来访")
    assert "孙玉兰" in shown.text
    assert "因“群众来访”查看" in shown.text
    reads = county.access.audit.of_account("chen")
    assert [(read.what, read.subject, read.reason) for read in reads] == [
        ("name", f"{103:016x}", "群众来访")
    ]


@pytest.mark.parametrize("key", ["rubbish", "", f"{9999:016x}"])
def test_no_name_outside_of_the_scope(county: SmallCounty, key: str) -> None:
    browser = browser_of(county, "chen")

    assert browser.submit("/county/reveal", household=key, reason="看看").status_code == 404


def test_a_township_s_supervisor_gets_no_name_of_another(county: SmallCounty) -> None:
    browser = browser_of(county, "tang")

    answer = browser.submit("/county/reveal", household=f"{40:016x}", reason="看看")
    assert answer.status_code == 404
    assert county.access.audit.of_account("tang") == []


def test_the_data_team_sees_numbers_and_no_list(county: SmallCounty) -> None:
    browser = browser_of(county, "data")

    assert browser.get("/county").status_code == 200
    assert browser.get("/county/list/needs").status_code == 404
    assert browser.submit("/county/reveal", household=f"{30:016x}", reason="看").status_code == 404


def test_a_worker_has_no_board(county: SmallCounty) -> None:
    assert browser_of(county, "wang").get("/county").status_code == 404
    assert LOWER
