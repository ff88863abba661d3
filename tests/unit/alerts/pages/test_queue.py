"""The queue: order, masks, scope, search, what was withdrawn or put off, the month."""

from datetime import date, timedelta

import pytest

from tests.support.pages import Browser, log_in
from tests.support.small_county import LI, LOWER, TODAY, UPPER, ZHAO, SmallCounty, draft
from yujing.domain.codes import Outcome
from yujing.storage.sql import writing

Cards = dict[str, int]


def test_the_red_card_of_today_comes_first(browser: Browser, cards: Cards) -> None:
    html = browser.get("/queue").text

    assert html.index(f'/cards/{cards["li"]}"') < html.index(f'/cards/{cards["zhao"]}"')
    assert "今天 18:00 前" in html
    assert "周四前（还有 2 个工作日）" in html
    assert "本月已派 2 / 12 户" in html


def test_names_are_masked_and_other_villages_are_not_there(browser: Browser, cards: Cards) -> None:
    html = browser.get("/queue").text

    assert "赵*军 户" in html
    assert "赵建军" not in html
    assert "138000" not in html
    assert "孙*兰" not in html
    assert f'/cards/{cards["sun"]}"' not in html


@pytest.mark.usefixtures("cards")
def test_a_household_is_said_in_a_line(browser: Browser) -> None:
    html = browser.get("/queue").text

    assert "· 2 人 · 脱贫户" in html
    assert "47 天未见新的务工记录" in html


def test_among_equals_who_waited_longest_for_a_contact_comes_first(
    county: SmallCounty, browser: Browser
) -> None:
    old = county.open(draft(10, ZHAO, UPPER), day=TODAY - timedelta(days=60))
    county.desk.record_outcome(old, Outcome.SOLVED, by="wang", at=county.clock.now())
    second = county.open(draft(10, ZHAO, UPPER))
    never = county.open(draft(20, LI, UPPER))

    html = browser.get("/queue").text
    assert html.index(f'/cards/{never}"') < html.index(f'/cards/{second}"')


def test_what_was_withdrawn_stays_a_day_with_its_reason(
    county: SmallCounty, browser: Browser, cards: Cards
) -> None:
    with writing(county.engine) as connection:
        connection.exec_driver_sql(
            "UPDATE cards SET stage = 'cancelled', ended_on = '2026-11-24',"
            f" ended_why = '11-20 恢复缴费（社保），提醒自动取消' WHERE id = {cards['zhao']}"
        )

    html = browser.get("/queue").text
    assert "刚撤回和到期的（1）" in html
    assert "11-20 恢复缴费（社保），提醒自动取消" in html
    county.clock.at += timedelta(days=2)
    log_in(browser)
    assert "刚撤回" not in browser.get("/queue").text


def test_what_was_put_off_is_folded_until_its_day(
    county: SmallCounty, browser: Browser, cards: Cards
) -> None:
    county.desk.snooze(cards["zhao"], date(2026, 11, 27), by="wang", at=county.clock.now())
    assert "推迟的 1 户" in browser.get("/queue").text

    county.clock.at += timedelta(days=3)
    log_in(browser)
    assert "推迟的" not in browser.get("/queue").text


def test_an_empty_queue_is_friendly(browser: Browser) -> None:
    assert "今天没有新的提醒" in browser.get("/queue").text


@pytest.mark.parametrize(
    ("wanted", "found"),
    [("建军", "赵*军 户"), ("00020", "李* 户"), ("周大山", "没有找到"), ("孙", "没有找到")],
)
@pytest.mark.usefixtures("cards")
def test_search_finds_by_name_and_number_within_the_village(
    browser: Browser, wanted: str, found: str
) -> None:
    html = browser.submit("/queue", q=wanted).text

    section = html[html.index('aria-label="搜索结果"') : html.index("</section>")]
    assert found in section


@pytest.mark.usefixtures("cards")
def test_a_name_that_was_searched_never_stands_in_an_address(browser: Browser) -> None:
    assert "搜索结果" not in browser.get("/queue?q=建军").text


def test_a_township_sees_its_villages_and_filters_from_ten_on(
    county: SmallCounty, supervisor: Browser, cards: Cards
) -> None:
    html = supervisor.get("/queue").text
    assert all(f'/cards/{number}"' in html for number in cards.values())
    assert 'aria-label="按村看"' not in html

    for home in range(500, 510):
        county.open(draft(home, home, LOWER))
    assert 'aria-label="按村看"' in supervisor.get("/queue").text
    only = supervisor.get(f"/queue?village={UPPER}").text
    assert f'/cards/{cards["sun"]}"' not in only
    assert f'/cards/{cards["zhao"]}"' in only


def test_many_cards_come_in_pages(county: SmallCounty, supervisor: Browser) -> None:
    for home in range(500, 560):
        county.open(draft(home, home, LOWER))

    assert "第 1 / 2 页，共 60 户" in supervisor.get("/queue").text
    assert "第 2 / 2 页" in supervisor.get("/queue?page=9").text


def test_the_leader_has_no_queue(county: SmallCounty) -> None:
    browser = Browser(county.app)
    log_in(browser, "chen")

    assert browser.get("/queue").status_code == 404


def test_done_lists_what_ended_this_month(
    county: SmallCounty, browser: Browser, cards: Cards
) -> None:
    assert "还没有办结的" in browser.get("/done").text
    county.desk.record_outcome(cards["li"], Outcome.SOLVED, by="wang", at=county.clock.now())

    html = browser.get("/done").text
    assert "本月已处理 1 户" in html
    assert "已办结 · 11-24 · 已解决" in html
    assert "本月已处理 1 户" in browser.get("/queue").text


def test_what_waits_for_help_stands_below_whom_to_call(
    county: SmallCounty, browser: Browser, cards: Cards
) -> None:
    county.desk.record_outcome(cards["li"], Outcome.CONFIRMED, by="wang", at=county.clock.now())

    html = browser.get("/queue").text
    assert "已走访属实，等帮扶落实（1）" in html
    assert html.index(f'/cards/{cards["zhao"]}"') < html.index(f'/cards/{cards["li"]}"')
    assert "帮扶落实 · 12-08 前" in html
