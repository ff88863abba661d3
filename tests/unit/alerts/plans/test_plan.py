from datetime import date
from typing import Any

import pytest

from alerts.plans import (
    Lack,
    PlanItem,
    clause_of,
    lack_words,
    money_due_table,
    service_plan,
    shipped_clauses,
)
from alerts.plans.catalogue import LACK_ZH
from alerts.rules import Situation
from streams.state.state import State
from tests.support.written import a_household, a_member, key_of, state_of, written
from yujing.domain.policy import Policy

TODAY = date(2026, 11, 24)
POLICY = Policy.load()
EX_POOR = ["category.open", "a", "2023-01-05", {"category": "ex_poor"}]
INSIDE, OUTSIDE, HOME = 520102, 440103, 520526


def state(*facts: list[Any], **columns: Any) -> State:
    given = [a_household("H"), a_member("a", "H", **columns), *facts]
    return state_of(written(given), TODAY)


def plan(*facts: list[Any], **columns: Any) -> dict[str, PlanItem]:
    items = service_plan(
        state(*facts, **columns), key_of("H"), as_of=TODAY, policy=POLICY)
    return {item.code: item for item in items if item.person == key_of("a")}


def start(day: str, region: int, organised: str = "unknown", **columns: Any) -> list[Any]:
    area = "out_of_province" if region // 10_000 != 52 else "province"
    return ["employment.start", "a", day, {
        "area": area, "work_region": region, "organised": organised, **columns}]


def depart(day: str, region: int, organised: str = "yes") -> list[Any]:
    return ["migration.depart", "a", day, {"organised": organised, "work_region": region}]


def told(item: PlanItem) -> tuple[str, tuple[str, ...]]:
    return item.status, item.missing


def test_who_never_left_organised_is_told_what_it_would_take() -> None:
    items = plan(EX_POOR)

    assert told(items["M2"]) == ("missing", ("有组织劳务输出名册", "务工地证明"))
    assert told(items["M3"]) == told(items["M2"])
    assert told(items["M4"]) == ("not_eligible", ("没有跨省务工",))


def test_work_registered_as_found_by_oneself_is_not_organised() -> None:
    items = plan(EX_POOR, start("2026-09-01", OUTSIDE, "no"))

    assert told(items["M3"]) == ("not_eligible", ("登记为自主外出",))


def test_work_in_the_home_county_gets_no_export_subsidy() -> None:
    items = plan(EX_POOR, depart("2026-09-01", HOME), start("2026-09-03", HOME, "yes"))

    assert told(items["M2"]) == ("not_eligible", ("在本县务工",))


def test_only_the_first_organised_export_counts() -> None:
    first_inside = [depart("2025-03-01", INSIDE), depart("2026-09-01", OUTSIDE)]
    items = plan(EX_POOR, *first_inside, start("2026-09-03", OUTSIDE, "yes"))

    # the place of the first export is not known any more: it has to be proved
    assert told(items["M3"]) == ("missing", ("务工地证明",))


def test_groups_count_on_the_day_of_leaving() -> None:
    later = ["category.open", "a", "2026-10-01", {"category": "ex_poor"}]
    ended = ["category.close", "a", "2026-10-01", {"category": "ex_poor"}]
    way = [depart("2026-09-01", OUTSIDE), start("2026-09-03", OUTSIDE, "yes")]

    assert plan(later, *way)["M3"].status == "not_eligible"
    assert plan(EX_POOR, ended, *way)["M3"].status == "possible"


def test_a_household_s_category_is_its_members() -> None:
    household = ["category.open", "H", "2023-01-05", {"category": "relocated"}]

    assert plan(household, depart("2026-09-01", INSIDE), start("2026-09-03", INSIDE, "yes"))[
        "M2"].status == "possible"


def test_a_departure_without_a_job_lacks_the_start() -> None:
    assert told(plan(EX_POOR, depart("2026-10-20", INSIDE))["M2"]) == ("missing", ("到岗登记",))


def test_the_fare_needs_work_that_goes_on_and_proof() -> None:
    ended = ["employment.end", "a", "2026-10-20", {"reason": "resigned"}]

    assert told(plan(EX_POOR, start("2026-08-20", OUTSIDE))["M4"]) == (
        "missing", ("3 个月缴费记录或务工证明", "车票等实际费用凭证"))
    assert told(plan(EX_POOR, start("2026-10-25", OUTSIDE))["M4"]) == (
        "missing", ("还差 60 天满 3 个月", "车票等实际费用凭证"))
    assert "到岗登记" in plan(EX_POOR, start("2026-08-20", OUTSIDE), ended)["M4"].missing


def test_training_pays_by_the_day_and_only_ex_poor_labour() -> None:
    assert told(plan(EX_POOR)["M13"]) == ("missing", ("参加农业短期培训",))
    assert plan(EX_POOR)["M13"].amount_fen == 4000
    assert told(plan()["M13"]) == ("not_eligible", ("不属于补贴对象",))
    assert told(plan(EX_POOR, skill="none")["M13"]) == (
        "not_eligible", ("不在劳动年龄或无劳动能力",))


def test_the_premium_is_for_groups_of_the_right_age_who_are_not_employees() -> None:
    poor = ["category.open", "a", "2023-01-05", {"category": "minimum_living"}]
    employee = ["insurance.payment", "a", "2026-03-09", {"insurance": "110", "month": "2026-03",
                                                         "amount": 300}]

    assert told(plan(poor)["M15"]) == ("missing", ("城乡居民养老保险参保登记",))
    assert told(plan(poor, employee)["M15"]) == ("not_eligible", ("已参加企业职工养老保险",))
    assert told(plan(poor, birth="1960-01-01")["M15"]) == ("not_eligible", ("不在缴费年龄",))
    assert told(plan(EX_POOR)["M15"]) == ("not_eligible", ("不属于补贴对象",))


def test_services_are_for_those_without_work_who_can_work() -> None:
    lost = [start("2025-03-01", INSIDE), ["employment.end", "a", "2026-10-23", {"reason": "age"}]]
    given = [["service.delivered", "a", f"2026-11-{day:02}", {"service": kind, "result": "done"}]
             for day, kind in ((2, "guidance"), (3, "referral"), (4, "training"))]
    refused = ["service.delivered", "a", "2026-11-05", {"service": "referral", "result": "refused"}]

    items = plan(*lost, *given, refused)

    assert [(items[c].status, items[c].done, items[c].wanted) for c in (
        "guidance", "referral", "training")] == [("done", 1, 1), ("possible", 1, 3), ("done", 1, 1)]
    assert items["referral"].due == date(2026, 11, 3)
    assert "guidance" not in plan(start("2025-03-01", INSIDE))
    assert "guidance" not in plan(*lost, student="vocational")


def test_what_applies_comes_first_and_what_does_not_last() -> None:
    items = service_plan(
        state(EX_POOR, depart("2026-09-01", INSIDE), start("2026-09-03", INSIDE, "yes")),
        key_of("H"), as_of=TODAY, policy=POLICY)

    assert [item.status for item in items] == ["possible", "missing", *["not_eligible"] * 3]
    assert items[0].status_zh == "可以"
    assert (items[0].title, items[0].clause) == ("求职创业补贴（省内）", "（三）")


def test_before_the_opinion_nothing_is_paid() -> None:
    facts = [a_household("H"), a_member("a", "H"), EX_POOR]
    past = date(2021, 12, 31)

    items = service_plan(state_of(written(facts), past), key_of("H"), as_of=past, policy=POLICY)

    assert {item.status for item in items} == {"not_eligible"}


def test_money_due_is_everything_possible_of_everybody() -> None:
    way = [depart("2026-09-01", INSIDE), start("2026-09-03", INSIDE, "yes")]
    whole = state(EX_POOR, *way, a_member("b", "K"),
                  ["category.open", "b", "2023-01-05", {"category": "minimum_living"}],
                  ["insurance.resident_annual", "b", "2025-09-01", {"insurance": "170",
                                                                    "year": 2025}])

    table = money_due_table(Situation(whole, TODAY, POLICY))

    assert sorted(zip(table["clause"].tolist(), table["amount_fen"].tolist(), strict=True)) == [
        ("M15", 5000), ("M2", 50000)]


def test_a_household_that_nobody_knows_has_no_plan() -> None:
    assert service_plan(state(), 5, as_of=TODAY, policy=POLICY) == []


def test_every_lack_has_its_words_and_every_clause_its_source() -> None:
    assert set(LACK_ZH) == set(Lack) - {Lack.NONE}
    assert lack_words(Lack.NONE) == ()
    assert all(clause.source for clause in shipped_clauses())
    assert {clause.key for clause in shipped_clauses()} <= set(POLICY.keys)
    with pytest.raises(KeyError):
        clause_of("M99")
