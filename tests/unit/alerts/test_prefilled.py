from datetime import date

import pytest

from alerts.prefilled import known_answers
from tests.support.written import a_household, a_member, key_of, state_of, written
from yujing.domain.policy import Policy

TODAY = date(2026, 11, 24)
POLICY = Policy.load()
STARTED = ["employment.start", "a", "2025-03-01", {}]


def known(*facts: list[object], person: str = "a", **member: object) -> dict[str, str]:
    given = [a_household("H"), a_member("a", "H", **member), *facts]
    key = key_of(person) if person else 0
    state = state_of(written(given), TODAY)
    return known_answers(state, key_of("H"), key, as_of=TODAY, policy=POLICY)


def test_nothing_known_suggests_nothing() -> None:
    assert known() == {}
    assert known(STARTED, person="z") == {}


def test_work_is_suggested_for_a_member_and_for_the_household() -> None:
    assert known(STARTED) == {"works": "有活"}
    assert known(STARTED, person="") == {"works": "有活"}


@pytest.mark.parametrize(("end", "since"), [
    ("2026-10-26", "不到一个月"), ("2026-10-25", "一到三个月"), ("2026-08-26", "一到三个月"),
    ("2026-08-25", "三个月以上"),
])
def test_how_long_without_work(end: str, since: str) -> None:
    ended = ["employment.end", "a", end, {"reason": "closed"}]

    assert known(STARTED, ended) == {"works": "没活", "since": since}


def test_plans_insurance_pension_and_relief() -> None:
    answers = known(
        ["employment.plan", "a", "2026-11-01", {"month": "2026-12", "planned": "yes"}],
        ["insurance.payment", "a", "2026-10-09", {"insurance": "110", "month": "2026-09",
                                                  "amount": 300}],
        ["insurance.resident_annual", "a", "2025-10-09", {"insurance": "170", "year": 2025}],
        ["assist.measure", "H", "2026-05-01", {"measure": "medical"}],
    )

    assert answers == {
        "works": "有活", "leaves": "有打算", "insured": "在交", "pension": "没交",
        "relief": "已申请"}


def test_the_contrary_of_each() -> None:
    answers = known(
        ["employment.plan", "a", "2026-11-01", {"month": "2026-12", "planned": "no"}],
        ["insurance.payment", "a", "2026-07-09", {"insurance": "110", "month": "2026-06",
                                                  "amount": 300}],
        ["insurance.resident_annual", "a", "2026-10-09", {"insurance": "170", "year": 2026}],
    )

    assert (answers["leaves"], answers["insured"], answers["pension"]) == ("不外出", "没交", "已交")
