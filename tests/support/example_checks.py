"""What examples worked by hand assert: one check a decision or a text that somebody sees."""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from typing import Any

import numpy as np

from alerts import reasons
from alerts.benefit import benefit_fen, precision, precisions
from alerts.bursts import burst_limit
from alerts.candidates import candidates
from alerts.dealing import deal, released
from alerts.drafts import Drafting
from alerts.hysteresis import Standing, next_standing
from alerts.plans import catalogue
from alerts.plans.plan import plan_of
from alerts.rules import SIGNAL, Situation, evaluate
from alerts.view import DeskView
from tests.support.cases import Case, deal_of
from tests.support.example_ground import (
    AT,
    TODAY,
    Example,
    Ground,
    a_desk,
    card_on,
    day_of,
    scored,
    some_signals,
    state_of_example,
)
from tests.support.written import VILLAGE, a_household, a_member, key_of
from yujing.domain.calendar import Calendar
from yujing.domain.codes import Outcome
from yujing.domain.policy import PROVINCE, Policy, PolicyRow


def signals(example: Example, ground: Ground) -> Any:
    as_of, rule = day_of(example), ground.rule(example["rule"])
    found = evaluate(
        state_of_example(example), as_of=as_of, policy=ground.policy, rules=(rule,))
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
    state = state_of_example(example, facts, as_of)
    found = evaluate(
        state, as_of=as_of, policy=ground.policy, rules=(ground.rule("income_under_line"),))
    return "under" if len(found) else "not under"


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


def believed(example: Example, ground: Ground) -> Any:
    """How many of a hundred cards are right before any outcome, what is lost then, whence known."""
    rule = ground.rule(example["rule"])
    return [round(100 * precision(rule, 0, 0)), rule.loss, rule.prior_source]


def card(example: Example, ground: Ground) -> Any:
    """What the card of a kept rule number asks, the answer that data suggest marked, and its end.

    Evidence and outcomes keep the number of a rule, answers the code of a question.
    """
    kept = [{"rule": example["kept_as"]}]
    asked = reasons.questions(kept, example["known"], ground.rules)
    told = [
        f"{one.zh} " + "/".join(f"[{a}]" if a == one.known else a for a in one.answers)
        for one in asked
    ]
    return [*told, *reasons.clears(kept, ground.rules)]


class ReadPolicy(Policy):
    """A policy that notes which keys are asked for."""

    def __init__(self, rows: Iterable[PolicyRow]) -> None:
        super().__init__(rows)
        self.asked: set[str] = set()

    def find(self, key: str, *, region: int = PROVINCE, day: date) -> PolicyRow | None:
        """Return the row that holds."""
        self.asked.add(key)
        return super().find(key, region=region, day=day)


def reads(example: Example, ground: Ground) -> Any:
    """Which policy values decide whether a rule holds: those that it declares and does read."""
    rule, policy = ground.rule(example["rule"]), ReadPolicy(ground.policy.rows)
    found = evaluate(
        state_of_example(example), as_of=day_of(example), policy=policy, rules=(rule,))
    assert len(found), "the rule holds: it has read all that it needs"
    assert sorted(rule.parameters) == sorted(policy.asked)
    return sorted(policy.asked)


def plans(example: Example, ground: Ground) -> Any:
    situation = Situation(state_of_example(example), day_of(example), ground.policy)
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


def help_told(example: Example, ground: Ground) -> Any:
    """For whom a clause or service is, how much and per what, and where it stands."""
    item = next(item for item in plans(example, ground) if item.code == example["clause"])
    clause = catalogue.clause_of(example["clause"])
    amount = ground.policy.whole(clause.key, day=TODAY)
    return [item.words, f"{clause.key}: {amount} {clause.unit}", clause.source]


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
    "tried_again": tried_again, "believed": believed, "card": card, "reads": reads,
    "help": help_told, "expires": expires, "objection": objection, "colour": colour,
}
