"""The supervisor's page: overdue, handing over, held bursts."""

from datetime import timedelta

import msgspec
import pytest

from tests.support.pages import Browser, log_in
from tests.support.small_county import FAR, LI, LOWER, UPPER, ZHAO, SmallCounty, draft
from yujing.storage.sql import writing

Cards = dict[str, int]


def hold(county: SmallCounty, *regions: int) -> int:
    """Keep a burst of one employer at the desk."""
    with writing(county.engine) as connection:
        number = connection.exec_driver_sql(
            "INSERT INTO held (day, county, dimension, value, card_limit, stage, made_at)"
            " VALUES ('2026-11-24', 520526, 'employer', 5, 20, 'waiting', 0)"
        ).lastrowid
        for home, region in zip((10, 20, 30, 40), regions, strict=False):
            connection.exec_driver_sql(
                "INSERT INTO held_cards VALUES (?, ?, ?)",
                (number, home, msgspec.json.encode(draft(home, ZHAO, region))),
            )
    assert number is not None
    return int(number)


def test_overdue_cards_are_counted_where_they_are(
    county: SmallCounty, supervisor: Browser, cards: Cards
) -> None:
    assert "3 户待办，没有过期的" in supervisor.get("/township").text
    county.clock.at += timedelta(days=3)
    log_in(supervisor, "tang")

    html = supervisor.get("/township").text
    assert "3 户过期未走访，共 3 户待办" in html
    assert f'待办 2 户 · <a href="/township?village={UPPER}#overdue">过期 2 户</a>' in html
    assert "最久的已过期 3 个工作日" in html
    assert f'name="card_{cards["sun"]}"' in html


def test_a_long_list_of_overdue_cards_begins_with_the_oldest_and_opens_by_village(
    county: SmallCounty, supervisor: Browser
) -> None:
    for home in range(500, 530):
        county.open(draft(home, home, LOWER, due_on="2026-11-20"))
    oldest = county.open(draft(20, LI, UPPER, due_on="2026-11-12"))

    html = supervisor.get("/township").text
    assert "先列最久的 20 户，还有 11 户" in html
    assert f'name="card_{oldest}"' in html
    only = supervisor.get(f"/township?village={UPPER}").text
    assert only.count('type="checkbox"') == 1
    assert "看全部" in only


def test_overdue_cards_are_handed_over_in_bulk(
    county: SmallCounty, supervisor: Browser, cards: Cards
) -> None:
    chosen = {f"card_{cards['zhao']}": "1", f"card_{cards['sun']}": "1"}

    answer = supervisor.submit("/township/assign", assignee="deng", **chosen)
    assert answer.headers["location"] == "/township?assigned=2"
    assert county.desk.card(cards["sun"]).assignee == "deng"  # type: ignore[union-attr] # there
    assert "已指派 2 户" in supervisor.get("/township?assigned=2").text


def test_a_card_of_another_township_cannot_be_handed_over(
    county: SmallCounty, supervisor: Browser, cards: Cards
) -> None:
    far = county.open(draft(40, 201, FAR))
    chosen = {f"card_{cards['zhao']}": "1", f"card_{far}": "1"}

    answer = supervisor.submit("/township/assign", assignee="deng", **chosen)
    assert answer.status_code == 404
    assert county.desk.card(cards["zhao"]).assignee == ""  # type: ignore[union-attr] # it is there


@pytest.mark.usefixtures("cards")
def test_a_form_without_choice_or_with_a_stranger_says_so(supervisor: Browser) -> None:
    assert "先勾选" in supervisor.submit("/township/assign", assignee="deng").text
    answer = supervisor.submit("/township/assign", assignee="chen", card_1="1")
    assert "从名单里选" in answer.text


def test_a_burst_is_one_item_and_opens_its_cards_when_released(
    county: SmallCounty, supervisor: Browser
) -> None:
    number = hold(county, UPPER, UPPER, LOWER)
    html = supervisor.get("/township").text
    assert "同一个单位" in html
    assert "放行 3 户" in html

    answer = supervisor.submit(f"/township/held/{number}/release")
    assert answer.headers["location"] == "/township?released=3"
    assert len(county.desk.live_cards("520526111")) == 3
    again = supervisor.submit(f"/township/held/{number}/release")
    assert again.status_code == 409


def test_a_burst_can_be_discarded(county: SmallCounty, supervisor: Browser) -> None:
    number = hold(county, UPPER, LOWER)

    answer = supervisor.submit(f"/township/held/{number}/discard")
    assert answer.headers["location"] == "/township?discarded=2"
    assert county.desk.live_cards("") == []
    assert "已作废 2 户" in supervisor.get("/township?discarded=2").text


def test_a_burst_over_several_townships_is_the_county_s(
    county: SmallCounty, supervisor: Browser
) -> None:
    number = hold(county, UPPER, FAR)

    assert "跨乡镇" in supervisor.get("/township").text
    assert supervisor.submit(f"/township/held/{number}/release").status_code == 404


def test_a_worker_has_no_township_page(browser: Browser, cards: Cards) -> None:
    assert cards
    assert browser.get("/township").status_code == 404
    answer = browser.submit("/township/assign", assignee="deng", card_1="1")
    assert answer.status_code == 404


def test_an_empty_township_is_said(supervisor: Browser) -> None:
    assert "各村都没有待办" in supervisor.get("/township").text
    assert LI
