import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from alerts.desk import Desk
from alerts.desk.dealt import Applied
from alerts.desk.money import MoneyDue
from alerts.desk.tables import ALL
from alerts.reasons import Factor
from alerts.whereabouts import Whereabouts
from streams.fact import FactArray, empty_facts
from tests.support import unit_desk
from tests.support.cases import LOWER, TODAY, UPPER, Case, candidates_of, deal_of, signals_of
from tests.support.written import written
from yujing.domain.calendar import Calendar
from yujing.domain.codes import Answer, Outcome, VisitMode
from yujing.domain.days import to_day
from yujing.domain.policy import Policy
from yujing.errors import StorageError, TransitionError
from yujing.storage.sqlite import open_engine, reading, writing

POLICY = Policy.load()
ZERO, REPORT, PENSION = 4, 10, 9


def at(day: date = TODAY, hour: int = 1) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    engine = open_engine(tmp_path / "desk.sqlite")
    yield Desk(engine, POLICY, Calendar())
    engine.dispose()


def put(desk: Desk, *cases: Case, day: date = TODAY, urgent: bool = True) -> Applied:
    made = deal_of(cases, desk.view(day), as_of=day, urgent=urgent)
    return desk.apply_deal(made, at=at(day))


def a_card(desk: Desk, case: Case | None = None) -> int:
    """Open a card by a deal; UPPER has nine slots by TODAY."""
    applied = put(desk, case or Case(1, person=11), urgent=False)
    assert len(applied.opened) == 1
    return applied.opened[0]


def homes_of(members: dict[int, tuple[int, int]]) -> Whereabouts:
    """Return the whereabouts of members by key: (household, village)."""
    return unit_desk.homes_of(members, TODAY)


class Facts:
    """Effective facts without a log."""

    def __init__(self, facts: FactArray | None = None) -> None:
        self.facts = empty_facts(0) if facts is None else facts

    def facts_of(self, subjects: np.ndarray) -> FactArray:
        return self.facts[np.isin(self.facts["subject"], subjects)]


def test_the_migrations_make_the_columns_that_the_code_names(desk: Desk) -> None:
    with reading(desk._engine) as connection:
        for one in ALL:
            rows = connection.exec_driver_sql(f"PRAGMA table_info({one.name})").all()
            assert [row[1] for row in rows] == [column.name for column in one.columns], one.name


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
        signals_of([]), homes_of({11: (1, LOWER)}), Facts(), due=unit_desk.NOTHING_DUE, at=at())

    assert done == {"moved": 1, "ended": 1, "expired": 0, "money_due": 0}


def test_a_card_that_is_newer_than_what_the_sweep_saw_is_left_alone(desk: Desk) -> None:
    card = a_card(desk)
    seen = int(at().timestamp())
    due = unit_desk.NOTHING_DUE

    for before, expected in ((seen, 0), (seen + 1, 1)):
        done = desk.upkeep(
            signals_of([]), homes_of({11: (2, LOWER)}), Facts(), due=due, at=at(hour=2),
            opened_before=before)
        assert (done["moved"], done["ended"]) == (expected, expected)
    kept = desk.card(card)
    assert kept is not None
    assert not kept.is_live


def burst(desk: Desk) -> int:
    applied = put(desk, *[Case(n, rule=ZERO) for n in range(1, 23)])
    assert applied.opened == ()
    return applied.held[0]


def test_a_held_burst_becomes_cards_when_it_is_released(desk: Desk) -> None:
    number = burst(desk)
    assert [(h.dimension, h.n, h.limit) for h in desk.held()] == [("rule", 22, 20)]
    assert len(desk.view(TODAY).held) == 22
    assert put(desk, *[Case(n, rule=ZERO) for n in range(1, 23)]).held == ()   # once is enough

    opened = desk.release(number, by="boss", at=at())

    assert len(opened) == len(desk.live_cards()) == 22
    assert desk.held() == []
    assert desk.held(waiting_only=False)[0].stage == "released"
    with pytest.raises(TransitionError):
        desk.discard(number, by="boss", at=at())


def test_a_discarded_burst_is_silent_for_a_while(desk: Desk) -> None:
    number = burst(desk)

    assert desk.discard(number, by="boss", at=at()) == 22

    assert put(desk, *[Case(n, rule=ZERO) for n in range(1, 23)]).opened == ()
    assert len(desk.held_drafts(number)) == 22


def test_an_objection_pauses_rules_but_not_reports(desk: Desk) -> None:
    desk.pause(1, 11, by="boss", at=at())

    assert put(desk, Case(1, rule=ZERO)).opened == ()
    assert len(put(desk, Case(1, rule=REPORT)).opened) == 1
    assert desk.paused() == {1: date(2026, 12, 15)}
    desk.resume(1, by="boss", at=at())
    assert desk.paused() == {}


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


def test_the_list_is_ordered_by_urgency_and_stays_in_its_place(desk: Desk) -> None:
    put(desk, Case(1, person=1, rule=REPORT), Case(2, rule=ZERO),
        Case(3, rule=REPORT, region=LOWER))

    assert [card.household for card in desk.open_cards(str(UPPER))] == [2, 1]
    assert [card.household for card in desk.open_cards("520526100")] == [2, 1, 3]
    assert desk.open_cards("520527") == []
    assert len(desk.open_cards()) == 3
    assert desk.used(UPPER, today=TODAY) == 2
    assert desk.used(UPPER, today=TODAY - timedelta(days=40)) == 0


def test_the_record_of_a_deal_says_what_was_not_sent(desk: Desk) -> None:
    put(desk, *[Case(n, person=n) for n in range(1, 21)], urgent=False)

    past = desk.not_sent(UPPER)

    assert past is not None
    assert (past.day, past.village.n_dealt, past.village.not_sent) == (TODAY, 9, 11)
    assert [line["verdict"] for line in past.lines].count("NO_CAPACITY") == 11
    assert desk.not_sent(LOWER) is None
    assert desk.last_deal_day() == TODAY
    assert desk.villages_dealt("520526") == [UPPER]
    assert len(desk.canonical_deals()) == 1


def test_the_canonical_deals_do_not_know_when_or_where_in_the_log(
    desk: Desk, tmp_path: Path,
) -> None:
    other = Desk(open_engine(tmp_path / "other.sqlite"), POLICY, Calendar())
    made = deal_of([Case(n, person=n) for n in range(1, 5)])
    desk.apply_deal(made, at=at(), position=5)
    other.apply_deal(made, at=at(hour=9), position=900, late_sources=["civil_affairs"])

    assert desk.canonical_deals() == other.canonical_deals()
    assert json.loads(desk.canonical_deals()[0])[1] == UPPER
    late = other.not_sent(UPPER)
    assert late is not None
    assert (late.late_sources, late.position) == (("civil_affairs",), 900)


def test_who_stands_by_score_is_kept_between_deals(desk: Desk) -> None:
    from dataclasses import replace

    from alerts.hysteresis import Standing

    made = replace(deal_of([Case(1)]), standing=Standing(
        np.array([3, 2**63 + 1], dtype=np.uint64), np.array([1, 0]), np.array([8, 9])))
    desk.apply_deal(made, at=at())

    kept = desk.view(TODAY).standing
    assert kept.households.tolist() == [3, 2**63 + 1]
    assert kept.low_runs.tolist() == [1, 0]


def test_money_due_is_a_list_of_its_own(desk: Desk) -> None:
    items = [
        MoneyDue(2**63 + 1, 11, UPPER, "M4", 50_000, "possible", ("车票等实际费用凭证",)),
        MoneyDue(2, 12, LOWER, "M15", 5_000, "possible", ()),
    ]
    desk.replace_money_due(items, households=None, day=TODAY)

    assert desk.money_due(str(UPPER)) == items[:1]
    assert desk.money_due(household=2) == items[1:]
    desk.replace_money_due([], households=[2], day=TODAY)
    assert desk.money_due() == items[:1]


def test_a_failure_in_the_middle_of_a_deal_leaves_nothing(desk: Desk) -> None:
    made = deal_of([Case(1, person=11)])
    with writing(desk._engine) as connection:
        connection.exec_driver_sql("DROP TABLE outbox")

    with pytest.raises(StorageError):
        desk.apply_deal(made, at=at())

    assert desk.live_cards() == []
    assert desk.last_deal_day() is None


def test_candidates_know_their_signals() -> None:
    found = candidates_of([Case(1), Case(1, rule=ZERO), Case(2)])

    assert found.signals_of(0)["rule"].tolist() == [2, ZERO]
    assert int(found.rows["since"][1]) == to_day(TODAY) - 40
