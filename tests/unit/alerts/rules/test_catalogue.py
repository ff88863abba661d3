from importlib.resources import files

import pytest
import yaml

from alerts.rules import rule_of, shipped_rules
from alerts.rules.catalogue import REPORT, read_rules
from alerts.rules.evaluation import EVALUATORS
from yujing.domain.policy import Policy

TEXT = files("alerts.rules").joinpath("rules.yaml").read_text("utf-8")


def test_every_rule_has_an_evaluator_and_its_parameters_in_the_policy() -> None:
    keys = set(Policy.load().keys)

    assert {rule.code for rule in shipped_rules()} == set(EVALUATORS)
    for rule in shipped_rules():
        assert {*rule.parameters, rule.loss} <= keys, rule.code


def test_a_person_s_report_is_never_below_orange() -> None:
    assert [rule.level for rule in shipped_rules() if rule.kind == REPORT] == [2]


@pytest.mark.parametrize(("field", "value", "words"), [
    ("level", 4, "out of range"), ("number", 2, "same number"), ("number", 40, "out of range"),
    ("prior", 1.0, "prior"), ("weight", 0, "prior"), ("prior_source", "", "prior"),
    ("kind", "guess", "guess"), ("about", "luck", "out of range"),
    ("questions", ["works", "since", "wants", "wage"], "three"), ("questions", ["no"], "no"),
    ("source_system", "nobody", "nobody"),
])
def test_a_rule_that_cannot_be_right_is_refused(field: str, value: object, words: str) -> None:
    raw = yaml.safe_load(TEXT)
    raw["rules"][0][field] = value

    with pytest.raises(ValueError, match=words):
        read_rules(yaml.safe_dump(raw))


def test_a_report_below_orange_and_a_rule_without_words_are_refused() -> None:
    raw = yaml.safe_load(TEXT)
    report = next(rule for rule in raw["rules"] if rule["kind"] == "report")
    report["level"] = 1
    with pytest.raises(ValueError, match="at least level 2"):
        read_rules(yaml.safe_dump(raw))

    del raw["rules"][0]["zh"]
    with pytest.raises(ValueError, match="zh"):
        read_rules(yaml.safe_dump(raw))


def test_an_unknown_number_is_no_rule() -> None:
    with pytest.raises(KeyError):
        rule_of(31)
