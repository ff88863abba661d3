from datetime import date

from alerts import reasons
from alerts.drafts import Drafting
from alerts.reasons import Factor
from alerts.rules import SCORE
from tests.support.cases import TODAY, Case, candidates_of, signals_of
from yujing.domain.calendar import Calendar
from yujing.domain.days import to_day
from yujing.domain.policy import Policy


def test_a_day_of_another_year_says_its_year() -> None:
    assert reasons.dated(to_day(date(2025, 12, 3)), TODAY) == "2025 年 12 月 3 日"


def test_the_sentence_has_the_leading_reason_and_one_more() -> None:
    found = candidates_of([Case(1, person=5), Case(1, person=6), Case(1, rule=9), Case(1, rule=4)])

    words = reasons.sentence(found, 0, as_of=TODAY)

    assert words == (
        "全家 40 名劳动力自 10 月 15 日起都没有务工记录（就业大数据平台）；"
        "10 月 15 日工作结束（就业大数据平台），40 天未见新的务工记录")


def test_a_score_speaks_in_things_that_can_be_seen_and_never_in_numbers_of_risk() -> None:
    found = candidates_of([Case(1)])
    found.rows["kind"][0] = SCORE
    factors = [Factor("a", "社保停缴月数", 0.9, "3 至 5 个月"), Factor("age_years", "年龄", 0.5),
               Factor("b", "离职次数", 0.1), Factor("c", "文化程度", -0.5, "大专")]

    words = reasons.sentence(found, 0, as_of=TODAY, factors=factors)

    assert words == (
        "截至 11 月 24 日的登记情况提示就业或收入可能有变化：社保停缴月数 3 至 5 个月，离职次数")
    assert reasons.sentence(found, 0, as_of=TODAY).endswith("可能有变化")


def test_at_most_three_questions_each_once_prefilled_where_known() -> None:
    signals = signals_of([Case(1, rule=1), Case(1, rule=2), Case(1, rule=4), Case(1, rule=6)])

    asked = reasons.questions(list(signals), {"works": "没活", "insured": "也许"})

    assert [(q.code, q.known) for q in asked] == [("works", "没活"), ("insured", ""), ("wants", "")]
    assert [q.code for q in reasons.questions([])] == ["enough", "needs", "works"]


def test_what_clears_a_card_is_said_once() -> None:
    signals = signals_of([Case(1, rule=1), Case(1, rule=1, person=3), Case(1, rule=9)])

    assert reasons.clears(list(signals)) == ["恢复缴费，或有新的务工记录", "本年度已缴费或已代缴"]
    assert reasons.clears([]) == ["走访并记录结果"]


def test_unknown_details_are_said_to_be_unknown() -> None:
    told = signals_of([Case(1, rule=10, value=0.0)])[0]
    nothing = signals_of([Case(1, rule=8, value=float("nan"))])[0]

    assert "未说明" in reasons.sentence_of(told, as_of=TODAY)
    assert "预警：（" in reasons.sentence_of(nothing, as_of=TODAY)


def test_a_draft_holds_every_signal_in_words_the_leading_one_first() -> None:
    found = candidates_of([Case(1, person=5), Case(1, person=6), Case(1, rule=4)])

    draft = Drafting(TODAY, Policy.load(), Calendar()).of_candidate(found, 0)

    assert [(e.rule, e.person) for e in draft.evidence] == [(4, 0), (2, 5), (2, 6)]
    assert draft.score_reason == ""
    assert draft.due_on == "2026-11-25"
