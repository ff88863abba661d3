"""P12 on households worked by hand."""

from datetime import date

import numpy as np
import pytest

from models.labels import NEGATIVE, POSITIVE, UNKNOWN, Knowledge, p12
from models.labels.poverty import (
    ALREADY_MONITORED,
    BELOW_LINE,
    MONITORED_NEW,
    HouseholdCohort,
    reference_fen,
)
from streams.fact import HOUSEHOLD, PERSON, FactArray, empty_facts
from tests.unit.models.synthetic import VILLAGE, FlatPolicy
from yujing.domain.codes import Category, number
from yujing.domain.days import to_day
from yujing.errors import ReferenceDataError

AS_OF = date(2025, 1, 1)
HOME, OTHER, ME, CHILD = 10, 20, 1, 2
COHORT = HouseholdCohort(
    np.array([HOME], np.uint64), np.array([ME, CHILD], np.uint64), np.array([0, 0])
)


def fact(kind: int, subject: int, day: date, **columns: object) -> FactArray:
    row = empty_facts(1)
    row["kind"], row["subject"], row["version"] = kind, subject, 1
    row["occurred_from"] = row["occurred_to"] = to_day(day)
    row["known_at"] = (to_day(day) + 20) * 86400
    row["region"] = VILLAGE
    row["subject_kind"] = HOUSEHOLD if kind in (18, 5) else PERSON
    for name, value in columns.items():
        row[name] = value
    return row


def income(household: int, day: date, a_head_yuan: int, **columns: object) -> FactArray:
    return fact(18, household, day, **{
        "income_wage_fen": a_head_yuan * 300, "n_members": 3, **columns})


def member(person: int, household: int, day: date) -> FactArray:
    return fact(1, person, day, other=household)


BASE = [member(ME, HOME, date(2022, 1, 1)), member(CHILD, HOME, date(2022, 1, 1))]


def outcome(*facts: FactArray, policy: FlatPolicy | None = None) -> tuple[int, int, int]:
    history = np.concatenate([*BASE, *facts])
    history["fact"] = np.arange(len(history)) + 1
    found = p12(Knowledge(history), AS_OF, COHORT, policy or FlatPolicy())
    return int(found.y[0]), int(found.reason[0]), int(found.onset[0])


def test_an_assessment_above_the_line_is_no_fall() -> None:
    assert outcome(income(HOME, date(2025, 11, 30), 9_500))[0] == NEGATIVE


def test_any_assessment_below_the_line_is_a_fall() -> None:
    found = outcome(income(HOME, date(2025, 6, 30), 8_900), income(HOME, date(2025, 12, 1), 9_800))

    assert found == (POSITIVE, BELOW_LINE, to_day(date(2025, 6, 30)))


def test_without_assessment_or_monitoring_nothing_is_known() -> None:
    assert outcome()[0] == UNKNOWN
    assert outcome(income(HOME, date(2024, 11, 30), 5_000))[0] == UNKNOWN
    assert outcome(income(HOME, date(2026, 1, 2), 5_000))[0] == UNKNOWN


@pytest.mark.parametrize(("subject", "kind"), [(HOME, HOUSEHOLD), (ME, PERSON)])
def test_new_monitoring_counts_for_the_household(subject: int, kind: int) -> None:
    opened = fact(5, subject, date(2025, 3, 1), category=number(Category.SUDDEN_HARDSHIP),
                  subject_kind=kind)

    assert outcome(opened, income(HOME, date(2025, 11, 30), 20_000)) == (
        POSITIVE, MONITORED_NEW, to_day(date(2025, 3, 1)))


def test_other_categories_are_no_monitoring() -> None:
    opened = fact(5, HOME, date(2025, 3, 1), category=number(Category.MINIMUM_LIVING))

    assert outcome(opened, income(HOME, date(2025, 11, 30), 20_000))[0] == NEGATIVE


def test_monitoring_from_before_that_was_learned_later_is_no_new_case() -> None:
    opened = fact(5, HOME, date(2024, 12, 20), category=number(Category.MARGINAL))

    assert outcome(opened, income(HOME, date(2025, 11, 30), 5_000))[:2] == (
        UNKNOWN, ALREADY_MONITORED)


def test_a_household_that_splits_is_positive_if_any_part_is() -> None:
    moved = member(CHILD, OTHER, date(2025, 4, 1))
    poor, rich = income(OTHER, date(2025, 11, 30), 5_000), income(HOME, date(2025, 11, 30), 20_000)

    assert outcome(moved, poor, rich)[0] == POSITIVE
    assert outcome(moved, rich)[0] == NEGATIVE
    assert outcome(poor, rich)[0] == NEGATIVE   # nobody of ours lives there


def test_what_is_known_after_the_label_date_does_not_count() -> None:
    late = income(HOME, date(2025, 12, 20), 5_000, known_at=to_day(date(2026, 3, 3)) * 86400)

    assert outcome(late)[0] == UNKNOWN


def test_a_corrected_assessment_counts_as_corrected_and_a_withdrawn_one_not_at_all() -> None:
    wrong = income(HOME, date(2025, 11, 30), 5_000)
    right = income(HOME, date(2025, 11, 30), 15_000, version=2)
    gone = income(HOME, date(2025, 11, 30), 15_000, version=3, retracted=1)
    for rows, expected in (((wrong, right), NEGATIVE), ((right, wrong), NEGATIVE),
                           ((wrong, right, gone), UNKNOWN)):
        history = np.concatenate([*BASE, *rows])
        history["fact"] = [1, 2, *([3] * len(rows))]
        assert p12(Knowledge(history), AS_OF, COHORT, FlatPolicy()).y[0] == expected


def test_a_missing_line_names_its_year() -> None:
    with pytest.raises(ReferenceDataError, match="2025"):
        outcome(income(HOME, date(2025, 11, 30), 5_000), policy=FlatPolicy(years=range(2020, 2025)))


def test_the_income_that_counts_is_worked_out_by_hand() -> None:
    row = income(HOME, date(2025, 11, 30), 0, n_members=2)
    row["income_wage_fen"], row["income_business_fen"] = 2_000_000, 1_000_000
    row["income_transfer_fen"], row["expense_fen"] = 500_000, 400_000
    row["claim_fen"], row["self_pay_fen"] = 100_000, 200_000

    assert reference_fen(row).tolist() == [1_500_000]
