"""The comparisons as data: complete, and refused where they cannot be right."""

from importlib.resources import files
from typing import Any

import pytest
import yaml

from alerts.comparisons.catalogue import CARD, read_comparisons, shipped_comparisons
from alerts.rules import shipped_rules
from yujing.domain.codes import Side
from yujing.domain.policy import Policy

TEXT = files("alerts.comparisons").joinpath("comparisons.yaml").read_text("utf-8")
QUESTIONS = {question.code for rule in shipped_rules() for question in rule.questions}
POLICY = Policy.load()


@pytest.mark.parametrize("one", shipped_comparisons(), ids=lambda one: one.code)
class TestEach:
    def test_it_covers_questions_that_there_are(self, one: Any) -> None:
        assert set(one.covers) <= QUESTIONS

    def test_its_parameters_are_policy_keys(self, one: Any) -> None:
        keys = {row.key for row in POLICY.rows}
        assert set(one.parameters) <= keys

    def test_an_answer_can_speak_for_and_against_each_source(self, one: Any) -> None:
        rights = {answer.right for answer in one.answers}
        if one.second is None:
            assert {Side.FIRST, Side.NEITHER} <= rights
        else:
            assert {Side.FIRST, Side.SECOND} <= rights

    def test_its_words_can_be_filled_in(self, one: Any) -> None:
        filled = one.zh.format(since="s", month="m", value="v", what="w", days="d", months="n")
        assert "{" not in filled
        assert ("{what}" in one.zh) == (one.what is not None)


def test_every_number_and_code_is_one_comparison_and_telling_orders_the_asked() -> None:
    shipped = shipped_comparisons()
    asked = [one.telling for one in shipped if one.asked == CARD]

    assert [one.number for one in shipped] == list(range(1, len(shipped) + 1))
    assert len(set(asked)) == len(asked)


def altered(**more: Any) -> str:
    raw = yaml.safe_load(TEXT)
    raw["comparisons"][0] |= more
    return yaml.safe_dump(raw, allow_unicode=True)


@pytest.mark.parametrize(
    "wrong",
    [
        {"number": 0}, {"number": 256}, {"number": 2}, {"code": "dead_working"},
        {"about": "village"}, {"of": "everybody"}, {"first": "nobody"}, {"asked": "later"},
        {"source": ""}, {"what": "colour"},
        {"answers": [{"zh": "是", "right": "first"}, {"zh": "否", "right": "second"}]},
        {"answers": [{"zh": "是", "right": "first"}, {"zh": "是", "right": "unknown"}]},
        {"answers": [{"zh": "是", "right": "left"}]},
    ],
    ids=str,
)
def test_what_cannot_be_right_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="comparison"):
        read_comparisons(altered(**wrong))


def test_what_is_missing_is_named() -> None:
    raw = yaml.safe_load(TEXT)
    del raw["comparisons"][3]["ask"]

    with pytest.raises(ValueError, match="prison_working"):
        read_comparisons(yaml.safe_dump(raw, allow_unicode=True))
