from datetime import date

import pytest

from alerts.evidence import WORDS, dated_facts
from tests.support.written import KINDS, VILLAGE, a_household, key_of, written

TODAY = date(2026, 11, 24)
FACTS = [
    ["category.open", "a", "2026-01-05", {"category": "ex_poor", "source": "civil_affairs"}],
    ["category.close", "a", "2026-02-05", {"category": "ex_poor"}],
    ["employment.start", "a", "2026-03-01", {"area": "province", "industry": "catering",
                                             "form": "unit"}],
    ["employment.end", "a", "2026-10-25", {"reason": "laid_off"}],
    ["employment.monthly_status", "a", "2026-09-30", {"month": "2026-09", "worked": "yes",
                                                      "area": "county"}],
    ["employment.monthly_status", "a", "2026-10-31", {"month": "2026-10", "worked": "no"}],
    ["employment.monthly_status", "a", "2026-08-31", {"month": "2026-08"}],
    ["employment.plan", "a", "2026-11-01", {"month": "2026-12", "planned": "yes"}],
    ["unemployment.register", "a", "2026-11-02", {"reason": "closed"}],
    ["unemployment.deregister", "a", "2026-11-03", {"reason": "employed"}],
    ["insurance.status", "a", "2026-09-10", {"insurance": "210", "status": "suspend"}],
    ["insurance.payment", "a", "2026-08-10", {"insurance": "210", "month": "2026-08",
                                              "payer": "employer"}],
    ["insurance.resident_annual", "a", "2026-10-10", {"insurance": "170", "year": 2026,
                                                      "payer": "government"}],
    ["migration.depart", "a", "2026-02-25", {"area": "out_of_province"}],
    ["migration.return", "a", "2026-10-26", {"reason": "laid_off", "intent": "undecided"}],
    ["income.report", "H", "2025-11-01", {"to": "2026-10-31", "income_wage": 60000}],
    ["income.report", "H", "2024-11-01", {"to": "2025-10-31"}],
    ["medical.settlement", "a", "2026-07-08", {"treatment": "inpatient", "self_pay": 4000.5}],
    ["hardship.report", "a", "2026-11-10", {"risks": ["illness", "schooling"]}],
    ["disaster.area", VILLAGE, "2026-06-10", {"disaster": "flood", "grade": 2}],
    ["department.warning", "a", "2026-11-11", {"warning": "medical_cost"}],
    ["assist.measure", "a", "2026-11-12", {"measure": "public_post"}],
    ["verification.result", "a", "2026-11-13", {"outcome": "confirmed"}],
    ["service.delivered", "a", "2026-11-14", {"service": "referral", "result": "hired"}],
    ["comparison.answer", "a", "2026-11-15", {"comparison": 1, "right": "second"}],
    ["coverage.gap", "a", "2026-11-16", {"month": "2026-09"}],
]
SAID = {
    "category.open": "列入脱贫人口", "category.close": "退出脱贫人口",
    "employment.end": "工作结束：辞退裁员", "unemployment.register": "失业登记：单位关停",
    "unemployment.deregister": "失业登记注销：已就业", "insurance.status": "失业保险暂停缴费",
    "insurance.payment": "2026 年 8 月失业保险缴费（单位）",
    "insurance.resident_annual": "2026 年城乡居民养老保险已缴（政府代缴）",
    "migration.depart": "外出：省外", "migration.return": "返乡：裁员停工，意向未定",
    "employment.start": "开始务工：县外省内，住宿餐饮，单位就业",
    "employment.plan": "2026 年 12 月外出打算：是",
    "medical.settlement": "住院结算，自付 4000.5 元",
    "hardship.report": "反映困难：因病、因学", "disaster.area": "灾情：洪涝 2 级",
    "department.warning": "部门预警：医疗费用过高", "assist.measure": "帮扶措施：公益性岗位",
    "verification.result": "走访：属实", "service.delivered": "职业介绍：已就业",
    "comparison.answer": "比对核实（登记在岗，社保停缴）：社保的记录对",
    "coverage.gap": "2026 年 9 月没有务工月监测",
}


@pytest.mark.parametrize("kind", SAID)
def test_a_fact_says_what_it_says(kind: str) -> None:
    facts = written([fact for fact in FACTS if fact[0] == kind])

    assert dated_facts(facts, as_of=TODAY)[0].words == SAID[kind]


def test_months_with_without_and_of_unknown_work() -> None:
    facts = written([fact for fact in FACTS if fact[0] == "employment.monthly_status"])

    assert [one.words for one in dated_facts(facts, as_of=TODAY)] == [
        "2026 年 10 月没有务工", "2026 年 9 月有务工，乡外县内", "2026 年 8 月是否务工不明"]


def test_an_amount_that_was_not_reported_is_not_zero() -> None:
    facts = written([fact for fact in FACTS if fact[0] == "income.report"])

    assert [one.words for one in dated_facts(facts, as_of=TODAY)] == [
        "年收入核算：工资 60000 元", "年收入核算：工资 金额未报"]


def test_facts_come_newest_first_with_source_and_age_and_not_from_the_future() -> None:
    facts = written([*FACTS, ["employment.end", "a", "2027-01-01", {"reason": "closed"}],
                     a_household("H")])

    shown = dated_facts(facts, as_of=TODAY, most=3)
    oldest = dated_facts(facts, as_of=TODAY, kinds=frozenset({KINDS["category.open"]}))[0]

    assert [one.day for one in shown] == [date(2026, 11, n) for n in (16, 15, 14)]
    assert (shown[0].age_days, shown[0].person, shown[0].known_on) == (
        8, key_of("a"), date(2026, 11, 16))
    assert oldest.source == "民政"
    assert set(WORDS) <= set(KINDS.values())
