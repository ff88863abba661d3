"""What people do to a card: visits, answers from outside, putting off, taking back."""

from datetime import date, timedelta

import pytest

from alerts.desk import Desk
from streams.fact import FactArray
from tests.support.cases import TODAY, UPPER, Case
from tests.support.unit_desk import REPORT, ZERO, a_card, at, put
from tests.support.written import written
from yujing.domain.codes import Answer, Outcome, VisitMode
from yujing.errors import TransitionError


@pytest.mark.parametrize(("outcome", "stage"), [
    (Outcome.CONFIRMED, "acknowledged"), (Outcome.SOLVED, "completed"),
    (Outcome.UNFOUNDED, "completed"), (Outcome.KNOWN, "completed"), (Outcome.NO_CONTACT, "open"),
])
def test_an_outcome_moves_the_card(desk: Desk, outcome: Outcome, stage: str) -> None:
    number = a_card(desk)

    desk.record_outcome(
        number, outcome, by="wang", at=at(), role="worker", mode=VisitMode.CALL,
        worked=Answer.NO, risks=["illness"], answers={"works": "没活"}, note=5)

    card = desk.card(number)
    assert card is not None
    assert (card.stage, card.outcome) == (stage, outcome.value)
    assert desk.outcomes(number)[0].answers == {"works": "没活"}
    told = [row.body for row in desk.waiting(kinds=("outcome",))]
    assert told[0]["op"] == "upsert"
    assert (told[0]["outcome"], told[0]["worked"], told[0]["risks"], told[0]["note"]) == (
        outcome.value, "no", ["illness"], 5)


def test_a_confirmed_card_waits_for_the_measure(desk: Desk) -> None:
    number = a_card(desk)
    desk.record_outcome(number, Outcome.CONFIRMED, by="wang", at=at())

    card = desk.card(number)
    assert card is not None
    assert card.due_on == card.measure_due_on == date(2026, 12, 8)
    assert desk.open_cards(str(UPPER)) == []
    assert len(desk.live_cards(str(UPPER))) == 1

    desk.complete(number, by="wang", at=at(), why="公益性岗位已上岗")
    ended = desk.ended_cards("520526", since=TODAY)
    assert [(c.id, c.ended_why) for c in ended] == [(number, "公益性岗位已上岗")]
    assert put(desk, Case(1, person=11), urgent=True).opened == ()


def test_an_ended_card_takes_no_more_outcomes(desk: Desk) -> None:
    number = a_card(desk)
    desk.record_outcome(number, Outcome.SOLVED, by="wang", at=at())

    with pytest.raises(TransitionError):
        desk.record_outcome(number, Outcome.CONFIRMED, by="wang", at=at())
    with pytest.raises(TransitionError):
        desk.record_outcome(999, Outcome.CONFIRMED, by="wang", at=at())


def test_unfounded_silences_the_reason_until_a_new_kind_of_fact(desk: Desk) -> None:
    number = a_card(desk)
    desk.record_outcome(number, Outcome.UNFOUNDED, by="wang", at=at())
    tomorrow = TODAY + timedelta(days=1)

    same = put(desk, Case(1, person=11), day=tomorrow, urgent=False)
    new = put(desk, Case(1, person=11), Case(1, rule=ZERO), day=tomorrow)

    assert same.opened == ()
    assert len(new.opened) == 1


def test_undo_restores_the_card_and_takes_back_outcome_and_cool_down(desk: Desk) -> None:
    number = a_card(desk)
    before = desk.card(number)
    desk.record_outcome(number, Outcome.UNFOUNDED, by="wang", at=at())

    desk.undo(number, by="wang", at=at(hour=2))

    assert desk.card(number) == before
    assert desk.outcomes(number)[0].undone
    assert len(desk.view(TODAY).cool_downs) == 0
    assert desk.measured() == {}
    bodies = [row.body for row in desk.waiting(kinds=("outcome",))]
    assert [(b["op"], b["version"]) for b in bodies] == [("upsert", 1), ("retract", 2)]
    assert bodies[0]["record"] == bodies[1]["record"]
    assert [t.what for t in desk.transitions(number)] == ["dealt", "outcome", "undo"]


def test_only_ones_own_step_of_today_can_be_undone(desk: Desk) -> None:
    number = a_card(desk)
    with pytest.raises(TransitionError):
        desk.undo(number, by="wang", at=at())
    desk.record_outcome(number, Outcome.SOLVED, by="wang", at=at())

    with pytest.raises(TransitionError):
        desk.undo(number, by="li", at=at())
    with pytest.raises(TransitionError):
        desk.undo(number, by="wang", at=at(TODAY + timedelta(days=1)))


def test_an_ended_card_is_not_brought_back_beside_a_new_one(desk: Desk) -> None:
    number = a_card(desk)
    desk.record_outcome(number, Outcome.SOLVED, by="wang", at=at())
    put(desk, Case(1, rule=ZERO))

    with pytest.raises(TransitionError):
        desk.undo(number, by="wang", at=at())

    ended = desk.card(number)
    assert ended is not None
    assert ended.stage == "completed"
    assert not desk.outcomes(number)[0].undone        # all or nothing


def test_undone_steps_lead_back_one_by_one(desk: Desk) -> None:
    number = a_card(desk)
    start = desk.card(number)
    desk.snooze(number, TODAY + timedelta(days=2), by="wang", at=at())
    desk.record_outcome(number, Outcome.NO_CONTACT, by="wang", at=at())

    desk.undo(number, by="wang", at=at())
    desk.undo(number, by="wang", at=at())

    assert desk.card(number) == start


def test_a_snoozed_card_sleeps_and_does_not_expire(desk: Desk) -> None:
    number = a_card(desk)
    until = TODAY + timedelta(days=60)
    desk.snooze(number, until, by="wang", at=at())

    assert desk.open_cards(str(UPPER), today=TODAY) == []
    assert len(desk.open_cards(str(UPPER), today=until)) == 1
    assert desk.expire(at=at(TODAY + timedelta(days=40))) == []
    assert desk.expire(at=at(TODAY + timedelta(days=61))) == [number]
    with pytest.raises(TransitionError):
        desk.snooze(number, until, by="wang", at=at())


def test_a_day_that_is_not_after_today_is_no_snooze(desk: Desk) -> None:
    number = a_card(desk)
    with pytest.raises(TransitionError):
        desk.snooze(number, TODAY, by="wang", at=at())


def test_outcomes_measure_rules(desk: Desk) -> None:
    cards = [a_card(desk, Case(1, person=1)), *put(desk, Case(2, rule=REPORT)).opened]
    desk.record_outcome(cards[0], Outcome.CONFIRMED, by="w", at=at())
    desk.record_outcome(cards[1], Outcome.UNFOUNDED, by="w", at=at())

    assert desk.measured() == {2: (1, 0), REPORT: (0, 1)}
    assert desk.measured(before=TODAY) == {}


def answer(card: int, *, fact: int = 5, source: str = "village_report") -> FactArray:
    facts = written([["verification.result", "a", "2026-11-20", {
        "card": card, "outcome": "unfounded", "mode": "call", "worked": "yes",
        "risks": ["illness"], "source": source}]])
    facts["fact"] = fact
    return facts


def test_answers_that_come_as_events_are_taken_once(desk: Desk) -> None:
    number = a_card(desk)

    taken = desk.take_answers(answer(number), at=at())
    again = desk.take_answers(answer(number), at=at())
    own = desk.take_answers(answer(number, fact=6, source="yujing"), at=at())
    unknown = desk.take_answers(answer(77, fact=7), at=at())

    assert (taken, again, own, unknown) == ([number], [], [], [])
    card = desk.card(number)
    assert card is not None
    assert card.stage == "completed"
    assert desk.outcomes(number)[0].day == date(2026, 11, 20)
    assert desk.waiting(kinds=("outcome",)) == []     # the log knows it already


def test_an_answer_to_an_ended_card_is_kept_and_changes_nothing(desk: Desk) -> None:
    number = a_card(desk)
    desk.record_outcome(number, Outcome.SOLVED, by="w", at=at())

    desk.take_answers(answer(number), at=at())

    card = desk.card(number)
    assert card is not None
    assert card.outcome == "solved"
    assert len(desk.outcomes(number)) == 2


def test_seeing_a_card_is_noted_once(desk: Desk) -> None:
    number = a_card(desk)
    desk.see(number, by="wang", at=at())
    desk.see(number, by="li", at=at(hour=5))

    card = desk.card(number)
    assert card is not None
    assert card.seen_at == int(at().timestamp())
    assert [t.what for t in desk.transitions(number)] == ["dealt", "seen"]
