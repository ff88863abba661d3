"""What the rules see and what they must not: one household in many situations."""

from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.rules import Situation, evaluate, rule_of
from alerts.rules.means import missing_line_years
from alerts.rules.situation import highest_bit, lowest_bit
from streams.state.layout import base_month_of
from streams.state.state import State
from tests.support.written import VILLAGE, a_household, a_member, key_of, state_of, written
from yujing.domain.policy import Policy

TODAY = date(2026, 11, 24)
POLICY = Policy.load()
STARTED = ["employment.start", "a", "2025-03-01", {}]
LOST = ["employment.end", "a", "2026-08-10", {"reason": "laid_off"}]
MONTHS_OFF = [
    ["employment.monthly_status", "a", f"2026-{m:02}-28", {"month": f"2026-{m:02}", "worked": "no"}]
    for m in (9, 10)
]


def found(*facts: list[Any], as_of: date = TODAY, register: bool = True) -> set[str]:
    """Return the codes of the rules that hold; a lives in H unless registered otherwise."""
    given_facts = [a_household("H"), a_member("a", "H"), *facts] if register else list(facts)
    state = state_of(written(given_facts), as_of)
    return {rule_of(int(s["rule"])).code for s in evaluate(state, as_of=as_of, policy=POLICY)}


def test_nothing_known_is_no_reason() -> None:
    assert found() == set()


def test_a_new_job_ends_both_reasons_of_a_lost_one() -> None:
    again = ["employment.start", "a", "2026-11-01", {}]

    assert found(STARTED, LOST) == {"job_ended", "zero_employment"}
    assert found(STARTED, LOST, again) == set()


@pytest.mark.parametrize("fact", [
    ["employment.monthly_status", "a", "2026-09-30", {"month": "2026-09", "worked": "yes"}],
    ["insurance.payment", "a", "2026-10-30", {"insurance": "110", "month": "2026-10",
                                              "amount": 300}],
    ["verification.result", "a", "2026-11-01", {"outcome": "unfounded", "worked": "yes"}],
])
def test_later_evidence_of_work_from_any_source_counts(fact: list[Any]) -> None:
    assert found(STARTED, LOST, fact) == set()


def test_months_without_work_and_a_registration_speak_too() -> None:
    registered = ["unemployment.register", "a", "2026-09-05", {"reason": "closed"}]
    over = ["unemployment.deregister", "a", "2026-10-05", {"reason": "employed"}]
    told = ["verification.result", "a", "2026-09-05", {"outcome": "confirmed", "worked": "no"}]

    assert "job_ended" in found(STARTED, *MONTHS_OFF)
    assert "job_ended" in found(STARTED, registered)
    assert found(STARTED, registered, over) == set()
    assert "job_ended" in found(STARTED, told)


def test_who_was_not_reported_on_keeps_a_household_off_the_red_list() -> None:
    spouse = a_member("b", "H")
    idle = ["employment.end", "b", "2026-07-10", {"reason": "family"}]
    works = ["employment.start", "b", "2026-07-20", {}]

    assert "zero_employment" not in found(STARTED, LOST, spouse)
    assert "zero_employment" in found(
        STARTED, LOST, spouse, ["employment.start", "b", "2025-01-01", {}], idle)
    assert "zero_employment" not in found(STARTED, LOST, spouse, idle, works)


def test_an_old_earner_keeps_a_household_off_the_red_list() -> None:
    parent = a_member("p", "H", birth="1960-01-01", skill="weak")
    earns = ["employment.start", "p", "2026-01-01", {"form": "public_welfare"}]

    assert "zero_employment" not in found(STARTED, LOST, parent, earns)


@pytest.mark.parametrize("columns", [
    {"skill": "none"}, {"skill": "lost"}, {"student": "vocational"}, {"birth": "1960-01-01"},
    {"skill": "unknown"},
])
def test_only_people_known_to_be_able_to_work_are_labour(columns: dict[str, str]) -> None:
    facts = [a_household("H"), a_member("a", "H", **columns), STARTED, LOST]

    assert found(*facts, register=False) == set()


def test_who_left_the_household_is_not_looked_at() -> None:
    gone = ["member.exit", "a", "2026-09-01", {"reason": "married_out"}]

    assert found(STARTED, LOST, gone) == set()


def test_a_move_takes_the_reason_to_the_new_household() -> None:
    moved = ["member.upsert", "a", "2026-09-01", {
        "household": "K", "region": VILLAGE + 1, "birth": "1985-05-01", "skill": "ordinary",
        "student": "no"}]
    state = state_of(written([a_household("H"), a_member("a", "H"), STARTED, LOST, moved]), TODAY)

    signals = evaluate(state, as_of=TODAY, policy=POLICY)

    jobs = signals[signals["rule"] == 2]
    assert jobs["household"].tolist() == [key_of("K")]
    assert jobs["region"].tolist() == [VILLAGE + 1]     # K has no facts of its own


def test_after_the_festival_going_away_again_or_working_is_no_reason() -> None:
    came = ["migration.return", "a", "2026-02-08", {"reason": "festival", "intent": "festival"}]
    left = ["migration.depart", "a", "2026-03-08", {"area": "out_of_province"}]
    business = ["migration.return", "a", "2026-02-08", {"intent": "business"}]
    spring = date(2026, 4, 1)

    assert found(STARTED, came, as_of=spring) == {"stayed_home"}
    assert found(STARTED, came, left, as_of=spring) == set()
    assert found(STARTED, business, as_of=spring) == set()
    assert found(STARTED, came, ["employment.start", "a", "2026-03-01", {}], as_of=spring) == set()
    assert found(STARTED, came, as_of=date(2026, 2, 25)) == set()     # festival mode


def test_a_closure_before_the_festival_counts_at_once() -> None:
    closed = ["employment.end", "a", "2026-01-28", {"reason": "closed"}]

    assert found(STARTED, closed, as_of=date(2026, 3, 1)) == {"job_ended"}


def test_insurance_that_goes_on_in_any_line_has_not_stopped() -> None:
    stopped = ["insurance.payment", "a", "2026-07-09", {"insurance": "110", "month": "2026-07",
                                                        "amount": 300}]
    injury = ["insurance.payment", "a", "2026-10-09", {"insurance": "410", "month": "2026-10",
                                                       "amount": 30}]
    new_job = ["employment.start", "a", "2026-10-15", {}]

    assert found(stopped) == {"insurance_stopped"}
    assert found(stopped, injury) == set()
    assert found(stopped, new_job) == set()


def test_relief_after_the_cost_covers_it() -> None:
    cost = ["medical.settlement", "a", "2026-10-08", {"treatment": "inpatient", "total": 30000,
                                                      "self_pay": 12000}]
    before = ["assist.measure", "H", "2026-09-01", {"measure": "medical"}]
    after = ["assist.measure", "H", "2026-11-01", {"measure": "medical"}]
    own = ["assist.measure", "a", "2026-11-01", {"measure": "social_assistance"}]

    assert found(cost) == found(cost, before) == {"self_pay"}
    assert found(cost, after) == found(cost, own) == set()


def test_a_visit_answers_warnings_and_reports_of_the_household_and_its_members() -> None:
    report = ["hardship.report", "a", "2026-11-01", {"risks": ["illness"]}]
    warned = ["department.warning", "H", "2026-11-01", {"warning": "income"}]
    seen = ["verification.result", "H", "2026-11-02", {"outcome": "confirmed"}]
    seen_member = ["verification.result", "a", "2026-11-02", {"outcome": "confirmed"}]

    assert found(report, warned) == {"own_report", "department_warning"}
    assert found(report, warned, seen) == set()
    assert found(report, warned, seen_member) == set()


def test_the_pension_is_asked_of_those_whom_it_can_be_paid_for() -> None:
    group = ["category.open", "H", "2024-01-01", {"category": "unstable"}]
    closed = ["category.close", "H", "2025-01-01", {"category": "unstable"}]
    ex_poor = ["category.open", "a", "2024-01-01", {"category": "ex_poor"}]
    paid = ["insurance.resident_annual", "a", "2026-10-01", {"insurance": "170", "year": 2026}]
    employee = ["insurance.payment", "a", "2026-11-20", {"insurance": "110", "month": "2026-11",
                                                         "amount": 300}]
    december = date(2026, 12, 5)

    assert found(group, as_of=december) == {"pension_unpaid"}
    for other in (closed, paid, employee):
        assert found(group, other, as_of=december) == set()
    assert found(ex_poor, as_of=december) == set()


def test_the_gravest_disaster_counts_and_a_village_s_own_code_too() -> None:
    mild = ["disaster.area", VILLAGE, "2026-11-10", {"disaster": "flood", "grade": 4}]
    grave = ["disaster.area", 520526000000, "2026-11-01", {"disaster": "drought", "grade": 1}]
    unknown = ["disaster.area", VILLAGE, "2026-11-12", {"disaster": "pest", "grade": 0}]
    facts = written([a_household("H"), a_member("a", "H"), mild, grave, unknown])

    signals = evaluate(state_of(facts, TODAY), as_of=TODAY, policy=POLICY)

    assert signals[["level", "value", "extra"]].tolist() == [(2, 3.0, 1.0)]


def test_a_year_without_a_line_is_named_and_its_rule_is_skipped() -> None:
    income = ["income.report", "H", "2030-01-01", {
        "to": "2030-12-31", "income_wage": 1, "income_business": 0, "income_property": 0,
        "income_transfer": 0, "expense": 0, "n_members": 4}]
    state = state_of(written([a_household("H"), a_member("a", "H"), income]), date(2031, 1, 15))

    assert missing_line_years(Situation(state, date(2031, 1, 15), POLICY)) == [2030]
    assert not len(evaluate(state, as_of=date(2031, 1, 15), policy=POLICY))


def test_an_income_with_an_unknown_part_is_unknown() -> None:
    income = ["income.report", "H", "2025-11-01", {
        "to": "2026-10-31", "income_business": 0, "income_property": 0, "income_transfer": 0,
        "expense": 0, "n_members": 4}]

    assert found(income) == set()


def test_an_empty_state_gives_no_signal() -> None:
    assert not len(evaluate(State(base_month_of(2026)), as_of=TODAY, policy=POLICY))


@settings(max_examples=200, deadline=None)
@given(bits=st.integers(0, 2**64 - 1))
def test_bits_are_found_exactly(bits: int) -> None:
    one = np.array([bits], dtype=np.uint64)

    assert highest_bit(one)[0] == bits.bit_length() - 1
    assert lowest_bit(one)[0] == (bits & -bits).bit_length() - 1


@settings(max_examples=30, deadline=None)
@given(order=st.permutations(range(9)))
def test_the_order_of_facts_changes_no_signal(order: list[int]) -> None:
    rows = written([
        a_household("H"), a_member("a", "H"), a_member("b", "H"), STARTED, LOST, *MONTHS_OFF,
        ["employment.end", "b", "2026-07-10", {"reason": "family"}],
        ["hardship.report", "b", "2026-11-01", {"risks": ["illness"]}]])

    first = evaluate(state_of(rows, TODAY), as_of=TODAY, policy=POLICY)
    other = evaluate(state_of(rows[np.array(order)], TODAY), as_of=TODAY, policy=POLICY)

    assert first.tobytes() == other.tobytes()
