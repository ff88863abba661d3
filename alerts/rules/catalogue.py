"""The rules as data: what each says, how urgent it is, how often it was right, what clears it."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

import yaml

from yujing.domain.codes import Source

FACT, REPORT, SEASONAL, SCORE, AUDIT = 1, 2, 3, 4, 5   # kinds of reason for a card
KINDS = MappingProxyType({"fact": FACT, "report": REPORT, "seasonal": SEASONAL})
RED = 3
ABOUT = ("job", "household", "other")


@dataclass(frozen=True)
class Question:
    """One question with its answers, to be answered by a tap."""

    code: str
    zh: str
    answers: tuple[str, ...]


@dataclass(frozen=True)
class Rule:
    """One rule on facts.

    Parameters
    ----------
    code, number
        Its name and its number inside arrays (1..31).
    zh
        Sentence with {since}, {month}, {value}, {extra}, {what}, {source}.
    level
        Urgency 1..3; 3 is red and passes capacity.
    kind
        FACT, REPORT or SEASONAL.
    about
        Whether a job, the household or something else is lost.
    loss
        Policy key of the loss when the rule is right.
    prior, weight, prior_source
        Precision before any outcome, worth `weight` outcomes, and where it comes from.
    source
        System whose facts the rule reads.
    parameters
        Policy keys that the evaluator reads.
    questions, clears
        What to ask and what makes the reason disappear.
    """

    code: str
    number: int
    zh: str
    level: int
    kind: int
    about: str
    loss: str
    prior: float
    weight: float
    prior_source: str
    source: Source
    parameters: tuple[str, ...]
    questions: tuple[Question, ...]
    clears: str


def read_rules(text: str) -> tuple[Rule, ...]:
    """Return the rules of a YAML text.

    Raises
    ------
    ValueError
        If a rule is incomplete, a number is used twice or a report lies below level 2.
    """
    raw = yaml.safe_load(text)
    questions = {
        code: Question(code, one["zh"], tuple(one["answers"]))
        for code, one in raw["questions"].items()
    }
    rules = tuple(_rule(one, questions) for one in raw["rules"])
    if len({rule.number for rule in rules}) != len(rules):
        raise ValueError("two rules have the same number")
    return rules


def _rule(raw: dict[str, Any], questions: dict[str, Question]) -> Rule:
    """Return one rule, raising ValueError for what cannot be right."""
    try:
        rule = Rule(
            code=raw["code"], number=raw["number"], zh=raw["zh"], level=raw["level"],
            kind=KINDS[raw["kind"]], about=raw["about"], loss=raw["loss"], prior=raw["prior"],
            weight=raw["weight"], prior_source=raw["prior_source"],
            source=Source(raw["source_system"]), parameters=tuple(raw["parameters"]),
            questions=tuple(questions[code] for code in raw["questions"]), clears=raw["clears"],
        )
    except (KeyError, ValueError) as error:
        raise ValueError(f"rule {raw.get('code')}: {error}") from error
    if not (1 <= rule.number <= 31 and 1 <= rule.level <= RED and rule.about in ABOUT):
        raise ValueError(f"rule {rule.code}: number, level or about is out of range")
    if not (0 < rule.prior < 1 and rule.weight > 0 and rule.prior_source):
        raise ValueError(f"rule {rule.code}: the prior needs a value in (0, 1), a weight, a source")
    if rule.kind == REPORT and rule.level < 2:   # a person's own report is never below orange
        raise ValueError(f"rule {rule.code}: a report is at least level 2")
    if len(rule.questions) > 3:
        raise ValueError(f"rule {rule.code}: at most three questions")
    return rule


@cache
def shipped_rules() -> tuple[Rule, ...]:
    """Return the rules of `rules.yaml`, by number."""
    text = files("alerts.rules").joinpath("rules.yaml").read_text("utf-8")
    return tuple(sorted(read_rules(text), key=lambda rule: rule.number))


def rule_of(number: int, rules: tuple[Rule, ...] | None = None) -> Rule:
    """Return the rule of a number.

    Raises
    ------
    KeyError
        If there is none.
    """
    for rule in shipped_rules() if rules is None else rules:
        if rule.number == number:
            return rule
    raise KeyError(number)
