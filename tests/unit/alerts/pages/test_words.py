"""Words of cards, beyond their examples."""

import doctest
from datetime import date

from alerts.desk.record import LIVE
from alerts.pages import words
from alerts.rules import shipped_rules
from yujing.domain.calendar import Calendar


def test_the_examples_hold() -> None:
    assert doctest.testmod(words).failed == 0


def test_every_rule_has_a_few_words() -> None:
    assert {rule.code for rule in shipped_rules()} <= words.REASONS.keys()
    assert set(LIVE) <= words.STAGES.keys()


def test_no_word_blames_anybody() -> None:
    everything = "".join([*words.REASONS.values(), *words.STAGES.values(), words.BY_SCORE])

    assert not any(bad in everything for bad in ("高风险", "疑似", "不配合", "返贫"))


def test_a_deadline_of_next_week_is_a_date() -> None:
    assert words.due_words(date(2026, 11, 30), date(2026, 11, 24), Calendar()) == (
        "11-30 前（还有 4 个工作日）"
    )
