"""What the desk tells: lists, deals and what they did not send, money due."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np

from alerts.desk import Desk
from alerts.desk.money import MoneyDue
from alerts.hysteresis import Standing
from tests.support.cases import LOWER, TODAY, UPPER, Case, candidates_of, deal_of
from tests.support.unit_desk import POLICY, REPORT, ZERO, at, put
from yujing.domain.calendar import Calendar
from yujing.domain.days import to_day
from yujing.storage.sql import open_sqlite


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
    other = Desk(open_sqlite(tmp_path / "other.sqlite"), POLICY, Calendar())
    made = deal_of([Case(n, person=n) for n in range(1, 5)])
    desk.apply_deal(made, at=at(), position=5)
    other.apply_deal(made, at=at(hour=9), position=900, late_sources=["civil_affairs"])

    assert desk.canonical_deals() == other.canonical_deals()
    assert json.loads(desk.canonical_deals()[0])[1] == UPPER
    late = other.not_sent(UPPER)
    assert late is not None
    assert (late.late_sources, late.position) == (("civil_affairs",), 900)


def test_a_deal_leaves_the_size_of_its_counties(desk: Desk) -> None:
    desk.apply_deal(deal_of([Case(n) for n in range(1, 5)], others=3), at=at())
    desk.apply_deal(deal_of([Case(1)], urgent=True), at=at())
    assert desk.view(TODAY).county_households == {UPPER // 10**6: 7}

    desk.apply_deal(deal_of([Case(1), Case(2)]), at=at())
    assert desk.view(TODAY).county_households == {UPPER // 10**6: 2}


def test_some_households_are_asked_for_live_cards(desk: Desk) -> None:
    put(desk, Case(2**63 + 5, person=1, rule=REPORT), Case(2, rule=ZERO))

    asked = np.array([7, 2**63 + 5, 9], dtype=np.uint64)
    assert desk.live_among(asked).tolist() == [2**63 + 5]
    assert len(desk.live_among(asked[:0])) == 0


def test_the_view_names_who_caused_a_card(desk: Desk) -> None:
    put(desk, Case(1, person=2**63 + 5, rule=REPORT), Case(2, rule=ZERO))

    assert desk.view(TODAY).open_persons.tolist() == [2**63 + 5]


def test_who_stands_by_score_is_kept_between_deals(desk: Desk) -> None:
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


def test_candidates_know_their_signals() -> None:
    found = candidates_of([Case(1), Case(1, rule=ZERO), Case(2)])

    assert found.signals_of(0)["rule"].tolist() == [2, ZERO]
    assert int(found.rows["since"][1]) == to_day(TODAY) - 40
