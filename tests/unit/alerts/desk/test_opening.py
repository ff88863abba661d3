"""A deal opens cards: once, with its reasons, whole or not at all."""

from datetime import date, timedelta

import pytest

from alerts.desk import Desk
from alerts.reasons import Factor
from tests.support.cases import TODAY, UPPER, Case, deal_of
from tests.support.unit_desk import REPORT, ZERO, a_card, at, put
from yujing.domain.codes import Outcome
from yujing.errors import StorageError
from yujing.storage.sql import writing


def test_a_dealt_card_says_why_until_when_and_is_told_to_the_outbox(desk: Desk) -> None:
    number = a_card(desk, Case(1, person=11, employer=77))

    card = desk.card(number)

    assert card is not None
    assert (card.household, card.person, card.region, card.level) == (1, 11, UPPER, 2)
    assert card.sentence == "10 月 15 日工作结束（就业大数据平台），40 天未见新的务工记录"
    assert (card.due_on, card.measure_due_on) == (date(2026, 11, 27), date(2026, 12, 8))
    assert [t.what for t in desk.transitions(number)] == ["dealt"]
    told = [row for row in desk.waiting() if row.kind == "card"]
    assert told[0].body == {
        "transition": told[0].transition, "card": number, "household": 1, "person": 11,
        "region": UPPER, "level": 2, "from_stage": "", "to_stage": "open", "reason": "dealt",
        "role": "", "happened_at": int(at().timestamp()),
    }
    desk.mark_sent([row.id for row in desk.waiting()], at=at())
    assert desk.waiting() == []


def test_keys_fill_64_bits(desk: Desk) -> None:
    big = 2**64 - 3
    number = a_card(desk, Case(big, person=2**63 + 1))

    card = desk.card(number)

    assert card is not None
    assert (card.household, card.person) == (big, 2**63 + 1)
    assert desk.view(TODAY).open_households.tolist() == [big]


def test_a_second_deal_of_the_day_opens_nothing_twice(desk: Desk) -> None:
    put(desk, Case(1, person=11), urgent=False)

    again = put(desk, Case(1, person=11), Case(2, person=12), urgent=False)

    assert again.opened == ()
    assert again.claimed == ()
    assert len(desk.live_cards()) == 1


def test_reds_and_reports_are_opened_whoever_claimed_the_day(desk: Desk) -> None:
    put(desk, Case(1, person=11), urgent=False)

    again = put(desk, Case(2), Case(3, rule=ZERO), Case(4, rule=REPORT), urgent=False)

    assert again.claimed == ()
    assert sorted(card.household for card in desk.live_cards()) == [1, 3, 4]


def test_two_deals_made_from_the_same_view_open_one_card_a_household(desk: Desk) -> None:
    made = deal_of([Case(1, rule=ZERO)], desk.view(TODAY), urgent=True)

    desk.apply_deal(made, at=at())
    second = desk.apply_deal(made, at=at())

    assert second.opened == ()
    assert len(desk.live_cards()) == 1


def test_a_new_fact_updates_evidence_and_severity_and_erases_nothing(desk: Desk) -> None:
    number = a_card(desk, Case(1, person=11))
    desk.assign([number], "wang", by="boss", at=at(), role="supervisor")
    desk.snooze(number, TODAY + timedelta(days=9), by="wang", at=at())
    desk.record_outcome(number, Outcome.NO_CONTACT, by="wang", at=at())

    applied = put(desk, Case(1, person=11), Case(1, rule=ZERO))

    card = desk.card(number)
    assert card is not None
    assert applied.updated == (number,)
    assert (card.level, card.assignee, card.n_tries) == (3, "wang", 1)
    assert card.due_on == date(2026, 11, 25)          # a red is due sooner
    assert {e.rule for e in desk.evidence(number)} == {2, ZERO}
    assert len(desk.outcomes(number)) == 1
    assert put(desk, Case(1, person=11), Case(1, rule=ZERO)).updated == ()   # nothing new to say


def test_a_score_card_becomes_a_card_of_facts_when_a_fact_speaks(desk: Desk) -> None:
    number = a_card(desk)
    with writing(desk._engine) as connection:
        connection.exec_driver_sql(f"UPDATE cards SET kind = 'score', rule = 0 WHERE id = {number}")

    put(desk, Case(1, rule=REPORT))

    card = desk.card(number)
    assert card is not None
    assert (card.kind, card.rule) == ("report", REPORT)


def test_factors_of_a_score_are_kept_on_the_card(desk: Desk) -> None:
    made = deal_of([Case(1, person=11)], desk.view(TODAY))
    number = desk.apply_deal(
        made, at=at(), explain=lambda _home, _person: [Factor("age", "年龄", 0.7, "50 岁以上")],
    ).opened[0]

    assert [(f.name, f.points, f.words) for f in desk.factors(number)] == [
        ("age", 0.7, "50 岁以上")]


def test_a_failure_in_the_middle_of_a_deal_leaves_nothing(desk: Desk) -> None:
    made = deal_of([Case(1, person=11)])
    with writing(desk._engine) as connection:
        connection.exec_driver_sql("DROP TABLE outbox")

    with pytest.raises(StorageError):
        desk.apply_deal(made, at=at())

    assert desk.live_cards() == []
    assert desk.last_deal_day() is None
