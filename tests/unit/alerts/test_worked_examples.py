"""Every policy row, rule and clause has an example worked by hand; altering any value fails one."""

from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml

from alerts.plans import Clause, catalogue, shipped_clauses
from alerts.rules import Question, Rule, shipped_rules
from tests.support.example_checks import CHECKS
from tests.support.example_ground import Example, Ground, read_examples
from yujing.domain.codes import Source
from yujing.domain.policy import Policy, PolicyRow
from yujing.errors import ReferenceDataError

EXAMPLES = read_examples(Path(__file__).parent / "worked_examples.yaml")


@pytest.fixture
def ground(tmp_path: Path) -> Ground:
    return Ground(Policy.load(), shipped_rules(), tmp_path)


def fails(example: Example, ground: Ground) -> bool:
    try:
        return bool(CHECKS[example["check"]](example, ground) != example["expect"])
    except (ValueError, KeyError, StopIteration, AssertionError, ReferenceDataError):
        return True


def examples_of(name: str) -> list[Example]:
    return [example for example in EXAMPLES if name in example["of"]]


@pytest.mark.parametrize(
    "example", EXAMPLES, ids=lambda example: f"{example['place']}-{example['check']}")
def test_an_example_worked_by_hand_comes_out(example: Example, ground: Ground) -> None:
    assert example["source"]
    assert CHECKS[example["check"]](example, ground) == example["expect"]


# ---- policy rows ----


def name_of(row: PolicyRow) -> str:
    return f"{row.key}/{row.valid_from.year}" if row.key == "income_line" else row.key


def altered(row: PolicyRow) -> list[str]:
    if row.unit == "word":
        return [row.value + "？"]
    value = float(row.value)
    if value == int(value):
        return [str(int(value) + 1), str(int(value) - 1)]
    return [str(value * 1.05), str(value * 0.95)]


OF_RULES_AND_CLAUSES = [   # comparisons and reports have cases of their own
    row for row in Policy.load().rows if not row.key.startswith(("comparison.", "report."))
]


@pytest.mark.parametrize("row", OF_RULES_AND_CLAUSES, ids=name_of)
def test_altering_a_policy_value_fails_an_example(row: PolicyRow, ground: Ground) -> None:
    row = next(own for own in ground.policy.rows if own == row)
    examples = examples_of(name_of(row))
    for value in altered(row):
        other = replace(ground, policy=ground.policy.replacing(row, value))

        assert any(fails(example, other) for example in examples), f"{row.key} = {value}"


# ---- rules ----


def other_questions(questions: tuple[Question, ...]) -> Iterator[tuple[Question, ...]]:
    """Each question left out, with other words, under another code, with other answers."""
    if len(questions) > 1:
        yield questions[::-1]
    for at, one in enumerate(questions):
        before, after = questions[:at], questions[at + 1 :]
        yield (*before, *after)
        answers = [
            tuple(words + "？" if words == answer else words for words in one.answers)
            for answer in one.answers
        ]
        for other in (
            replace(one, zh=one.zh + "？"), replace(one, code=one.code + "_"),
            replace(one, answers=one.answers[:-1]), replace(one, answers=one.answers[::-1]),
            *(replace(one, answers=words) for words in answers),
        ):
            yield (*before, other, *after)


def other_parameters(keys: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for at in range(len(keys)):
        yield (*keys[:at], *keys[at + 1 :])
        yield (*keys[:at], keys[at] + "_", *keys[at + 1 :])
    yield (*keys, "loss.job")


# What each value of a rule could be instead.
RULE_CHANGES: dict[str, Callable[[Any], Any]] = {
    "code": lambda code: [code + "_"],
    "number": lambda number: [number % 31 + 1, (number + 17) % 31 + 1],
    "zh": lambda zh: [zh + "？"],
    "level": lambda level: {1, 2, 3} - {level},
    "kind": lambda kind: {1, 2, 3} - {kind},
    "about": lambda about: {"job", "household", "other"} - {about},
    "loss": lambda loss: {"loss.job", "loss.poor_household", "loss.pension_gap", "x"} - {loss},
    "prior": lambda prior: [prior + 0.01, prior - 0.01],
    "weight": lambda weight: [weight + 1, weight - 1],
    "prior_source": lambda words: [words + "？"],
    "source": lambda source: [other for other in Source if other != source],
    "parameters": other_parameters,
    "questions": other_questions,
    "clears": lambda words: [words + "？"],
}


def test_every_value_of_rules_clauses_and_questions_is_altered() -> None:
    raw = yaml.safe_load(files("alerts.rules").joinpath("rules.yaml").read_text("utf-8"))

    assert set(RULE_CHANGES) == {field.name for field in fields(Rule)}
    assert set(CLAUSE_CHANGES) == {field.name for field in fields(Clause)}
    assert {one.code for rule in shipped_rules() for one in rule.questions} == set(raw["questions"])


@pytest.mark.parametrize("changed", RULE_CHANGES)
@pytest.mark.parametrize("rule", shipped_rules(), ids=lambda rule: rule.code)
def test_altering_a_rule_fails_an_example(rule: Rule, changed: str, ground: Ground) -> None:
    examples = examples_of(f"rule/{rule.code}")
    values = list(RULE_CHANGES[changed](getattr(rule, changed)))

    assert values
    for value in values:
        other = replace(rule, **{changed: value})
        rules = tuple(other if own is rule else own for own in ground.rules)
        assert any(fails(one, replace(ground, rules=rules)) for one in examples), value


# ---- clauses and services ----

KEYS = [clause.key for clause in shipped_clauses()]
CLAUSE_CHANGES: dict[str, Callable[[str], list[str]]] = {
    **dict.fromkeys(
        ("code", "title", "clause", "unit", "words", "source"), lambda words: [words + "？"]),
    "key": lambda key: [other for other in KEYS if other != key],
}


@pytest.mark.parametrize("changed", CLAUSE_CHANGES)
@pytest.mark.parametrize("clause", shipped_clauses(), ids=lambda clause: clause.code)
def test_altering_a_clause_fails_an_example(
    clause: Clause, changed: str, ground: Ground, monkeypatch: pytest.MonkeyPatch,
) -> None:
    shipped = shipped_clauses()
    for value in CLAUSE_CHANGES[changed](getattr(clause, changed)):
        other = tuple(
            replace(own, **{changed: value}) if own is clause else own for own in shipped)
        monkeypatch.setattr(catalogue, "shipped_clauses", lambda rows=other: rows)

        examples = examples_of(f"clause/{clause.code}")
        assert any(fails(example, ground) for example in examples), value
