from collections import Counter

import numpy as np

from streams.simulator.county import County
from tests.support.simulated_county import Written


def test_incomes_are_near_the_truth_and_a_fifth_is_revised(
    written: Written, county: County
) -> None:
    rows = written.of("income.report")
    revised = {e["source_record_id"] for e in rows if e["source_version"] == 2}
    wages = [
        e["income_wage"] / e["n_members"] for e in rows
        if e["source_version"] == 2 or e["source_record_id"] not in revised]
    true = county.income.parts["wage"].sum() / county.income.size.sum() * 12

    assert 0.14 < len(revised) / len({e["source_record_id"] for e in rows}) < 0.26
    assert abs(np.mean(wages) / float(true) - 1) < 0.15


def test_windows_are_twelve_whole_months_before_the_report(written: Written) -> None:
    for event in written.of("income.report"):
        assert event["occurred_from"].endswith("-01")
        assert event["occurred_from"][:4] != event["occurred_to"][:4] or (
            event["occurred_from"][5:7] == "01")
        assert event["occurred_to"] < event["reported_at"][:10]


def test_warnings_of_departments_are_mostly_nothing(written: Written, county: County) -> None:
    warned = [e for e in written.of("department.warning") if "household_no" in e]
    found = int((county.identified.approved < 2**30).sum())

    assert len(warned) > 5 * found
    assert len(Counter(e["source_system"] for e in warned)) >= 4


def test_bills_say_what_the_fund_paid_and_what_is_left(written: Written) -> None:
    rows = [e for e in written.of("medical.settlement") if e.get("op") != "retract"]

    assert all(e["fund"] + e["self_pay"] <= e["total"] + 1 for e in rows)
    assert {e["treatment"] for e in rows} == {"inpatient", "chronic_outpatient"}


def test_reports_of_people_are_at_once_and_measures_come_later(written: Written) -> None:
    for event in written.of("hardship.report")[::3]:
        if written.versions[
                event["source_system"], event["source_record_id"], event["source_version"]] == 1:
            assert event["reported_at"][:10] == event["occurred_from"]
        assert event["risks"]
    assert all(e["reported_at"][:10] >= e["occurred_from"] for e in written.of("assist.measure"))


def test_a_disaster_names_a_village(written: Written) -> None:
    assert all(not e["region_code"].endswith("000") for e in written.of("disaster.area"))
