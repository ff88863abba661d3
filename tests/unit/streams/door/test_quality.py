"""Each rule of data quality with a hand-made case on either side of its limit."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from streams.door.derived import Background
from streams.door.door import Door
from streams.door.grant import Grant
from streams.door.quality import CODE_SETS, QualityRules, Rule
from streams.door.quality_conditions import Condition
from streams.wire.catalogue import BY_NAME
from tests.support.wire_events import KEYS, KNOWN_AT, REGIONS, RULES, a_door, an_event, lines_of
from tests.unit.streams.door.test_id_number import by_hand
from yujing.domain.codes import Area, Channel, Form, Insurance, number
from yujing.domain.days import NEVER, to_day
from yujing.errors import ReferenceDataError

MONTHLY, START, MEMBER, INCOME, BILL = (
    "employment.monthly_status", "employment.start", "member.upsert", "income.report",
    "medical.settlement",
)  # fmt: skip
WORKING = {
    "worked": "yes", "wage_month": 3000, "employer": "某厂", "industry": "electronics",
    "channel": "self", "days_worked": 20, "area": "county",
}  # fmt: skip
IDLE = {"worked": "no"}
ABLE = {"birth": "2010-06-30", "id_number": None, "person_key": "00000000000000ff",
        "health": ["healthy"], "student": "no", "skill": "weak"}  # fmt: skip


def born(day: str, serial: str = "002") -> str:
    digits = f"110105{day}{serial}"
    return digits + by_hand(digits)


def monthly(**more: Any) -> dict[str, Any]:
    return an_event(MONTHLY, **{**WORKING, **more})


def start(**more: Any) -> dict[str, Any]:
    return an_event(START, **{"area": "county", **more})


def member(**more: Any) -> dict[str, Any]:
    return an_event(MEMBER, **more)


def of_somebody(event: dict[str, Any], **known: int) -> dict[str, Any]:
    """Return an event about somebody of whom something is known already."""
    return {**event, KNOWN: known}


def of_kinds(names: Iterable[str], **more: Any) -> list[dict[str, Any]]:
    return [an_event(name, **more) for name in names]


PREMIUMS = ("insurance.status", "insurance.payment")
WITH_WAGE = (START, "employment.end", MONTHLY, "employment.plan")
NEAR = [area.value for area in Area if area not in (Area.PROVINCE, Area.OUT_OF_PROVINCE)]
KNOWN = "known of the person"
# Numbers of the codes that the state keeps.
NO_STUDENT, COMPULSORY, SENIOR, VOCATIONAL, HIGHER = 1, 2, 3, 4, 5
ORDINARY, SKILLED, WEAK, LOST, NONE = 1, 2, 3, 4, 5
UNKNOWN = 0
# Rule: events that it doubts or refuses, events that it does not. KNOWN_AT is noon of 30 June 2026.
CASES: dict[str, tuple[list[dict[str, Any]], list[dict[str, Any]]]] = {
    "occurred_before_1900": (
        [an_event("member.exit", occurred_from="1899-12-31")],
        [an_event("member.exit", occurred_from="1900-01-01")],
    ),
    "occurred_reversed": (
        [start(occurred_from="2026-05-20", occurred_to="2026-05-19")],
        [start(occurred_from="2026-05-20", occurred_to="2026-05-20")],
    ),
    "occurred_in_future": (
        of_kinds(BY_NAME.keys() - {"employment.plan"}, occurred_from="2026-08-01"),
        [
            start(occurred_from="2026-07-31"),
            an_event("employment.plan", occurred_from="2027-08-01"),
        ],
    ),
    "period_before_1900": (
        [
            monthly(month="1899-12"), *of_kinds(("employment.plan", *PREMIUMS), month="1899-12"),
        ],
        [monthly(month="1900-01")],
    ),
    "period_in_future": (
        [monthly(month="2026-09"), *of_kinds(PREMIUMS, month="2026-09")],
        [monthly(month="2026-08"), an_event("employment.plan", month="2027-02")],
    ),
    "year_in_future": (
        [an_event("insurance.resident_annual", year=2028)],
        [an_event("insurance.resident_annual", year=2027)],
    ),
    "birth_before_1900": ([member(birth="1899-12-31")], [member(birth="1900-01-01")]),
    "birth_in_future": ([member(birth="2026-07-01")], [member(birth="2026-06-30")]),
    "older_than_120": ([member(birth="1905-06-30")], [member(birth="1905-07-01")]),
    "id_birth_before_1900": (
        [start(id_number=born("18991231"))],
        [start(id_number=born("19000101"))],
    ),
    "id_birth_in_future": (
        [start(id_number=born("20260701"))],
        [start(id_number=born("20260630"))],
    ),
    "id_older_than_120": (
        [start(id_number=born("19050630"))],
        [start(id_number=born("19050701"))],
    ),
    "id_of_15_digits": ([start(id_number="110105491231002")], [start()]),
    "birth_differs_from_id": (
        [member(birth="1949-12-30")],
        [member(), member(id_number=None, person_key="00000000000000ff", birth="1950-01-01")],
    ),
    "sex_differs_from_id": ([member(sex="male")], [member(sex="female"), member(sex="unknown")]),
    "region_unknown": ([start(region_code="520526999999")], [start(), start(region_code=None)]),
    "younger_than_16_at_start": (
        [start(id_number=born("20100521"))],
        [start(id_number=born("20100520"))],
    ),
    "younger_than_16_working": (
        [monthly(id_number=born("20100521"))],
        [
            monthly(id_number=born("20100520")),
            an_event(MONTHLY, **IDLE, id_number=born("20100521")),
        ],
    ),
    "public_post_at_70": (
        [start(form="public_welfare", id_number=born("19560520"))],
        [
            start(form="public_welfare", id_number=born("19560521")),
            start(form="unit", id_number=born("19560520")),
        ],
    ),
    "public_post_at_70_this_month": (
        [monthly(form="public_welfare", id_number=born("19560520"))],
        [
            monthly(form="public_welfare", id_number=born("19560521")),
            monthly(form="unit", id_number=born("19560520")),
            monthly(form="public_welfare", worked="no", id_number=born("19560520")),
        ],
    ),
    "public_channel_at_70": (
        [start(channel="public_welfare", id_number=born("19560520"))],
        [
            start(channel="public_welfare", id_number=born("19560521")),
            start(channel="self", id_number=born("19560520")),
        ],
    ),
    "public_channel_at_70_this_month": (
        [monthly(channel="public_welfare", id_number=born("19560520"))],
        [
            monthly(channel="public_welfare", id_number=born("19560521")),
            monthly(channel="self", id_number=born("19560520")),
            monthly(channel="public_welfare", worked="no", id_number=born("19560520")),
        ],
    ),
    "ended_in_future": (
        [an_event("employment.end", occurred_from="2026-07-01")],
        [an_event("employment.end", occurred_from="2026-06-30")],
    ),
    "idle_with_wage": (
        [an_event(MONTHLY, **IDLE, wage_month=0.01)],
        [an_event(MONTHLY, **IDLE, wage_month=0), an_event(MONTHLY, **IDLE), monthly()],
    ),
    "idle_with_days": (
        [an_event(MONTHLY, **IDLE, days_worked=1)],
        [an_event(MONTHLY, **IDLE), monthly()],
    ),
    "wage_below_100": (
        of_kinds(WITH_WAGE, wage_month=99.99), [start(wage_month=100), start()],
    ),
    "wage_above_30000": (
        of_kinds(WITH_WAGE, wage_month=30000.01), [start(wage_month=30000), start()],
    ),
    "wage_missing": ([monthly(wage_month=None)], [monthly(), an_event(MONTHLY, **IDLE)]),
    "employer_missing": ([monthly(employer=None)], [monthly(), an_event(MONTHLY, **IDLE)]),
    "industry_missing": ([monthly(industry=None)], [monthly(), an_event(MONTHLY, **IDLE)]),
    "channel_missing": ([monthly(channel=None)], [monthly(), an_event(MONTHLY, **IDLE)]),
    "organised_missing": (
        [start(area="province"), start(area="out_of_province")],
        [
            start(area="province", organised="no"),
            *(start(area=area) for area in NEAR),
        ],
    ),
    "local_channel_out_of_county": (
        [
            start(area="province", channel="workshop"),
            start(area="out_of_province", channel="public_welfare"),
            monthly(area="province", channel="workshop"),
        ],
        [
            *(start(area=area, channel="workshop") for area in NEAR),
            start(area="township", channel="public_welfare"),
            *(
                start(area="province", channel=channel.value) for channel in Channel
                if channel not in (Channel.PUBLIC_WELFARE, Channel.WORKSHOP)
            ),
        ],
    ),
    "local_form_out_of_county": (
        [
            start(area="province", form="workshop"),
            start(area="out_of_province", form="public_welfare"),
            monthly(area="province", form="workshop"),
        ],
        [
            *(start(area=area, form="workshop") for area in NEAR),
            start(area="township", form="public_welfare"),
            *(
                start(area="province", form=form.value) for form in Form
                if form not in (Form.PUBLIC_WELFARE, Form.WORKSHOP)
            ),
        ],
    ),
    "days_above_month": (
        [monthly(month="2026-02", days_worked=29), monthly(month="2026-06", days_worked=31)],
        [monthly(month="2024-02", days_worked=29), monthly(month="2026-05", days_worked=31)],
    ),
    "able_marked_unable": (
        [member(**ABLE), member(**{**ABLE, "birth": "1966-07-01", "skill": "none"})],
        [
            member(**{**ABLE, "birth": "2010-07-01"}),
            member(**{**ABLE, "birth": "1966-06-30"}),
            member(**{**ABLE, "health": ["healthy", "chronic"]}),
            member(**{**ABLE, "student": "unknown"}),
            member(**{**ABLE, "skill": "lost"}),
            member(**{**ABLE, "skill": "ordinary"}),
            member(**{**ABLE, "skill": "skilled"}),
            member(**{**ABLE, "skill": "unknown"}),
        ],
    ),
    "wage_income_below_100": (
        [an_event(INCOME, income_wage=0.01), an_event(INCOME, income_wage=99.99)],
        [an_event(INCOME, income_wage=0), an_event(INCOME, income_wage=100)],
    ),
    "income_far_below_zero": (
        [an_event(INCOME, income_business=-200_000.01)],
        [an_event(INCOME, income_business=-200_000)],
    ),
    "household_without_members": (
        [an_event(INCOME, n_members=0)],
        [an_event(INCOME, n_members=1)],
    ),
    "self_pay_above_total": (
        [an_event(BILL, total=100, self_pay=100.01)],
        [an_event(BILL, total=100, self_pay=100)],
    ),
    "self_pay_below_zero": (
        [an_event(BILL, self_pay=-0.01)],
        [an_event(BILL, self_pay=0)],
    ),
    "resident_scheme_expected": (
        [
            an_event("insurance.resident_annual", insurance=line.value) for line in Insurance
            if line.value not in ("170", "390")
        ],
        [
            an_event("insurance.resident_annual", insurance="170"),
            an_event("insurance.resident_annual", insurance="390"),
        ],
    ),
    "registered_in_another_household": (
        [of_somebody(member(), home=7)],
        [
            member(),
            of_somebody(member(), home=int(KEYS.household_keys(["H-1"])[0])),
            of_somebody(member(), home=0),
        ],
    ),
    "student_working": (
        [of_somebody(start(), student=kind) for kind in (COMPULSORY, SENIOR, VOCATIONAL, HIGHER)],
        [of_somebody(start(), student=kind) for kind in (UNKNOWN, NO_STUDENT)],
    ),
    "student_working_this_month": (
        [of_somebody(monthly(), student=kind) for kind in (COMPULSORY, SENIOR, VOCATIONAL, HIGHER)],
        [
            *(of_somebody(monthly(), student=kind) for kind in (UNKNOWN, NO_STUDENT)),
            of_somebody(an_event(MONTHLY, **IDLE), student=SENIOR),
        ],
    ),
    "no_labour_ability_working": (
        [of_somebody(start(), skill=kind) for kind in (LOST, NONE)],
        [of_somebody(start(), skill=kind) for kind in (UNKNOWN, ORDINARY, SKILLED, WEAK)],
    ),
    "no_labour_ability_working_this_month": (
        [of_somebody(monthly(), skill=kind) for kind in (LOST, NONE)],
        [
            *(of_somebody(monthly(), skill=kind) for kind in (UNKNOWN, ORDINARY, SKILLED, WEAK)),
            of_somebody(an_event(MONTHLY, **IDLE), skill=LOST),
        ],
    ),
}


def rules_met(event: dict[str, Any], rules: QualityRules = RULES) -> set[str]:
    known = event.get(KNOWN, {})
    event = {name: value for name, value in event.items() if name != KNOWN}

    def lookup(keys: np.ndarray) -> Background:
        n = len(keys)
        return Background(
            np.full(n, known.get("birth", NEVER), np.int32),
            np.full(n, known.get("student", 0), np.uint8),
            np.full(n, known.get("skill", 0), np.uint8),
            np.zeros(n, np.int64),
            np.full(n, known.get("home", 0), np.uint64),
        )

    door = Door(KEYS, REGIONS, rules, lookup)
    reading = door.read(lines_of([event]), grant=Grant(), known_at=KNOWN_AT)
    refused = {reject.code for reject in reading.rejects} & set(rules.by_id)
    return refused | {finding.rule for finding in reading.warnings}


# What makes an event impossible is refused; all else is taken with a finding.
REFUSED = {
    "occurred_before_1900", "occurred_reversed", "occurred_in_future", "period_before_1900",
    "period_in_future", "year_in_future", "birth_before_1900", "birth_in_future", "older_than_120",
    "id_birth_before_1900", "id_birth_in_future", "id_older_than_120",
}  # fmt: skip


def test_every_rule_has_its_case() -> None:
    assert set(CASES) == set(RULES.by_id)


@pytest.mark.parametrize("rule", CASES)
def test_a_rule_holds_up_to_its_limit_and_not_beyond(rule: str) -> None:
    doubted, good = CASES[rule]

    assert [rule in rules_met(event) for event in doubted] == [True] * len(doubted)
    assert [rule in rules_met(event) for event in good] == [False] * len(good)
    assert RULES.by_id[rule].blocks == (rule in REFUSED)


NEXT = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "=": "!=", "!=": "=", "in": "not in",
        "not in": "in"}  # fmt: skip


def altered_conditions(condition: Condition) -> Iterator[Condition]:
    yield replace(condition, comparison=NEXT[condition.comparison])
    if isinstance(condition.value, int):
        yield from (replace(condition, value=condition.value + step) for step in (-1, 1))
    elif isinstance(condition.value, tuple):
        known = {number(word) for word in CODE_SETS[condition.column]}
        for one in known:   # left out, or in as well
            yield replace(condition, value=tuple(sorted({*condition.value} ^ {one})))


def altered(rule: Rule) -> Iterator[Rule]:
    """Each value of a rule once otherwise."""
    yield replace(rule, blocks=not rule.blocks)
    kinds = rule.kinds or frozenset()
    yield from (replace(rule, kinds=kinds - {kind}) for kind in kinds)
    for at, condition in enumerate(rule.conditions):
        before, after = rule.conditions[:at], rule.conditions[at + 1 :]
        if before or after:
            yield replace(rule, conditions=(*before, *after))
        for other in altered_conditions(condition):
            yield replace(rule, conditions=(*before, other, *after))


@pytest.mark.parametrize("rule_id", CASES)
def test_no_value_of_a_rule_can_change_unnoticed(rule_id: str) -> None:
    doubted, good = CASES[rule_id]
    for rule in altered(RULES.by_id[rule_id]):
        rules = QualityRules([rule])
        met = [bool(rules_met(event, rules)) for event in doubted + good]
        as_told = met == [True] * len(doubted) + [False] * len(good)

        assert not as_told or rule.blocks != (rule_id in REFUSED), rule


def test_the_birth_in_the_state_counts_where_the_event_has_none() -> None:
    event = start(id_number=None, person_key="00000000000000ff")

    assert "younger_than_16_at_start" in rules_met(
        of_somebody(event, birth=to_day(date(2011, 1, 1)))
    )
    assert "younger_than_16_at_start" not in rules_met(
        of_somebody(event, birth=to_day(date(2001, 1, 1)))
    )
    assert "younger_than_16_at_start" not in rules_met(event)


def test_a_child_at_work_is_taken_with_a_finding_and_not_refused() -> None:
    reading = a_door().read(
        lines_of([start(id_number=born("20150101"))]), grant=Grant(), known_at=KNOWN_AT
    )

    assert len(reading.facts) == 1
    assert reading.warnings[0].rule == "younger_than_16_at_start"


def test_every_rule_says_why_in_both_languages_and_whence_it_comes() -> None:
    for rule in RULES.rules:
        assert rule.reason.en
        assert rule.source in ("checker", "dictionary", "judgement")
        assert any("\u4e00" <= character <= "\u9fff" for character in RULES.zh(rule.id))


@pytest.mark.parametrize(
    "row",
    [
        {"when": [["colour", "<", 1]]},
        {"when": [["wage_yuan", "~", 1]]},
        {"when": [["worked", "=", "perhaps"]]},
        {"when": [["birth", "<", "colour"]]},
        {"when": [["birth", "<", 1]], "kinds": ["member.vanish"]},
    ],
)
def test_a_rule_that_cannot_be_read_is_named(row: dict[str, Any]) -> None:
    from streams.door import quality

    whole = {"id": "r", "severity": "warn", "message_zh": "", "message": "", "source": "", **row}
    with pytest.raises(ReferenceDataError, match="rule r"):
        quality.rule_of(whole)


def test_what_was_known_of_the_person_before_is_told_from_what_the_row_says() -> None:
    by_register = {rule.id for rule in RULES.rules if not rule.of_the_row}

    assert by_register == {
        "student_working", "student_working_this_month", "no_labour_ability_working",
        "no_labour_ability_working_this_month", "registered_in_another_household",
    }  # fmt: skip
