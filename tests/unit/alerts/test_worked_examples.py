"""Every policy row, rule and clause has an example worked by hand; altering any value fails one."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from alerts import reasons
from alerts.benefit import RiskScores, benefit_fen, precisions
from alerts.bursts import burst_limit
from alerts.candidates import candidates
from alerts.dealing import deal, released
from alerts.desk import Desk
from alerts.desk.opening import open_card
from alerts.drafts import CardDraft, Drafting
from alerts.hysteresis import Standing, next_standing
from alerts.plans import Clause, catalogue, shipped_clauses
from alerts.plans.plan import plan_of
from alerts.rules import SIGNAL, Rule, Situation, evaluate, shipped_rules
from alerts.view import DeskView
from tests.support.cases import Case, deal_of
from tests.support.written import VILLAGE, a_household, a_member, key_of, state_of, written
from yujing.domain.calendar import Calendar
from yujing.domain.codes import Outcome, number
from yujing.domain.days import to_day
from yujing.domain.policy import Policy, PolicyRow
from yujing.errors import ReferenceDataError
from yujing.storage.sqlite import open_engine, writing

EXAMPLES = yaml.safe_load((Path(__file__).parent / "worked_examples.yaml").read_text("utf-8"))
TODAY = date(2026, 11, 24)
AT = datetime(2026, 11, 24, 2, tzinfo=UTC)
Example = dict[str, Any]


@dataclass
class Ground:
    """The data that examples stand for; a mutation replaces one of them."""

    policy: Policy
    rules: tuple[Rule, ...]
    clauses: tuple[Clause, ...]
    folder: Path

    def rule(self, code: str) -> Rule:
        return next(rule for rule in self.rules if rule.code == code)


def day_of(example: Example, name: str = "as_of") -> date:
    return date.fromisoformat(str(example[name])) if name in example else TODAY


def facts_of(example: Example) -> list[list[Any]]:
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


@cache
def state_of_example(place: int) -> Any:
    example = EXAMPLES[place]
    return state_of(written(facts_of(example)), day_of(example))


def signals(example: Example, ground: Ground) -> Any:
    as_of, rule = day_of(example), ground.rule(example["rule"])
    found = evaluate(
        state_of_example(example["place"]), as_of=as_of, policy=ground.policy, rules=(rule,))
    names = {0: "-", key_of("a"): "a", key_of("b"): "b"}
    return [
        [names[int(s["person"])], str(date.fromordinal(719163 + int(s["since"]))), int(s["value"]),
         int(s["level"])] for s in found
    ]


def line(example: Example, ground: Ground) -> Any:
    year, total = example["year"], example["total"]
    facts = [a_household("H"), a_member("a", "H"), ["income.report", "H", f"{year - 1}-12-01", {
        "to": f"{year}-11-30", "income_wage": total, "income_business": 0, "income_property": 0,
        "income_transfer": 0, "expense": 0, "n_members": example["heads"]}]]
    as_of = date(year, 12, 15)
    state = _line_state(example["place"], facts, as_of)
    found = evaluate(
        state, as_of=as_of, policy=ground.policy, rules=(ground.rule("income_under_line"),))
    return "under" if len(found) else "not under"


_LINE_STATES: dict[int, Any] = {}


def _line_state(place: int, facts: list[list[Any]], as_of: date) -> Any:
    if place not in _LINE_STATES:
        _LINE_STATES[place] = state_of(written(facts), as_of)
    return _LINE_STATES[place]


def some_signals(rule: Rule, people: list[int], **columns: Any) -> Any:
    found = np.zeros(len(people), dtype=SIGNAL)
    found["household"], found["region"] = 7, VILLAGE
    found["person"], found["rule"], found["level"] = people, rule.number, rule.level
    found["kind"], found["source"] = rule.kind, number(rule.source)
    found["since"], found["value"], found["extra"] = to_day(date(2026, 10, 1)), 2, 3
    for name, value in columns.items():
        found[name] = value
    return found


def scored(u90: float, p12: float) -> RiskScores:
    return RiskScores(
        np.array([1], dtype=np.uint64), np.array([u90]), np.array([7], dtype=np.uint64),
        np.array([0]), np.array([7], dtype=np.uint64), np.array([p12]), np.array([0]), ("age",),
        "m1", "m2")


def worth(example: Example, ground: Ground) -> Any:
    rule = ground.rule(example["rule"])
    fen = benefit_fen(
        np.array([7], dtype=np.uint64), np.array([VILLAGE]), some_signals(rule, [1, 2]),
        scored(np.nan, 0.01), precision_of=precisions({rule.number: (3, 2)}, ground.rules),
        as_of=TODAY, policy=ground.policy, rules=ground.rules)
    return int(fen[0])


def said(example: Example, ground: Ground) -> Any:
    rule = ground.rule(example["rule"])
    one = some_signals(rule, [1])[0]
    return [rule.level, rule.kind, reasons.sentence_of(one, as_of=TODAY, rules=ground.rules)]


def plans(example: Example, ground: Ground) -> Any:
    situation = Situation(state_of_example(example["place"]), day_of(example), ground.policy)
    return [item for item in plan_of(situation, calendar=Calendar()) if item.person == key_of("a")]


def plan(example: Example, ground: Ground) -> Any:
    item = next(item for item in plans(example, ground) if item.code == example["clause"])
    assert item.is_money
    return [item.status, item.amount_fen / 100, item.clause, item.title, list(item.missing)]


def services(example: Example, ground: Ground) -> Any:
    items = sorted(
        (item for item in plans(example, ground) if not item.is_money), key=lambda item: item.title
    )
    order = ["guidance", "training", "referral"]
    items.sort(key=lambda item: order.index(item.code))
    return [
        [i.code, i.title, i.clause, i.status, i.done, i.wanted, str(i.due), list(i.missing)]
        for i in items
    ]


def deadlines(example: Example, ground: Ground) -> Any:
    return list(Drafting(TODAY, ground.policy, Calendar()).deadlines(example["level"], VILLAGE))


def released_by(example: Example, ground: Ground) -> Any:
    return released(ground.policy.capacity(VILLAGE, day=TODAY), TODAY, Calendar())


def room(example: Example, ground: Ground) -> Any:
    made = deal_of(
        [Case(n, person=n) for n in range(1, 21)], DeskView(live={VILLAGE: example["live"]}),
        policy=ground.policy)
    return len(made.dealt)


def audit_probability(example: Example, ground: Ground) -> Any:
    n = example["households"]
    keys = np.arange(1, n + 1, dtype=np.uint64)
    none = candidates(
        np.zeros(0, dtype=SIGNAL), None, standing=Standing(), population=keys,
        regions=np.full(n, VILLAGE), as_of=TODAY, policy=ground.policy)
    for seed in range(60):   # some seed gives chance a slot
        made = deal(none, DeskView(), as_of=TODAY, policy=ground.policy, calendar=Calendar(),
                    seed=seed)
        if len(made.audits):
            return round(float(made.audit_probability[0]), 6)
    return None


def burst(example: Example, ground: Ground) -> Any:
    return burst_limit(example["households"], region=VILLAGE, as_of=TODAY, policy=ground.policy)


def standing(example: Example, ground: Ground) -> Any:
    now, stood = Standing(), []
    runs = example.get("u90") or example["p12"]
    for n, probability in enumerate(runs):
        scores = scored(probability, 0.0) if "u90" in example else scored(np.nan, probability)
        now = next_standing(now, scores, as_of=date(2026, 11, 1 + n), policy=ground.policy)
        stood.append(bool(len(now.households)))
    return stood


def score_level(example: Example, ground: Ground) -> Any:
    keys = np.array([7], dtype=np.uint64)
    scores = scored(example["u90"], example["p12"])
    stands = next_standing(Standing(), scores, as_of=TODAY, policy=ground.policy)
    found = candidates(
        np.zeros(0, dtype=SIGNAL), scores, standing=stands, population=keys,
        regions=np.array([VILLAGE]), as_of=TODAY, policy=ground.policy)
    return int(found.rows["level"][0])


def festival_entry(example: Example, ground: Ground) -> Any:
    n = example["waiting"]
    keys = np.arange(1, n + 1, dtype=np.uint64)
    came = some_signals(ground.rule("stayed_home"), list(range(1, n + 1)), household=keys)
    found = candidates(
        came, None, standing=Standing(), population=keys, regions=np.full(n, VILLAGE),
        as_of=day_of(example), policy=ground.policy, rules=ground.rules)
    return int((found.rows["waiting"] == 0).sum())


@cache
def _folder(base: Path) -> list[int]:
    return [0]


def a_desk(ground: Ground) -> Desk:
    count = _folder(ground.folder)
    count[0] += 1
    engine = open_engine(ground.folder / f"desk-{count[0]}.sqlite")
    return Desk(engine, ground.policy, Calendar())


def card_on(desk: Desk, level: int, day: date = TODAY) -> int:
    due, measure = Drafting(day, desk.policy, Calendar()).deadlines(level, VILLAGE)
    draft = CardDraft(
        7, 1, VILLAGE, "fact", level, 2, "job_ended", "", 4, 3, 0, 0, "一句话", 100, 0.0, 0.0, due,
        measure)
    with writing(desk._engine) as connection:
        card = open_card(connection, draft, day=day, at=AT, by="yujing")
    assert card is not None
    return card


def silent_until(example: Example, ground: Ground) -> Any:
    desk = a_desk(ground)
    desk.record_outcome(card_on(desk, 2), Outcome(example["outcome"]), by="w", at=AT)
    until = int(desk.view(TODAY).cool_downs["until"][0])
    return str(date.fromordinal(719163 + until))


def tried_again(example: Example, ground: Ground) -> Any:
    desk = a_desk(ground)
    card = card_on(desk, 3)
    desk.record_outcome(card, Outcome.NO_CONTACT, by="w", at=AT)
    now = desk.card(card)
    assert now is not None
    return str(now.due_on)


def expires(example: Example, ground: Ground) -> Any:
    desk = a_desk(ground)
    card_on(desk, 1, day_of(example, "opened"))
    on = day_of(example, "day")
    return bool(desk.expire(at=datetime(on.year, on.month, on.day, 2, tzinfo=UTC)))


def objection(example: Example, ground: Ground) -> Any:
    desk = a_desk(ground)
    desk.pause(7, 1, by="w", at=AT)
    return str(desk.paused()[7])


def colour(example: Example, ground: Ground) -> Any:
    return ground.policy.colour(example["level"], day=TODAY)


CHECKS: dict[str, Callable[[Example, Ground], Any]] = {
    "signals": signals, "line": line, "worth": worth, "said": said, "plan": plan,
    "services": services, "deadlines": deadlines, "released": released_by, "room": room,
    "audit_probability": audit_probability, "burst": burst, "standing": standing,
    "score_level": score_level, "festival_entry": festival_entry, "silent_until": silent_until,
    "tried_again": tried_again, "expires": expires, "objection": objection, "colour": colour,
}


@pytest.fixture
def ground(tmp_path: Path) -> Ground:
    return Ground(Policy.load(), shipped_rules(), shipped_clauses(), tmp_path)


for _place, _example in enumerate(EXAMPLES):
    _example["place"] = _place


def fails(example: Example, ground: Ground) -> bool:
    try:
        return bool(CHECKS[example["check"]](example, ground) != example["expect"])
    except (ValueError, KeyError, StopIteration, AssertionError, ReferenceDataError):
        return True


@pytest.mark.parametrize(
    "example", EXAMPLES, ids=lambda example: f"{example['place']}-{example['check']}")
def test_an_example_worked_by_hand_comes_out(example: Example, ground: Ground) -> None:
    assert example["source"]
    assert CHECKS[example["check"]](example, ground) == example["expect"]


def name_of(row: PolicyRow) -> str:
    return f"{row.key}/{row.valid_from.year}" if row.key == "income_line" else row.key


def examples_of(name: str) -> list[Example]:
    return [example for example in EXAMPLES if name in example["of"]]


def altered(row: PolicyRow) -> list[str]:
    if row.unit == "word":
        return [row.value + "？"]
    value = float(row.value)
    if value == int(value):
        return [str(int(value) + 1), str(int(value) - 1)]
    return [str(value * 1.05), str(value * 0.95)]


@pytest.mark.parametrize("row", Policy.load().rows, ids=name_of)
def test_altering_a_policy_value_fails_an_example(row: PolicyRow, ground: Ground) -> None:
    row = next(own for own in ground.policy.rows if own == row)
    examples = examples_of(name_of(row))
    for value in altered(row):
        other = replace(ground, policy=ground.policy.replacing(row, value))

        assert any(fails(example, other) for example in examples), f"{row.key} = {value}"


RULE_CHANGES: dict[str, Callable[[Any], Any]] = {
    "zh": lambda zh: zh + "？", "level": lambda level: level % 3 + 1,
    "kind": lambda kind: kind % 3 + 1, "prior": lambda prior: prior + 0.01,
    "weight": lambda weight: weight + 1,
    "about": lambda about: {"job": "household", "household": "other", "other": "job"}[about],
    "loss": lambda loss: "loss.job" if loss != "loss.job" else "loss.poor_household",
    "source": lambda source: type(source)("telephone"),
}


@pytest.mark.parametrize("changed", RULE_CHANGES)
@pytest.mark.parametrize("rule", shipped_rules(), ids=lambda rule: rule.code)
def test_altering_a_rule_fails_an_example(rule: Rule, changed: str, ground: Ground) -> None:
    other = replace(rule, **{changed: RULE_CHANGES[changed](getattr(rule, changed))})
    rules = tuple(other if own is rule else own for own in ground.rules)

    assert any(
        fails(example, replace(ground, rules=rules)) for example in examples_of(f"rule/{rule.code}")
    )


@pytest.mark.parametrize("changed", ["title", "clause", "key"])
@pytest.mark.parametrize("clause", shipped_clauses(), ids=lambda clause: clause.code)
def test_altering_a_clause_fails_an_example(
    clause: Clause, changed: str, ground: Ground, monkeypatch: pytest.MonkeyPatch,
) -> None:
    value = "subsidy.none" if changed == "key" else getattr(clause, changed) + "？"
    other = tuple(
        replace(own, **{changed: value}) if own is clause else own for own in shipped_clauses())
    monkeypatch.setattr(catalogue, "shipped_clauses", lambda: other)

    assert any(fails(example, ground) for example in examples_of(f"clause/{clause.code}"))
