"""Several processes at one desk at once: a day is dealt once, a card changes once."""

from collections.abc import Callable
from dataclasses import replace
from threading import Barrier, Thread
from typing import Any

import numpy as np
from sqlalchemy import Engine, select

from alerts.desk import Desk, queries
from alerts.desk.tables import DEALS, STANDING
from alerts.hysteresis import Standing
from tests.support.cases import LOWER, TODAY, Case, deal_of
from tests.support.unit_desk import POLICY, ZERO, a_card, at, put
from tests.support.written import written
from yujing.domain.calendar import Calendar
from yujing.domain.codes import Outcome
from yujing.errors import TransitionError, YujingError
from yujing.storage.sql import reading, writing

N = 4


def at_once(work: Callable[[int], Any]) -> list[Any]:
    """Let several threads begin together; return what each returned or what stopped it."""
    gate = Barrier(N)
    results: list[Any] = [None] * N

    def run(place: int) -> None:
        gate.wait()
        try:
            results[place] = work(place)
        except YujingError as error:
            results[place] = error

    threads = [Thread(target=run, args=(place,)) for place in range(N)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_a_day_is_dealt_once_by_whoever_comes_first(desk: Desk) -> None:
    cases = [Case(n, person=n, region=LOWER if n % 3 else Case(1).region) for n in range(1, 13)]
    standing = Standing(
        np.array([3, 8], dtype=np.uint64), np.array([0, 1]), np.array([20000, 20001]))
    made = replace(deal_of(cases, desk.view(TODAY)), standing=standing)

    applied = at_once(lambda _: desk.apply_deal(made, at=at()))

    opened = [card for one in applied for card in one.opened]
    claimed = [village for one in applied for village in one.claimed]
    assert len(opened) == len(set(opened)) == len(desk.open_cards())
    assert sorted(claimed) == sorted({int(v.region) for v in made.villages})
    with reading(desk._engine) as connection:
        assert len(connection.execute(select(DEALS)).all()) == len(claimed)
        assert len(connection.execute(select(STANDING)).all()) == 2


def test_reds_of_several_workers_open_one_card_a_household(desk: Desk) -> None:
    made = deal_of([Case(n, rule=ZERO) for n in range(1, 6)], urgent=True)

    applied = at_once(lambda _: desk.apply_deal(made, at=at()))

    opened = [card for one in applied for card in one.opened]
    assert len(opened) == len(desk.open_cards()) == 5


def test_of_two_who_end_a_card_the_second_is_told(desk: Desk) -> None:
    card = a_card(desk)

    results = at_once(
        lambda place: desk.record_outcome(card, Outcome.SOLVED, by=f"w{place}", at=at())
    )

    assert sum(isinstance(one, TransitionError) for one in results) == N - 1
    assert len(desk.outcomes(card)) == 1
    assert [t.what for t in desk.transitions(card)] == ["dealt", "outcome"]


def test_tries_of_several_callers_all_count(desk: Desk) -> None:
    card = a_card(desk)

    at_once(lambda _: desk.record_outcome(card, Outcome.NO_CONTACT, by="wang", at=at()))

    found = desk.card(card)
    assert found is not None
    assert found.n_tries == N


def test_a_visit_from_outside_counts_once(desk: Desk) -> None:
    card = a_card(desk)
    visits = written([
        ["verification.result", "a", "2026-11-20", {
            "card": card, "outcome": "confirmed", "mode": "call", "worked": "no",
            "source": "village_report"}],
    ])

    taken = at_once(lambda _: desk.take_answers(visits, at=at()))

    assert sorted(taken, key=len) == [[], [], [], [card]]
    assert len(desk.outcomes(card)) == 1


# --- the outbox


def test_what_was_taken_is_nobody_elses_until_the_time_is_over(desk: Desk) -> None:
    put(desk, Case(1, rule=ZERO), Case(2, rule=ZERO))
    ids = [row.id for row in desk.waiting()]

    first = desk.take(at=at(), for_s=60, most=1)
    rest = desk.take(at=at(), for_s=60)

    assert [row.id for row in first + rest] == ids
    assert desk.take(at=at(), for_s=60) == []
    assert [row.id for row in desk.waiting()] == ids
    desk.mark_sent([first[0].id], at=at())
    assert [row.id for row in desk.take(at=at(hour=2), for_s=60)] == ids[1:]


def test_kinds_are_taken_apart(desk: Desk) -> None:
    put(desk, Case(1, person=1), urgent=False)

    assert {row.kind for row in desk.take(at=at(), for_s=60, kinds=("card",))} == {"card"}
    assert {row.kind for row in desk.take(at=at(), for_s=60)} == {"deal"}


def test_several_senders_take_each_row_once(desk: Desk) -> None:
    put(desk, *[Case(n, rule=ZERO) for n in range(1, 9)])
    ids = [row.id for row in desk.waiting()]

    taken = at_once(lambda _: [row.id for row in desk.take(at=at(), for_s=60, most=3)])

    got = [number for one in taken for number in one]
    assert len(got) == len(set(got))
    assert set(got) <= set(ids)
    assert got


def test_a_sender_does_not_wait_for_another_one(postgres_engine: Engine) -> None:
    desk = Desk(postgres_engine, POLICY, Calendar())
    put(desk, Case(1, rule=ZERO), Case(2, rule=ZERO))
    ids = [row.id for row in desk.waiting()]

    with writing(postgres_engine) as connection:
        mine = queries.take_rows(connection, now=0, until=60, kinds=None, most=1)
        others = desk.take(at=at(), for_s=60)

    assert [row.id for row in mine] == ids[:1]
    assert [row.id for row in others] == ids[1:]


def test_cards_given_together_are_locked_in_one_order(desk: Desk) -> None:
    put(desk, Case(1, rule=ZERO), Case(2, rule=ZERO))
    cards = [card.id for card in desk.open_cards()]

    def assign(place: int) -> None:
        desk.assign(cards if place % 2 else cards[::-1], f"w{place}", by="li", at=at())

    results = at_once(assign)

    assert [one for one in results if one is not None] == []
    assert len({card.assignee for card in desk.open_cards()}) == 1
