"""Recording: one tap on a card, undo, put off; nothing typed is lost."""

from datetime import date, timedelta

import pytest

from alerts.pages.record import told
from tests.support.pages import Browser, log_in
from tests.support.small_county import ZHAO, SmallCounty
from tests.support.written_differences import difference, differences
from yujing.domain.codes import Outcome, Side

Cards = dict[str, int]


def path(cards: Cards, what: str = "record") -> str:
    return f"/cards/{cards['zhao']}/{what}"


def card_of(county: SmallCounty, cards: Cards):  # type: ignore[no-untyped-def] # a card
    return county.desk.card(cards["zhao"])


@pytest.mark.parametrize(
    ("outcome", "stage"),
    [
        ("confirmed", "acknowledged"),
        ("solved", "completed"),
        ("unfounded", "completed"),
        ("no_contact", "open"),
        ("known", "completed"),
    ],
)
def test_one_tap_saves_every_outcome(
    county: SmallCounty, browser: Browser, cards: Cards, outcome: str, stage: str
) -> None:
    answer = browser.submit(path(cards), outcome=outcome)

    assert answer.headers["location"] == f"/queue?done={cards['zhao']}"
    assert card_of(county, cards).stage == stage
    assert county.desk.outcomes(cards["zhao"])[0].outcome == outcome


def test_the_queue_says_what_was_saved_and_offers_undo(browser: Browser, cards: Cards) -> None:
    browser.submit(path(cards), outcome="solved", mode="call")

    html = browser.get(f"/queue?done={cards['zhao']}").text
    assert "赵*军 户：电话：已解决 · 已保存 09:00" in html
    assert f'action="/cards/{cards["zhao"]}/undo"' in html


def test_undo_puts_everything_back(county: SmallCounty, browser: Browser, cards: Cards) -> None:
    before = card_of(county, cards)
    browser.submit(path(cards), outcome="unfounded")

    answer = browser.submit(path(cards, "undo"))
    assert answer.headers["location"] == f"/cards/{cards['zhao']}?undone=1"
    assert card_of(county, cards) == before
    assert "已撤销，恢复原样" in browser.get(answer.headers["location"]).text
    assert (
        "撤销" not in browser.get(f"/queue?done={cards['zhao']}").text.split("</header>")[1][:400]
    )


def test_nobody_undoes_the_step_of_another(
    county: SmallCounty, browser: Browser, cards: Cards
) -> None:
    county.desk.record_outcome(cards["zhao"], Outcome.SOLVED, by="tang", at=county.clock.now())

    answer = browser.submit(path(cards, "undo"))
    assert answer.status_code == 409
    assert "只能撤销自己今天刚做的一步" in answer.text


def test_answers_and_note_go_with_the_outcome(
    county: SmallCounty, browser: Browser, cards: Cards
) -> None:
    browser.submit(
        path(cards), outcome="confirmed", answer_works="没活", answer_wants="省外",
        note="下月去惠州，女儿在读", mode="visit",
    )  # fmt: skip

    outcome = county.desk.outcomes(cards["zhao"])[0]
    assert outcome.answers == {"works": "没活", "wants": "省外"}
    assert outcome.mode == "visit"
    told = county.desk.waiting(kinds=("outcome",))[0].body
    assert told["worked"] == "no"
    html = browser.get(f"/cards/{cards['zhao']}").text
    assert "下月去惠州，女儿在读" in html
    assert 'value="没活" checked' in html
    reads = county.access.audit.of_account("wang")
    assert "note" in {read.what for read in reads}


def test_a_note_is_in_no_plain_table(county: SmallCounty, browser: Browser, cards: Cards) -> None:
    browser.submit(path(cards), outcome="confirmed", note="下月去惠州，女儿在读")

    for engine in (county.engine, county.vault_engine):
        with engine.connect() as connection:
            for (table,) in connection.exec_driver_sql(
                "SELECT name FROM sqlite_master WHERE type = 'table'"
            ).all():
                rows = connection.exec_driver_sql(f"SELECT * FROM {table}").all()
                assert "惠州" not in str(rows)


@pytest.mark.parametrize(
    ("outcome", "given", "kept"),
    [
        (Outcome.CONFIRMED, "没活", {"works": "没活"}),
        (Outcome.SOLVED, "没活", {}),
        (Outcome.SOLVED, "有活", {"works": "有活"}),
        (Outcome.NO_CONTACT, "有活", {}),
    ],
)
def test_what_the_data_filled_in_is_no_evidence_unless_confirmed(
    outcome: Outcome, given: str, kept: dict[str, str]
) -> None:
    assert told({"known_works": "没活", "answer_works": given, "note": "x"}, outcome) == kept


@pytest.mark.parametrize("word", ["", "unknown", "rubbish"])
def test_a_missing_outcome_keeps_what_was_typed(
    county: SmallCounty, browser: Browser, cards: Cards, word: str
) -> None:
    answer = browser.submit(path(cards), outcome=word, note="下月去惠州", answer_wants="省外")

    assert answer.status_code == 400
    assert "请选一个走访结果" in answer.text
    assert "下月去惠州" in answer.text
    assert 'value="省外" checked' in answer.text
    assert county.desk.outcomes(cards["zhao"]) == []


def test_a_note_that_is_too_long_is_given_back(browser: Browser, cards: Cards) -> None:
    answer = browser.submit(path(cards), outcome="known", note="长" * 501)

    assert answer.status_code == 400
    assert "长" * 501 in answer.text


def test_an_ended_card_cannot_be_recorded_again(browser: Browser, cards: Cards) -> None:
    browser.submit(path(cards), outcome="known")

    answer = browser.submit(path(cards), outcome="solved", note="已联系")
    assert answer.status_code == 409
    assert "已经结束" in answer.text
    assert "已联系" in answer.text


@pytest.mark.parametrize(
    ("form", "until"),
    [
        ({"days": "1"}, date(2026, 11, 25)),
        ({"days": "7"}, date(2026, 12, 1)),
        ({"until": "2026-12-15"}, date(2026, 12, 15)),
    ],
)
def test_a_card_can_be_put_off_and_undone(
    county: SmallCounty, browser: Browser, cards: Cards, form: dict[str, str], until: date
) -> None:
    browser.submit(path(cards, "snooze"), **form)
    assert card_of(county, cards).snoozed_until == until
    assert "已推迟" in browser.get(f"/cards/{cards['zhao']}").text

    browser.submit(path(cards, "undo"))
    assert card_of(county, cards).snoozed_until is None


@pytest.mark.parametrize("until", ["", "2026-11-24", "2026-11-01", "2027-11-01", "morgen"])
def test_no_card_is_put_off_to_the_past_or_forever(
    county: SmallCounty, browser: Browser, cards: Cards, until: str
) -> None:
    assert browser.submit(path(cards, "snooze"), until=until).status_code == 400
    assert card_of(county, cards).snoozed_until is None


def test_yesterday_s_step_is_not_offered_for_undo(
    county: SmallCounty, browser: Browser, cards: Cards
) -> None:
    browser.submit(path(cards), outcome="confirmed")
    county.clock.at += timedelta(days=1)
    log_in(browser)

    assert "撤销刚才的一步" not in browser.get(f"/cards/{cards['zhao']}").text
    assert "/undo" not in browser.get(f"/queue?done={cards['zhao']}").text


def ask_of(county: SmallCounty, code: str, person: int) -> str:
    """Open a difference of Zhao's household and return the field of its question."""
    rows = differences(difference(code, 10, person, month="2026-10"))
    county.desk.differences.settle(rows, day=county.clock.now().date())
    (one,) = county.desk.differences.open_of(10)
    return f"answer_difference_{one.id}"


def test_an_answer_to_a_difference_closes_it_and_says_who_works(
    county: SmallCounty, browser: Browser, cards: Cards
) -> None:
    field = ask_of(county, "working_uninsured", ZHAO)
    browser.submit(path(cards), outcome="confirmed", **{field: "没活了", "answer_wants": "本地"})

    (row,) = county.desk.differences.listed()
    assert (row.stage, row.right, row.answered_by) == ("answered", Side.SECOND, "wang")
    (visit,) = county.desk.waiting(kinds=("outcome",))
    (told_log,) = county.desk.waiting(kinds=("comparison",))
    assert (visit.body["worked"], told_log.body["right"]) == ("no", "second")
    assert county.desk.outcomes(cards["zhao"])[0].answers == {"wants": "本地"}
    assert "没活了" not in browser.get(f"/cards/{cards['zhao']}").text


def test_what_a_child_answers_says_nothing_about_the_card_s_person(
    county: SmallCounty, browser: Browser, cards: Cards
) -> None:
    field = ask_of(county, "student_working", 111)
    browser.submit(path(cards), outcome="confirmed", **{field: "在务工"})

    (visit,) = county.desk.waiting(kinds=("outcome",))
    assert visit.body["worked"] == "unknown"
    assert county.desk.differences.open_of(10) == []


def test_whom_nobody_reached_answers_no_difference_and_undo_asks_again(
    county: SmallCounty, browser: Browser, cards: Cards
) -> None:
    field = ask_of(county, "working_uninsured", ZHAO)
    browser.submit(path(cards), outcome="no_contact", **{field: "没活了"})
    assert len(county.desk.differences.open_of(10)) == 1

    browser.submit(path(cards), outcome="confirmed", **{field: "还在干"})
    assert county.desk.differences.open_of(10) == []
    browser.submit(path(cards, "undo"))
    assert len(county.desk.differences.open_of(10)) == 1
    assert "现在还在干活吗？" in browser.get(f"/cards/{cards['zhao']}").text
