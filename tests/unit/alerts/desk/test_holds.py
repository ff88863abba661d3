"""Bursts that a person looks at first, and objections that pause rules."""

from datetime import date

import pytest

from alerts.desk import Desk
from tests.support.cases import TODAY, Case
from tests.support.unit_desk import REPORT, ZERO, at, put
from yujing.errors import TransitionError


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
