"""The ground on which examples worked by hand stand: reference data, facts, scores and desks.

An example is a row of `tests/unit/alerts/worked_examples.yaml`.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from alerts.benefit import RiskScores
from alerts.desk import Desk
from alerts.desk.opening import open_card
from alerts.drafts import CardDraft, Drafting
from alerts.rules import SIGNAL, Rule
from tests.support.written import VILLAGE, a_household, a_member, state_of, written
from yujing.domain.calendar import Calendar
from yujing.domain.codes import number
from yujing.domain.days import to_day
from yujing.domain.policy import Policy
from yujing.storage.sql import open_sqlite, writing

TODAY = date(2026, 11, 24)
AT = datetime(2026, 11, 24, 2, tzinfo=UTC)
Example = dict[str, Any]


def read_examples(path: Path) -> list[Example]:
    """Return the examples of a file, each with its place in it."""
    examples: list[Example] = yaml.safe_load(path.read_text("utf-8"))
    for place, example in enumerate(examples):
        example["place"] = place
    return examples


@dataclass
class Ground:
    """The data that examples stand for; a mutation replaces one of them."""

    policy: Policy
    rules: tuple[Rule, ...]
    folder: Path

    def rule(self, code: str) -> Rule:
        """Return the rule of a code; StopIteration if there is none."""
        return next(rule for rule in self.rules if rule.code == code)


def day_of(example: Example, name: str = "as_of") -> date:
    """Return a day of an example, TODAY where it names none."""
    return date.fromisoformat(str(example[name])) if name in example else TODAY


def facts_of(example: Example) -> list[list[Any]]:
    """Return the facts of an example with a household and two members around them."""
    born = {"birth": example["born"]} if "born" in example else {}
    given = [a_household("H"), *example.get("facts", [])]
    if not any(fact[0] == "member.upsert" for fact in given):
        given.append(a_member("a", "H", **born))
    given.append(a_member("b", "H", birth="2021-05-01", skill="none"))
    for month, yuan in example.get("wages", {}).items():
        given.append(["employment.monthly_status", "a", f"{month}-28", {
            "month": month, "worked": "yes", "wage": yuan}])
    given.extend(
        ["employment.monthly_status", "a", f"{month}-28", {
            "month": month, "worked": "yes", "area": "out_of_province"}]
        for month in example.get("worked", []))
    return given


_STATES: dict[int, Any] = {}   # folding is slow; an alteration of reference data changes no state


def state_of_example(
    example: Example, facts: list[list[Any]] | None = None, as_of: date | None = None,
) -> Any:
    """Return the state folded from facts, those of the example unless others are given."""
    place = example["place"]
    if place not in _STATES:
        _STATES[place] = state_of(
            written(facts or facts_of(example)), as_of or day_of(example))
    return _STATES[place]


def some_signals(rule: Rule, people: list[int], **columns: Any) -> Any:
    """Return one signal of a rule for each member of household 7."""
    found = np.zeros(len(people), dtype=SIGNAL)
    found["household"], found["region"] = 7, VILLAGE
    found["person"], found["rule"], found["level"] = people, rule.number, rule.level
    found["kind"], found["source"] = rule.kind, number(rule.source)
    found["since"], found["value"], found["extra"] = to_day(date(2026, 10, 1)), 2, 3
    for name, value in columns.items():
        found[name] = value
    return found


def scored(u90: float, p12: float) -> RiskScores:
    """Return the scores of household 7 and its member 1."""
    return RiskScores(
        np.array([1], dtype=np.uint64), np.array([u90]), np.array([7], dtype=np.uint64),
        np.array([0]), np.array([7], dtype=np.uint64), np.array([p12]), np.array([0]), ("age",),
        "m1", "m2")


@cache
def _folder(base: Path) -> list[int]:
    return [0]


def a_desk(ground: Ground) -> Desk:
    """Return an empty desk in a file of its own."""
    count = _folder(ground.folder)
    count[0] += 1
    engine = open_sqlite(ground.folder / f"desk-{count[0]}.sqlite")
    return Desk(engine, ground.policy, Calendar())


def card_on(desk: Desk, level: int, day: date = TODAY) -> int:
    """Open a card of a level on a day and return its number."""
    due, measure = Drafting(day, desk.policy, Calendar()).deadlines(level, VILLAGE)
    draft = CardDraft(
        7, 1, VILLAGE, "fact", level, 2, "job_ended", "", 4, 3, 0, 0, "一句话", 100, 0.0, 0.0, due,
        measure)
    with writing(desk._engine) as connection:
        card = open_card(connection, draft, day=day, at=AT, by="yujing")
    assert card is not None
    return card
