"""What becomes of a card by itself: it expires, its reason disappears, its household moves."""

from datetime import date, timedelta

import pytest

from alerts.desk import Desk
from tests.support.cases import LOWER, TODAY, UPPER, Case, deal_of, signals_of
from tests.support.unit_desk import (
    NOTHING_DUE,
    PENSION,
    REPORT,
    ZERO,
    Facts,
    a_card,
    at,
    homes_of,
    put,
)
from tests.support.written import written
from yujing.domain.codes import Outcome


def test_reds_and_reports_never_expire(desk: Desk) -> None:
    put(desk, Case(1, rule=ZERO), Case(2, rule=REPORT))

    assert desk.expire(at=at(TODAY + timedelta(days=200))) == []


def test_a_card_ends_with_the_event_that_made_its_reason_disappear(desk: Desk) -> None:
    number = a_card(desk)
    fresh = written([["employment.start", "a", TODAY.isoformat(), {"area": "county"}]])
    fresh["subject"] = 11

    ended = desk.cancel_where_gone(
        signals_of([]), homes_of({11: (1, UPPER)}), Facts(fresh), at=at(hour=3))

    card = desk.card(number)
    assert card is not None
    assert ended == [number]
    assert (card.stage, card.ended_event) == ("cancelled", int(fresh["fact"][0]))
    assert card.ended_why == (
        "11-24 开始务工：乡外县内（就业大数据平台），提醒自动取消")
    assert desk.evidence(number)[0].gone_on == TODAY
    assert desk.transitions(number)[-1].event == int(fresh["fact"][0])


def test_a_month_of_work_clears_and_a_month_without_does_not(desk: Desk) -> None:
    number = a_card(desk)
    months = written([
        ["employment.monthly_status", "a", TODAY.isoformat(), {"month": "2026-10", "worked": word}]
        for word in ("yes", "no")])
    months["subject"] = 11

    desk.cancel_where_gone(
        signals_of([]), homes_of({11: (1, UPPER)}), Facts(months), at=at(hour=3))

    card = desk.card(number)
    assert card is not None
    assert card.ended_why == "2026 年 10 月有务工（就业大数据平台），提醒自动取消"


def test_a_confirmed_card_on_which_nobody_acted_rests_when_it_expires(desk: Desk) -> None:
    number = a_card(desk)
    desk.record_outcome(number, Outcome.CONFIRMED, by="wang", at=at())
    late = date(2027, 1, 8)

    assert desk.expire(at=at(late)) == [number]
    assert put(desk, Case(1, person=11), day=late, urgent=False).opened == ()


def test_without_such_an_event_a_correction_did_it(desk: Desk) -> None:
    number = a_card(desk)

    desk.cancel_where_gone(signals_of([]), homes_of({11: (1, UPPER)}), Facts(), at=at())

    card = desk.card(number)
    assert card is not None
    assert (card.ended_event, card.ended_why) == (0, "数据已更正或时限已过，提醒自动取消")


def test_a_card_with_one_reason_left_stays(desk: Desk) -> None:
    number = a_card(desk, Case(1, person=11))
    put(desk, Case(1, person=11), Case(1, rule=PENSION, person=11))

    ended = desk.cancel_where_gone(
        signals_of([Case(1, rule=PENSION, person=11)]), homes_of({11: (1, UPPER)}), Facts(),
        at=at())

    assert ended == []
    assert {e.rule: e.gone_on for e in desk.evidence(number)} == {2: TODAY, PENSION: None}


def test_a_confirmed_card_whose_reason_disappears_is_completed(desk: Desk) -> None:
    number = a_card(desk)
    desk.record_outcome(number, Outcome.CONFIRMED, by="wang", at=at())

    desk.cancel_where_gone(signals_of([]), homes_of({11: (1, UPPER)}), Facts(), at=at())

    card = desk.card(number)
    assert card is not None
    assert card.stage == "completed"


def test_a_card_by_chance_or_score_is_not_withdrawn(desk: Desk) -> None:
    made = next(
        made for seed in range(100)
        if len((made := deal_of([], desk.view(TODAY), others=40, seed=seed)).audits))
    applied = desk.apply_deal(made, at=at())

    gone = desk.cancel_where_gone(signals_of([]), homes_of({11: (1, UPPER)}), Facts(), at=at())

    card = desk.card(applied.audits[0])
    assert gone == []
    assert card is not None
    assert (card.kind, card.reason) == ("audit", "audit")
    assert card.audit_probability == pytest.approx(0.03 * 12 / 40)


def test_a_card_follows_a_household_that_moves_and_the_member_who_caused_it(desk: Desk) -> None:
    moved = a_card(desk, Case(1, person=11))
    split = put(desk, Case(2, person=12, rule=REPORT)).opened[0]

    desk.follow(homes_of({11: (1, LOWER), 12: (9, LOWER), 13: (2, UPPER)}), at=at())

    first, second = desk.card(moved), desk.card(split)
    assert first is not None
    assert second is not None
    assert (first.household, first.region) == (1, LOWER)
    assert (second.household, second.region) == (9, LOWER)
    assert desk.follow(homes_of({11: (1, LOWER), 12: (9, LOWER)}), at=at()) == []


def test_a_card_that_comes_to_a_household_with_a_card_ends_in_it(desk: Desk) -> None:
    put(desk, Case(1, person=11, rule=REPORT), Case(2, person=12, rule=REPORT))

    desk.follow(homes_of({11: (2, UPPER), 12: (2, UPPER)}), at=at())

    live = desk.live_cards()
    assert [card.household for card in live] == [2]


def test_a_household_without_present_members_keeps_its_card(desk: Desk) -> None:
    number = a_card(desk)

    assert desk.follow(homes_of({99: (98, UPPER)}), at=at()) == []
    card = desk.card(number)
    assert card is not None
    assert card.is_live


def test_upkeep_does_all_three(desk: Desk) -> None:
    a_card(desk)

    done = desk.upkeep(
        signals_of([]), homes_of({11: (1, LOWER)}), Facts(), due=NOTHING_DUE, at=at())

    assert done == {"moved": 1, "ended": 1, "expired": 0, "money_due": 0}


def test_a_card_that_is_newer_than_what_the_sweep_saw_is_left_alone(desk: Desk) -> None:
    card = a_card(desk)
    seen = int(at().timestamp())
    due = NOTHING_DUE

    for before, expected in ((seen, 0), (seen + 1, 1)):
        done = desk.upkeep(
            signals_of([]), homes_of({11: (2, LOWER)}), Facts(), due=due, at=at(hour=2),
            opened_before=before)
        assert (done["moved"], done["ended"]) == (expected, expected)
    kept = desk.card(card)
    assert kept is not None
    assert not kept.is_live
