"""The declared features: complete, right on worked examples, the same for some rows as for all."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.features import FEATURES, features_of, household_table, person_table
from models.features.policy import require_lines
from streams.state.layout import AREA_ROW
from tests.unit.models.synthetic import (
    AS_OF,
    VILLAGE,
    FlatPolicy,
    FlatState,
    bits,
    one_household,
    one_member,
    random_state,
    register,
)
from yujing.domain.codes import Answer, Category, InsuranceStatus, number
from yujing.domain.days import to_day
from yujing.errors import ReferenceDataError

YES = number(Answer.YES)


def member(**columns: object) -> dict[str, float]:
    table = person_table(
        FlatState(one_member(**columns), one_household()), as_of=AS_OF, policy=FlatPolicy())
    return dict(zip(table.names, table.X[0].tolist(), strict=True))


def household(members: np.ndarray, **columns: object) -> dict[str, float]:
    table = household_table(
        FlatState(members, one_household(**columns)), as_of=AS_OF, policy=FlatPolicy())
    return dict(zip(table.names, table.X[0].tolist(), strict=True))


def wages(*newest_last: int) -> np.ndarray:
    values = np.zeros((1, 24), np.uint16)
    last = AS_OF.month + 12   # place of AS_OF's month in the kept months is 16 or more
    last = (AS_OF.year * 12 + AS_OF.month - 1) - (AS_OF.year - 4) * 12 - 36 - 1
    values[0, last - len(newest_last) + 1:last + 1] = newest_last
    return values


def test_there_are_enough_features_each_declared_in_full() -> None:
    assert len(FEATURES) >= 25
    assert len({feature.name for feature in FEATURES}) == len(FEATURES)
    for feature in FEATURES:
        assert feature.zh
        assert feature.en
        assert feature.unit
        assert feature.unknown
        assert feature.direction in (-1, 0, 1)
        assert (feature.codes is not None) == (feature.unit == "code")
        assert not {"sex", "ethnicity", "gender"} & set(feature.name.split("_"))


def test_months_are_counted_back_from_the_last_whole_month() -> None:
    found = member(worked=bits(1, 2, 3, 12, 13), idle=bits(4, 5), started=bits(0, 3), ended=bits(3))

    assert found["months_worked_12"] == 4
    assert found["months_worked_24"] == 5
    assert found["idle_months_12"] == 2
    assert found["unreported_months_6"] == 1
    assert found["job_starts_24"] == 2
    assert found["job_ends_24"] == 1


def test_a_job_is_described_by_its_latest_start() -> None:
    found = member(
        job_order=register(date(2026, 2, 21)), worked=bits(1, 2, 3), contract=YES,
        contract_months=24, organised=number(Answer.NO), industry=3,
    )

    assert found["tenure_days"] == 100
    assert found["contract_months"] == 24
    assert found["organised"] == 0
    assert found["industry"] == 3
    assert np.isnan(found["form"])
    assert np.isnan(found["days_since_job_end"])


def test_no_contract_is_zero_and_unknown_is_unknown() -> None:
    assert member(contract=number(Answer.NO))["contract_months"] == 0
    assert member(contract=YES)["contract_months"] == 12
    assert np.isnan(member()["contract_months"])
    assert np.isnan(member()["tenure_days"])


def test_wages_are_compared_with_the_months_before() -> None:
    found = member(wage_yuan=wages(*[4000] * 9, 3000, 3000, 2000), worked=bits(1))

    assert found["wage_yuan"] == pytest.approx(8000 / 3)
    assert found["wage_change"] == pytest.approx(8000 / 3 / 4000 - 1)
    assert found["wage_drop"] == pytest.approx(2000 / (4000 * 5 + 3000) * 6 - 1)


def test_insurance_says_how_long_nothing_was_paid() -> None:
    line = [register(date(2026, 4, 30), number(InsuranceStatus.SUSPEND)), 0, 0, 0]
    found = member(paid=[bits(3, 4, 5), bits(3), 0, 0], line=line)

    assert found["insured_months_6"] == 3
    assert found["insurance_gap_months"] == 2
    assert found["insurance_lines"] == 2
    assert found["insurance_stop_days"] == 32
    assert np.isnan(member()["insurance_gap_months"])


def test_home_is_where_nobody_left_again() -> None:
    back = register(date(2026, 5, 2), 3 | 4 << 8)

    assert member(return_=back)["home_days"] == 30
    assert member(return_=back)["return_reason"] == 3
    assert member(return_=back)["return_intent"] == 4
    assert np.isnan(member(return_=back, depart=register(date(2026, 5, 20)))["home_days"])


def test_a_disaster_counts_where_it_struck() -> None:
    area = np.zeros(3, AREA_ROW)
    area["occurred_from"] = to_day(date(2026, 5, 1))
    for region, expected in ((VILLAGE, 1), (VILLAGE // 1000 * 1000, 1), (520526000000, 1),
                             (520527000000, 0), (VILLAGE + 1, 0)):
        area["region"] = region
        state = FlatState(one_member(), one_household(), area)
        table = person_table(state, as_of=AS_OF, policy=FlatPolicy())
        assert table.column("disaster").tolist() == [expected], region


def test_income_is_compared_with_the_line_a_head() -> None:
    found = household(
        one_member(worked=bits(1, 2), wage_yuan=wages(4000, 2000)), income_members=2,
        income_order=register(date(2025, 12, 31)), income_wage_fen=2_000_000,
        income_business_fen=1_000_000, income_property_fen=0, income_transfer_fen=1_000_000,
        expense_fen=500_000, claim_fen=100_000, self_pay_fen=300_000,
    )

    # (20 000 + 10 000 + 10 000 - 5 000 + 1 000 - 3 000) / 2 = 16 500 against a line of 9 000
    assert found["margin_to_line"] == pytest.approx(16_500 / 9_000 - 1)
    # two months at 3 000, one head: (6 000 + 10 000 + 10 000 - 5 000 + 1 000) / 1
    assert found["projected_margin"] == pytest.approx(22_000 / 9_000 - 1)
    assert found["wage_share"] == pytest.approx(0.5)
    assert found["assessed_self_pay"] == pytest.approx(0.075)
    assert found["income_age_days"] == 152


def test_a_household_without_assessment_has_unknown_income() -> None:
    found = household(one_member())

    assert np.isnan(found["margin_to_line"])
    assert np.isnan(found["projected_margin"])
    assert found["size"] == 1


def test_members_make_up_the_household() -> None:
    members = np.concatenate([
        one_member(key=1, worked=bits(1)),
        one_member(key=2, idle=bits(1, 2), worked=bits(3), health=4),
        one_member(key=3, birth=to_day(date(2015, 1, 1)), student=2),
        one_member(key=4, birth=to_day(date(1950, 1, 1))),
        one_member(key=5, exit=register(date(2026, 1, 1))),
    ])
    found = household(members, category_open=[0, 0, 0, 9500, 0, 0, 0, 0, 0],
                      category_close=[0, 0, 0, 0, 9500, 0, 0, 0, 0])

    assert found["size"] == 4
    assert found["labourers"] == 2
    assert found["employed_labourers"] == 1
    assert found["employed_share"] == 0.5
    assert found["single_earner"] == 1
    assert found["dependants"] == 2
    assert found["ill_members"] == 1
    assert found["idle_months_3"] == 2
    assert found["left_members_12"] == 1
    assert found["oldest_years"] == 76
    assert found["minimum_living"] == 1
    assert number(Category.DESTITUTE) == 3
    assert found["days_since_monitored"] == to_day(AS_OF) - 10957 - 9500


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10**6), some=st.lists(st.integers(0, 299), min_size=1, max_size=30))
def test_some_rows_have_the_features_that_all_rows_have(seed: int, some: list[int]) -> None:
    state, policy = random_state(300, seed), FlatPolicy()
    rows = np.array(some)

    all_members = person_table(state, as_of=AS_OF, policy=policy)
    few_members = person_table(state, as_of=AS_OF, policy=policy, rows=rows)
    homes = np.unique(rows % len(state.households))
    all_homes = household_table(state, as_of=AS_OF, policy=policy)
    few_homes = household_table(state, as_of=AS_OF, policy=policy, rows=homes)

    np.testing.assert_array_equal(few_members.X, all_members.X[rows])
    np.testing.assert_array_equal(few_homes.X, all_homes.X[homes])
    assert [feature.name for feature in features_of("member")] == list(few_members.names)
    assert np.isfinite(all_members.X[~np.isnan(all_members.X)]).all()


def test_sex_and_ethnicity_change_nothing() -> None:
    state, policy = random_state(300, 1), FlatPolicy()
    before = person_table(state, as_of=AS_OF, policy=policy).X

    state.members["sex"], state.members["ethnicity"] = 1, 2

    np.testing.assert_array_equal(person_table(state, as_of=AS_OF, policy=policy).X, before)


def test_a_missing_line_leaves_the_margin_unknown_and_stops_training() -> None:
    policy = FlatPolicy(years=range(2020, 2026))
    state = random_state(300, 1)

    table = household_table(state, as_of=AS_OF, policy=policy)

    assert np.isnan(table.column("margin_to_line")).all()
    assert not np.isnan(table.column("size")).any()
    with pytest.raises(ReferenceDataError, match="2026"):
        require_lines(policy, np.array([VILLAGE]), [2025, 2026])
