"""A token that posts too much is told how long to wait."""

from yujing.app.waiting import Allowance


def test_one_request_may_draw_more_than_is_left_and_the_next_waits() -> None:
    allowance = Allowance(60)

    assert allowance.ask("a", 180, at=0) == 0
    assert allowance.ask("a", 1, at=0) == 120
    assert allowance.ask("a", 1, at=121) == 0


def test_tokens_do_not_share() -> None:
    allowance = Allowance(60)
    allowance.ask("a", 600, at=0)

    assert allowance.ask("b", 1, at=0) == 0


def test_a_clock_that_goes_back_fills_nothing() -> None:
    allowance = Allowance(60)
    allowance.ask("a", 120, at=100)

    assert allowance.ask("a", 1, at=10) == 60
    assert allowance.ask("a", 1, at=71) == 0
