"""Somebody objects: rules and scores pause, the township answers."""

from tests.support.pages import Browser
from tests.support.small_county import SmallCounty

Cards = dict[str, int]


def test_an_objection_pauses_the_household_until_the_township_answers(
    county: SmallCounty, browser: Browser, supervisor: Browser, cards: Cards
) -> None:
    number = cards["zhao"]
    card = county.desk.card(number)
    assert card is not None

    browser.submit(f"/cards/{number}/object")

    assert card.household in county.desk.paused()
    assert "本人有异议：规则和评分的提醒已暂停" in browser.get(f"/cards/{number}").text
    assert "本人有异议，等您答复（1）" in supervisor.get("/township").text

    supervisor.submit(f"/cards/{number}/settle")

    assert county.desk.paused() == {}
    assert "等您答复" not in supervisor.get("/township").text


def test_a_worker_cannot_answer_an_objection(
    county: SmallCounty, browser: Browser, cards: Cards
) -> None:
    browser.submit(f"/cards/{cards['zhao']}/object")

    assert "已答复，恢复提醒" not in browser.get(f"/cards/{cards['zhao']}").text
    assert browser.submit(f"/cards/{cards['zhao']}/settle").status_code == 404
    assert len(county.desk.paused()) == 1


def test_a_card_of_another_village_cannot_be_objected_to(
    county: SmallCounty, browser: Browser, cards: Cards
) -> None:
    assert browser.submit(f"/cards/{cards['sun']}/object").status_code == 404
    assert county.desk.paused() == {}
