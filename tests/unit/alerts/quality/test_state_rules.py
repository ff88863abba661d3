"""Each rule over the state with hand-made households on either side of its limit."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.quality.columns import CODE_SETS, Ground
from alerts.quality.rules import StateRule, evaluate_quality, rule_of, state_rules
from alerts.quality.told import KINDS, Told
from alerts.rules import Situation
from streams.door.quality import QualityRules
from streams.door.quality_conditions import Condition
from streams.fact import FactArray
from tests.support.written import a_household, a_member, key_of, state_of, written
from yujing.domain.codes import Source, number, numbers
from yujing.domain.policy import Policy
from yujing.errors import ReferenceDataError

TODAY = date(2026, 11, 24)
POLICY = Policy.load()
RULES = {rule.id: rule for rule in state_rules()}
Facts = list[list[Any]]

HOME = a_household("H")
IDENTIFIED = ["category.open", "H", "2026-06-01", {"category": "unstable"}]
EX_POOR = ["category.open", "H", "2023-01-05", {"category": "ex_poor"}]
SET = {"income_wage": 0, "income_business": 0, "income_property": 0, "income_transfer": 0,
       "expense": 0}  # fmt: skip


def risk(*risks: str, day: str = "2026-06-01", who: str = "H") -> list[Any]:
    return ["hardship.report", who, day, {"risks": risks}]


def found_on_visit(*risks: str, day: str = "2026-06-01") -> list[Any]:
    return ["verification.result", "H", day, {"risks": risks, "outcome": "confirmed"}]


def helped(measure: str, day: str, who: str = "H") -> list[Any]:
    return ["assist.measure", who, day, {"measure": measure}]


def month(name: str, when: str, worked: str, **more: Any) -> list[Any]:
    return ["employment.monthly_status", name, f"{when}-28",
            {"month": when, "worked": worked, **more}]  # fmt: skip


def start(name: str, day: str, **more: Any) -> list[Any]:
    return ["employment.start", name, day, more]


def income(day: str, wage: float, members: int = 1, **more: Any) -> list[Any]:
    return ["income.report", "H", day,
            {"to": day, **SET, "income_wage": wage, "n_members": members, **more}]  # fmt: skip


def resident_medical(name: str, year: int) -> list[Any]:
    return ["insurance.resident_annual", name, f"{year}-01-15",
            {"insurance": "390", "year": year, "payer": "person"}]  # fmt: skip


def employee_medical(name: str, when: str) -> list[Any]:
    return ["insurance.payment", name, f"{when}-15",
            {"insurance": "310", "month": when, "amount": 300, "payer": "employer"}]  # fmt: skip


def people(n: int, able: int) -> Facts:
    """Return members of H of whom some can work and the others cannot."""
    names = "abcdefgh"[:n]
    return [
        a_member(name, "H", skill="ordinary" if place < able else "none")
        for place, name in enumerate(names)
    ]


A = a_member("a", "H")
WATCHED = [HOME, A, IDENTIFIED]
POOR = [HOME, A, EX_POOR]
OTHER_HOME = [a_household("K"), a_member("b", "K")]
CLAIMED_BY_K = ["member.upsert", "a", "2023-01-01",
                {"household": "K", "birth": "1985-05-01", "skill": "ordinary",
                 "student": "no", "region": 520526100001}]  # fmt: skip
K_IDENTIFIED = ["category.open", "K", "2026-06-01", {"category": "marginal"}]
WATER = ["department.warning", "H", "2026-10-01", {"warning": "water"}]
WATER_FRESH = ["department.warning", "H", "2026-11-09", {"warning": "water"}]
WORKED_BEFORE = [month("a", "2026-05", "yes")]
SOON = [*WATCHED[:2], ["category.open", "H", "2026-10-26", {"category": "unstable"}]]

# Rule: situations in which it holds, situations in which it does not. TODAY is 24 November 2026.
CASES: dict[str, tuple[list[Facts], list[Facts]]] = {
    "monitored_claimed_twice": (
        [[*WATCHED, *OTHER_HOME, K_IDENTIFIED, CLAIMED_BY_K]],
        [
            [*WATCHED, *OTHER_HOME, CLAIMED_BY_K],
            [HOME, A, *OTHER_HOME, K_IDENTIFIED, CLAIMED_BY_K],
            [*WATCHED, *OTHER_HOME, K_IDENTIFIED],
        ],
    ),
    "in_two_households": (
        [
            [HOME, A, *OTHER_HOME, CLAIMED_BY_K],
            # both claims are of the day itself
            [HOME, a_household("K"), [*A[:2], "2026-11-24", A[3]],
             [*CLAIMED_BY_K[:2], "2026-11-24", CLAIMED_BY_K[3]]],
        ],
        [
            [HOME, A, *OTHER_HOME],
            # both claims lie ahead
            [HOME, a_household("K"), [*A[:2], "2026-11-25", A[3]],
             [*CLAIMED_BY_K[:2], "2026-11-25", CLAIMED_BY_K[3]]],
            # left K before he came to H
            [HOME, A, *OTHER_HOME, CLAIMED_BY_K,
             ["member.exit", "a", "2023-01-03", {"reason": "moved_out"}]],
        ],
    ),
    "monitored_without_medical_cover": (
        [
            [*WATCHED, resident_medical("a", 2025)],
            [*WATCHED, employee_medical("a", "2026-04")],
        ],
        [
            [*WATCHED, resident_medical("a", 2026)],
            [*WATCHED, resident_medical("a", 2025), employee_medical("a", "2026-05")],
            WATCHED,   # nobody ever told: unknown
            [HOME, A, resident_medical("a", 2025)],
        ],
    ),
    "water_unsolved_and_not_monitored": (
        [
            [*POOR, WATER],
            [*POOR, risk("water", day="2026-10-01", who="a")],
            [*POOR, ["department.warning", "H", "2026-11-08", {"warning": "water"}]],
        ],
        [
            [*POOR, WATER, IDENTIFIED],
            [*POOR, WATER, helped("water", "2026-10-01")],
            [*POOR, WATER,
             ["verification.result", "H", "2026-10-20", {"outcome": "solved"}]],
            [*POOR, WATER_FRESH],
            [*POOR, ["department.warning", "H", "2026-10-01", {"warning": "housing"}]],
            [HOME, A, WATER],
        ],
    ),
    "under_line_and_not_monitored": (
        [
            [*POOR, income("2026-10-31", 8_999)],
            [*POOR, income("2025-11-24", 8_499)],
        ],
        [
            [*POOR, income("2026-10-31", 9_000)],
            [*POOR, income("2025-11-23", 8_499)],
            [*POOR, income("2026-10-31", 8_999), IDENTIFIED],
            [HOME, A, income("2026-10-31", 8_999)],
            POOR,
        ],
    ),
    "income_above_20000_when_identified": (
        [
            [*WATCHED, income("2026-05-31", 20_001)],
            [*WATCHED, income("2025-05-31", 20_001)],
            [*WATCHED, income("2026-08-02", 20_001)],
        ],
        [
            [*WATCHED, income("2026-05-31", 20_000)],
            [*WATCHED, income("2026-05-31", 40_000, members=2)],
            [*WATCHED, income("2025-05-30", 20_001)],
            [*WATCHED, income("2026-08-03", 20_001)],
            [HOME, A, income("2026-05-31", 20_001)],
        ],
    ),
    "unstable_job_but_nobody_can_work": (
        [
            [HOME, a_member("a", "H", skill="none"), IDENTIFIED, risk("unstable_job")],
            [HOME, a_member("a", "H", student="senior"), IDENTIFIED, risk("unstable_job")],
            [HOME, a_member("a", "H", birth="2012-01-01"), IDENTIFIED, risk("unstable_job")],
            [HOME, a_member("a", "H", birth="1950-01-01"), IDENTIFIED,
             found_on_visit("unstable_job")],
        ],
        [
            [*WATCHED, risk("unstable_job")],
            [HOME, a_member("a", "H", skill="unknown"), IDENTIFIED, risk("unstable_job")],
            [HOME, a_member("a", "H", skill="none"), IDENTIFIED, risk("illness")],
            [HOME, a_member("a", "H", skill="none"), IDENTIFIED,
             risk("unstable_job", day="2026-04-01")],
            [HOME, a_member("a", "H", skill="none"), risk("unstable_job")],
        ],
    ),
    "unstable_job_without_work_record": (
        [[*WATCHED, risk("unstable_job")]],
        [
            [*WATCHED, risk("unstable_job"), *WORKED_BEFORE],
            [*WATCHED, risk("unstable_job"), start("a", "2024-03-01")],
            [*WATCHED, risk("no_labour")],
            [HOME, A, risk("unstable_job")],
        ],
    ),
    "no_labour_but_a_quarter_can_work": (
        [
            [HOME, *people(3, 1), IDENTIFIED, risk("no_labour")],
            [HOME, *people(1, 1), IDENTIFIED, risk("no_labour")],
        ],
        [
            [HOME, *people(3, 0), IDENTIFIED, risk("no_labour")],
            [HOME, *people(4, 1), IDENTIFIED, risk("no_labour")],
            [HOME, *people(4, 2), IDENTIFIED, risk("no_labour")],
            [HOME, *people(3, 1), IDENTIFIED, risk("illness")],
            [HOME, *people(3, 1), risk("no_labour")],
        ],
    ),
    "no_labour_but_half_can_work": (
        [
            [HOME, *people(4, 2), IDENTIFIED, risk("no_labour")],
            [HOME, *people(5, 3), IDENTIFIED, risk("no_labour")],
        ],
        [
            [HOME, *people(5, 2), IDENTIFIED, risk("no_labour")],
            [HOME, *people(3, 3), IDENTIFIED, risk("no_labour")],
            [HOME, *people(4, 2), IDENTIFIED, risk("illness")],
            [HOME, *people(4, 2), risk("no_labour")],
        ],
    ),
    "illness_without_cost": (
        [[*WATCHED, risk("illness"), income("2026-05-31", 5_000, self_pay=0)]],
        [
            [*WATCHED, risk("illness"), income("2026-05-31", 5_000, self_pay=1)],
            [*WATCHED, risk("illness"), income("2026-05-31", 5_000)],
            [*WATCHED, risk("illness"), income("2026-05-31", 5_000, self_pay=0),
             ["medical.settlement", "a", "2026-09-10", {"total": 900, "self_pay": 300}]],
            [*WATCHED, risk("schooling"), income("2026-05-31", 5_000, self_pay=0)],
            [HOME, A, risk("illness"), income("2026-05-31", 5_000, self_pay=0)],
        ],
    ),
    "housing_risk_without_measure": (
        [
            [*WATCHED, risk("housing")],
            [*WATCHED, risk("housing"), helped("water", "2026-06-02")],
            [*SOON, risk("housing", day="2026-10-25")],
        ],
        [
            [*WATCHED, risk("housing"), helped("housing", "2026-06-02")],
            [*WATCHED, risk("housing"), helped("housing", "2026-06-02", who="a")],
            [*SOON, risk("housing", day="2026-10-26")],
            [*WATCHED, risk("water")],
            [HOME, A, risk("housing")],
        ],
    ),
    "water_risk_without_measure": (
        [
            [*WATCHED, risk("water")],
            [*WATCHED, risk("water"), helped("housing", "2026-06-02")],
            [*SOON, risk("water", day="2026-10-25")],
        ],
        [
            [*WATCHED, risk("water"), helped("water", "2026-06-02")],
            [*SOON, risk("water", day="2026-10-26")],
            [*WATCHED, risk("housing")],
            [HOME, A, risk("water")],
        ],
    ),
    "work_measure_but_nobody_works": (
        [
            [*WATCHED, helped("employment", "2026-09-25"), month("a", "2026-07", "no")],
            [*WATCHED, helped("public_post", "2026-06-10"), month("a", "2026-07", "no"),
             *WORKED_BEFORE],
        ],
        [
            [*WATCHED, helped("employment", "2026-09-26"), month("a", "2026-07", "no")],
            [*WATCHED, helped("employment", "2026-06-10"), month("a", "2026-07", "yes")],
            [*WATCHED, helped("employment", "2026-06-10")],   # nobody was reported on
            [*WATCHED, helped("employment", "2026-06-10"), month("a", "2026-05", "no")],
            [*WATCHED, helped("industry", "2026-06-10"), month("a", "2026-07", "no")],
            [HOME, A, helped("employment", "2026-06-10"), month("a", "2026-07", "no")],
        ],
    ),
    "labour_export_but_nobody_left": (
        [
            [*WATCHED, helped("labour_export", "2026-09-25")],
            [*WATCHED, helped("labour_export", "2026-06-10"),
             start("a", "2026-07-01", area="county")],
            [*WATCHED, helped("labour_export", "2026-06-10"),
             start("a", "2026-05-31", area="out_of_province")],
        ],
        [
            [*WATCHED, helped("labour_export", "2026-09-26")],
            [*WATCHED, helped("labour_export", "2026-06-10"),
             start("a", "2026-06-01", area="province")],
            [*WATCHED, helped("labour_export", "2026-06-10"),
             month("a", "2026-07", "yes", area="out_of_province")],
            [*WATCHED, helped("labour_export", "2026-06-10"),
             ["migration.depart", "a", "2026-07-01", {}]],
            [*WATCHED, helped("employment", "2026-06-10")],
            [HOME, A, helped("labour_export", "2026-06-10")],
        ],
    ),
    "child_at_work": (
        [[HOME, a_member("a", "H", birth="2010-11-25"), month("a", "2026-10", "yes")]],
        [
            [HOME, a_member("a", "H", birth="2010-11-24"), month("a", "2026-10", "yes")],
            [HOME, a_member("a", "H", birth="2010-11-25"), month("a", "2026-10", "no")],
        ],
    ),
    "unable_at_work": (
        [
            [HOME, a_member("a", "H", skill=kind), start("a", "2026-10-01")]
            for kind in ("lost", "none")
        ],
        [
            *([HOME, a_member("a", "H", skill=kind), start("a", "2026-10-01")]
              for kind in ("unknown", "ordinary", "skilled", "weak")),
            [HOME, a_member("a", "H", skill="lost")],
        ],
    ),
    "public_post_turned_70": (
        [
            [HOME, a_member("a", "H", birth="1956-11-24"),
             start("a", "2026-05-01", form="public_welfare")],
            [HOME, a_member("a", "H", birth="1956-11-24"), start("a", "2026-05-01", form="unit"),
             month("a", "2026-10", "yes", form="public_welfare")],
        ],
        [
            [HOME, a_member("a", "H", birth="1956-11-25"),
             start("a", "2026-05-01", form="public_welfare")],
            [HOME, a_member("a", "H", birth="1956-11-24"), start("a", "2026-05-01", form="unit")],
            [HOME, a_member("a", "H", birth="1956-11-24"),
             start("a", "2026-05-01", form="public_welfare"),
             ["employment.end", "a", "2026-09-01", {"reason": "age"}]],
        ],
    ),
    "idle_without_end": (
        [
            [HOME, A, start("a", "2026-03-01"), month("a", "2026-10", "no")],
            [HOME, A, start("a", "2026-03-01"), month("a", "2026-08", "yes"),
             month("a", "2026-09", "no")],
        ],
        [
            [HOME, A, start("a", "2026-03-01"), month("a", "2026-11", "no")],
            [HOME, A, start("a", "2026-03-01"), month("a", "2026-10", "no"),
             ["employment.end", "a", "2026-09-30", {"reason": "resigned"}]],
            [HOME, A, start("a", "2026-03-01"), month("a", "2026-08", "no"),
             month("a", "2026-09", "yes")],
            [HOME, A, start("a", "2026-03-01"), month("a", "2026-02", "no")],
            [HOME, A, month("a", "2026-08", "no")],
        ],
    ),
}  # fmt: skip


def ground_of(facts: FactArray, as_of: date = TODAY) -> Ground:
    told = Told.of(facts.compress(np.isin(facts["kind"], KINDS)))
    return Ground(Situation(state_of(facts, as_of), as_of, POLICY), told)


def held(
    facts: Facts, rules: tuple[StateRule, ...] | None = None, as_of: date = TODAY
) -> set[tuple[str, int]]:
    found = evaluate_quality(ground_of(written(facts), as_of), rules)
    return set(zip(found.rules, found.about.tolist(), strict=True))


def rules_held(facts: Facts, rules: tuple[StateRule, ...] | None = None) -> set[str]:
    return {rule for rule, _ in held(facts, rules)}


def test_every_rule_has_its_cases() -> None:
    assert set(CASES) == set(RULES)


@pytest.mark.parametrize("rule", CASES)
def test_a_rule_holds_up_to_its_limit_and_not_beyond(rule: str) -> None:
    doubted, good = CASES[rule]

    assert [rule in rules_held(facts) for facts in doubted] == [True] * len(doubted)
    assert [rule in rules_held(facts) for facts in good] == [False] * len(good)


def test_the_premium_of_the_year_is_asked_for_from_april() -> None:
    facts = [*WATCHED[:2], ["category.open", "H", "2026-01-01", {"category": "unstable"}],
             resident_medical("a", 2025)]  # fmt: skip

    def asked(as_of: date) -> bool:
        rules = (RULES["monitored_without_medical_cover"],)
        return bool(held(facts, rules, as_of))

    assert (asked(date(2026, 3, 31)), asked(date(2026, 4, 1))) == (False, True)


def test_a_job_without_an_end_is_asked_for_a_month_after_the_month_without_work() -> None:
    facts = [HOME, A, start("a", "2026-03-01"), month("a", "2026-10", "no")]

    def asked(as_of: date) -> bool:
        return bool(held(facts, (RULES["idle_without_end"],), as_of))

    assert (asked(date(2026, 11, 1)), asked(date(2026, 11, 2))) == (False, True)


NEXT = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "=": "!=", "!=": "=", "in": "not in",
        "not in": "in"}  # fmt: skip


def altered_conditions(condition: Condition) -> Iterator[Condition]:
    yield replace(condition, comparison=NEXT[condition.comparison])
    if isinstance(condition.value, int):
        yield from (replace(condition, value=condition.value + step) for step in (-1, 1))
    elif isinstance(condition.value, tuple):
        for one in {number(word) for word in CODE_SETS[condition.column]}:
            yield replace(condition, value=tuple(sorted({*condition.value} ^ {one})))


def altered(rule: StateRule) -> Iterator[StateRule]:
    """Each value of a rule once otherwise."""
    for at, condition in enumerate(rule.conditions):
        before, after = rule.conditions[:at], rule.conditions[at + 1 :]
        if before or after:
            yield replace(rule, conditions=(*before, *after))
        for other in altered_conditions(condition):
            yield replace(rule, conditions=(*before, other, *after))


# What no situation of TODAY can tell apart: months have tests of their own; the share of fewer than
# four people is 0, 33, 50 or more, and that of few others just below a half.
SAME_HERE = {
    ("monitored_without_medical_cover", "month_of_year"),
    ("idle_without_end", "idle_without_end_days"),
    ("no_labour_but_a_quarter_can_work", "labour_percent"),
    ("no_labour_but_half_can_work", "labour_percent"),
}


@pytest.mark.parametrize("rule_id", CASES)
def test_no_value_of_a_rule_can_change_unnoticed(rule_id: str) -> None:
    doubted, good = CASES[rule_id]
    for rule in altered(RULES[rule_id]):
        [changed] = [
            one for one in (*RULES[rule_id].conditions,) if one not in rule.conditions
        ][:1]  # fmt: skip
        if (rule_id, changed.column) in SAME_HERE:
            continue
        met = [bool(rules_held(facts, (rule,))) for facts in doubted + good]

        assert met != [True] * len(doubted) + [False] * len(good), rule


def test_every_rule_says_why_in_both_languages_whom_it_asks_and_whence_it_comes() -> None:
    for rule in state_rules():
        assert rule.en
        assert rule.source in ("checker", "judgement")
        assert rule.asks in set(Source)
        assert any("\u4e00" <= character <= "\u9fff" for character in rule.zh)


def test_no_rule_of_rows_has_the_name_of_one_of_the_state() -> None:
    assert not set(RULES) & set(QualityRules.load().by_id)


def test_a_finding_says_whom_it_is_about_and_where() -> None:
    found = evaluate_quality(ground_of(written(CASES["unable_at_work"][0][0])))

    at = found.rules.index("unable_at_work")
    assert int(found.about[at]) == int(found.persons[at]) == key_of("a")
    assert int(found.households[at]) == key_of("H")
    assert int(found.regions[at]) == 520526100001
    assert found.sources[at] == "employment_platform"

    found = evaluate_quality(ground_of(written(CASES["illness_without_cost"][0][0])))
    at = found.rules.index("illness_without_cost")
    assert (int(found.about[at]), int(found.persons[at])) == (key_of("H"), 0)


def test_nobody_is_there() -> None:
    assert len(evaluate_quality(ground_of(written([HOME])))) == 0


WHOLE = [fact for doubted, _ in CASES.values() for fact in doubted[0]]


@given(st.permutations(range(len(WHOLE))), st.data())
@settings(max_examples=15)
def test_the_order_of_facts_plays_no_part(order: list[int], data: st.DataObject) -> None:
    facts = written(WHOLE)
    shuffled = facts.take(np.array(order))

    def found(of: FactArray) -> list[tuple[str, int]]:
        whole = evaluate_quality(ground_of(of))
        return sorted(zip(whole.rules, whole.about.tolist(), strict=True))

    assert found(shuffled) == found(facts)


@pytest.mark.parametrize("row", [
    {"when": [["colour", "<", 1]]},
    {"when": [["age", "~", 1]]},
    {"when": [["skill", "=", "perhaps"]]},
    {"when": [["age", "<", "colour"]]},
    {"about": "village", "when": [["age", "<", 1]]},
    {"asks": "nobody", "when": [["age", "<", 1]]},
    {"about": "household", "when": [["age", "<", 1]]},
])  # fmt: skip
def test_a_rule_that_cannot_be_read_is_named(row: dict[str, Any]) -> None:
    whole = {"id": "r", "about": "member", "asks": "education", "message_zh": "", "message": "",
             "source": "", **row}  # fmt: skip
    with pytest.raises(ReferenceDataError, match="rule r"):
        rule_of(whole)


def test_columns_of_codes_read_the_words_of_their_sets() -> None:
    [condition] = rule_of({
        "id": "r", "about": "member", "asks": "education", "message_zh": "", "message": "",
        "source": "", "when": [["skill", "=", "lost"]],
    }).conditions  # fmt: skip

    assert condition.value == numbers(CODE_SETS["skill"])["lost"]
