import pytest

from alerts.desk import Desk
from streams.fact import FactArray, empty_facts
from tests.support.unit_desk import a_card, at
from yujing.domain.codes import Outcome, Service, ServiceResult, number

NOW = at()


@pytest.fixture
def card(desk: Desk) -> int:
    return a_card(desk)


def confirm(desk: Desk, card: int) -> None:
    desk.record_outcome(card, Outcome.CONFIRMED, by="li", at=NOW)


def service(
    card: int,
    what: Service = Service.REFERRAL,
    result: ServiceResult = ServiceResult.HIRED,
) -> FactArray:
    fact = empty_facts(1)
    fact["kind"], fact["card"], fact["fact"] = 25, card, 77
    fact["service"], fact["result"] = number(what), number(result)
    return fact


def test_help_completes_a_confirmed_card_and_names_the_event(desk: Desk, card: int) -> None:
    confirm(desk, card)

    assert desk.take_help(service(card), at=NOW) == [card]
    ended = desk.card(card)
    assert ended is not None
    assert (ended.stage, ended.ended_event) == ("completed", 77)
    assert desk.take_help(service(card), at=NOW) == []


def test_help_leaves_a_card_that_nobody_confirmed(desk: Desk, card: int) -> None:
    assert desk.take_help(service(card), at=NOW) == []


@pytest.mark.parametrize(
    "fact",
    [
        service(1, Service.POLICY_TALK, ServiceResult.DONE),
        service(1, Service.TRAINING, ServiceResult.REFUSED),
        service(999),
        service(0),
    ],
)
def test_what_is_no_help_changes_nothing(desk: Desk, card: int, fact: FactArray) -> None:
    confirm(desk, card)

    assert desk.take_help(fact, at=NOW) == []
