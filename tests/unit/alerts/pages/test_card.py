"""A card: its parts, its scope, the call and its audit."""

import dataclasses
import re

import numpy as np
import pytest

from alerts.pages.card import outcome_words, shown_factors
from tests.support.pages import Browser, log_in
from tests.support.small_county import UPPER as VILLAGE
from tests.support.small_county import ZHAO, ZHOU, SmallCounty, draft, factor
from tests.support.written_differences import difference, differences
from yujing.domain.codes import Outcome

Cards = dict[str, int]


def test_a_card_says_why_what_to_ask_and_what_clears_it(browser: Browser, cards: Cards) -> None:
    html = browser.get(f"/cards/{cards['zhao']}").text

    assert "10 月 8 日工作结束（就业大数据平台），47 天未见新的务工记录" in html
    assert "工作结束：合同到期" in html
    assert "现在是否有活干？" in html
    assert "走访确认已有活干" in html
    assert "派发" in html
    assert "赵建军" not in html


@pytest.mark.parametrize("path", ["sun", "99999", "x", "1e3", "9" * 20, "-1"])
def test_another_village_s_card_and_no_card_look_the_same(
    browser: Browser, cards: Cards, path: str
) -> None:
    number = cards.get(path, path)

    answer = browser.get(f"/cards/{number}")
    assert answer.status_code == 404
    assert browser.submit(f"/cards/{number}/record", outcome="known").status_code == 404
    assert browser.submit(f"/cards/{number}/call").status_code == 404


def test_a_leader_sees_no_card(county: SmallCounty, cards: Cards) -> None:
    leader = Browser(county.app)
    log_in(leader, "chen")

    assert leader.get(f"/cards/{cards['zhao']}").status_code == 404


def test_a_worker_s_first_look_is_kept_and_a_supervisor_s_is_not(
    county: SmallCounty, browser: Browser, supervisor: Browser, cards: Cards
) -> None:
    supervisor.get(f"/cards/{cards['zhao']}")
    assert county.desk.card(cards["zhao"]).seen_at is None  # type: ignore[union-attr] # it is there

    browser.get(f"/cards/{cards['zhao']}")
    browser.get(f"/cards/{cards['zhao']}")
    changes = [t.what for t in county.desk.transitions(cards["zhao"])]
    assert changes == ["dealt", "seen"]


def test_a_call_shows_name_and_number_and_is_written_down(
    county: SmallCounty, browser: Browser, cards: Cards
) -> None:
    answer = browser.submit(f"/cards/{cards['zhao']}/call")

    assert "赵建军" in answer.text
    assert 'href="tel:13800000101"' in answer.text
    reads = county.access.audit.of_subject(ZHAO)
    assert [(r.username, r.what, r.reason) for r in reads] == [("wang", "phone", "拨打")]


def test_a_number_cannot_be_had_by_a_link(browser: Browser, cards: Cards) -> None:
    assert browser.get(f"/cards/{cards['zhao']}/call").status_code == 405


def test_somebody_without_a_number_is_said_to_have_none(
    county: SmallCounty, browser: Browser
) -> None:
    stranger = county.open(draft(777, 0, VILLAGE))

    assert "没有在册成员" in browser.submit(f"/cards/{stranger}/call").text


def test_factors_are_bars_in_proportion() -> None:
    bars = shown_factors([factor("a", 1.0), factor("b", -0.25)])

    assert [(one.length, one.helps) for one in bars] == [(100, False), (25, True)]
    assert shown_factors([]) == []
    assert outcome_words("") == ""
    assert outcome_words("solved") == "已解决"


def test_what_the_model_saw_is_folded_with_its_id(county: SmallCounty, browser: Browser) -> None:
    number = county.open(
        draft(10, ZHAO, VILLAGE, kind="score", rule=0, reason="u90 2026-01-a wage",
              score_reason="u90 2026-01-a wage", evidence=(), factors=(factor("上月工资", 0.7),))
    )  # fmt: skip

    html = browser.get(f"/cards/{number}").text
    assert "评分卡 2026-01-a" in html
    assert "上月工资 3 个月" in html
    assert "0.7" not in html


def test_an_ended_card_has_no_forms_and_says_why(
    county: SmallCounty, browser: Browser, cards: Cards
) -> None:
    county.desk.record_outcome(cards["zhao"], Outcome.SOLVED, by="deng", at=county.clock.now())

    html = browser.get(f"/cards/{cards['zhao']}").text
    assert "已办结" in html
    assert f"/cards/{cards['zhao']}/record" not in html
    assert "撤销刚才的一步" not in html


def settle(county: SmallCounty, *rows: np.void) -> None:
    county.desk.differences.settle(differences(*rows), day=county.clock.now().date())


def legends(html: str) -> list[str]:
    return [legend.split(" <span")[0] for legend in re.findall("<legend>(.*?)</legend>", html)]


def test_sources_that_contradict_each_other_are_asked_first(
    county: SmallCounty, browser: Browser, cards: Cards
) -> None:
    before = legends(browser.get(f"/cards/{cards['zhao']}").text)
    settle(
        county, difference("jobless_working", 10, ZHAO, month="2026-10"),
        difference("student_working", 10, 111, month="2026-09"),
        difference("paid_twice", 10, ZHAO, value=2026, what=6),
    )  # fmt: skip

    asked = legends(browser.get(f"/cards/{cards['zhao']}").text)
    assert asked == [
        "姓名未登记：登记为在校学生，9 月又登记为在岗务工。本人现在是上学还是务工？",
        "赵*军：6 月 1 日登记失业，10 月又登记为在岗务工。现在有活干吗？",
        "想在哪里找活？",
    ]   # the rule's question about work is covered, its other one has the room that is left
    assert before == ["现在是否有活干？", "想在哪里找活？"]


def test_at_most_three_questions_the_most_telling_first(
    county: SmallCounty, browser: Browser, cards: Cards
) -> None:
    codes = ("jobless_insured", "paid_elsewhere", "left_unreported", "dead_working")
    settle(county, *(difference(code, 10, ZHAO, month="2026-07") for code in codes))

    asked = legends(browser.get(f"/cards/{cards['zhao']}").text)
    assert len(asked) == 3
    assert [words.rpartition("。")[2] for words in asked] == [
        "请向村里核实，哪一条登记不对？", "现在在外面有活干吗？",
        "现在是否有单位帮交社保、有活干？",
    ]


def test_the_dead_are_named_and_ended_cards_ask_nothing(
    county: SmallCounty, browser: Browser, cards: Cards
) -> None:
    settle(county, difference("dead_working", 10, ZHOU, month="2026-07"))   # not a member any more
    assert "周*山：6 月 1 日登记死亡" in browser.get(f"/cards/{cards['zhao']}").text

    county.desk.record_outcome(cards["zhao"], Outcome.SOLVED, by="deng", at=county.clock.now())
    assert "登记死亡" not in browser.get(f"/cards/{cards['zhao']}").text


def test_a_county_s_own_words_for_levels_are_used(county: SmallCounty, cards: Cards) -> None:
    row = county.policy.row("colour.2", day=county.clock.now().date())
    county.services = dataclasses.replace(
        county.services, policy=county.policy.replacing(row, "二级")
    )
    browser = Browser(county.app)
    log_in(browser)

    assert "二级" in browser.get(f"/cards/{cards['zhao']}").text
