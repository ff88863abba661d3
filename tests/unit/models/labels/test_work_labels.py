"""U90-sf on stories worked by hand, and certain answers stay certain when less is known."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.labels import NEGATIVE, POSITIVE, UNKNOWN, Knowledge, u90
from models.labels.work import ALREADY_IDLE
from streams.fact import FACT, empty_facts
from yujing.domain.codes import Answer, EndReason, Insurance, number
from yujing.domain.days import to_day, to_month

ME = 77
AS_OF = date(2025, 6, 1)
YES, NO = number(Answer.YES), number(Answer.NO)


class Story:
    """Facts about one person."""

    def __init__(self) -> None:
        self.rows: list[np.ndarray] = []

    def add(self, kind: int, known: date, **columns: object) -> "Story":
        row = empty_facts(1)
        row["fact"], row["version"], row["subject"] = len(self.rows) + 1, 1, ME
        row["kind"], row["known_at"] = kind, to_day(known) * 86400
        for name, value in columns.items():
            row[name] = value
        self.rows.append(row)
        return self

    def month(self, month: date, worked: int) -> "Story":
        return self.add(9, month + timedelta(days=34), month=to_month(month), worked=worked,
                        occurred_from=to_day(month), occurred_to=to_day(month))

    def months(self, first: int, last: int, worked: int = YES, year: int = 2025) -> "Story":
        for month in range(first, last + 1):
            self.month(date(year + (month - 1) // 12, (month - 1) % 12 + 1, 1), worked)
        return self

    def end(self, day: date, reason: EndReason = EndReason.RESIGNED, late: int = 30) -> "Story":
        return self.add(8, day + timedelta(days=late), occurred_from=to_day(day),
                        occurred_to=to_day(day), reason=number(reason))

    def start(self, day: date) -> "Story":
        return self.add(7, day + timedelta(days=12), occurred_from=to_day(day),
                        occurred_to=to_day(day))

    @property
    def history(self) -> np.ndarray:
        return np.concatenate(self.rows) if self.rows else np.zeros(0, FACT)

    def label(self, as_of: date = AS_OF) -> int:
        outcomes = u90(Knowledge(self.history), as_of, np.array([ME], np.uint64))
        self.onset = int(outcomes.onset[0])
        self.reason = int(outcomes.reason[0])
        return int(outcomes.y[0])


def test_work_in_every_month_is_no_loss() -> None:
    assert Story().months(1, 12).label() == NEGATIVE


def test_an_end_without_a_new_start_is_a_loss_that_begins_the_next_day() -> None:
    story = Story().months(1, 7).end(date(2025, 7, 20)).months(8, 12, NO)

    assert story.label() == POSITIVE
    assert story.onset == to_day(date(2025, 7, 21))


@pytest.mark.parametrize(("gap", "expected"), [(29, NEGATIVE), (30, NEGATIVE), (31, POSITIVE)])
def test_a_gap_counts_from_thirty_whole_days(gap: int, expected: int) -> None:
    end = date(2025, 7, 20)
    story = Story().months(1, 12).end(end).start(end + timedelta(days=gap))
    # the sheet said "worked" for each month, as sheets do when somebody worked on some days
    assert story.label() == expected


def test_a_loss_after_the_horizon_is_none_of_this_window() -> None:
    story = Story().months(1, 9).end(date(2025, 9, 5)).months(10, 12, NO)

    assert story.label() == NEGATIVE


def test_two_idle_months_without_a_known_end_are_a_loss() -> None:
    story = Story().months(1, 6).months(7, 12, NO)

    assert story.label() == POSITIVE
    assert story.onset == to_day(date(2025, 7, 1))


def test_a_single_idle_february_is_too_short_to_be_certain() -> None:
    story = Story().months(1, 12, year=2024).months(1, 1).month(date(2025, 2, 1), NO).months(3, 8)

    assert story.label(date(2024, 12, 1)) != POSITIVE


def test_months_without_any_report_leave_it_unknown() -> None:
    assert Story().months(1, 6).label() == UNKNOWN
    assert Story().label() == UNKNOWN


def test_one_missing_report_between_worked_months_is_a_late_sheet() -> None:
    assert Story().months(1, 6).months(8, 12).label() == NEGATIVE


def test_payments_stand_in_for_missing_reports() -> None:
    story = Story().months(1, 6)
    for month in range(7, 13):
        story.add(14, date(2025, month, 28), month=2025 * 12 + month - 1,
                  insurance=number(Insurance.EMPLOYEE_PENSION))

    assert story.label() == NEGATIVE


def test_a_report_of_work_after_an_end_without_a_start_is_a_contradiction() -> None:
    story = Story().months(1, 12).end(date(2025, 7, 20))

    assert story.label() == UNKNOWN


def test_an_end_known_only_later_takes_the_person_out_of_the_cohort() -> None:
    story = Story().months(1, 5).end(date(2025, 5, 10)).months(6, 12, NO)

    assert story.label() == UNKNOWN
    assert story.reason == ALREADY_IDLE


def test_what_is_known_after_the_label_date_does_not_count() -> None:
    label_date = AS_OF + timedelta(days=150)
    story = Story().months(1, 12).end(date(2025, 7, 20), late=(label_date - date(2025, 7, 20)).days)

    assert story.label() == NEGATIVE


FESTIVAL = date(2025, 1, 29)


def at_home(reason: EndReason, back: date | None) -> Story:
    story = Story().months(9, 12, year=2024).end(date(2025, 1, 12), reason)
    story.month(date(2025, 1, 1), YES)
    if back is not None:
        story.start(back).months(back.month, 6)
    else:
        story.months(2, 6, NO)
    return story


def test_days_around_the_festival_do_not_count_for_who_leaves_again() -> None:
    back = date(2025, 2, 25)   # 44 days after the end

    assert at_home(EndReason.RETURNED, back).label(date(2024, 12, 1)) == NEGATIVE
    assert at_home(EndReason.CLOSED, back).label(date(2024, 12, 1)) == POSITIVE


def test_who_does_not_leave_again_after_the_festival_has_lost_work() -> None:
    assert at_home(EndReason.RETURNED, None).label(date(2024, 12, 1)) == POSITIVE
    assert at_home(EndReason.RETURNED, date(2025, 4, 15)).label(date(2024, 12, 1)) == POSITIVE


def test_a_visit_says_whether_somebody_works() -> None:
    story = Story().months(1, 6).add(
        24, date(2025, 7, 11), occurred_from=to_day(date(2025, 7, 10)),
        occurred_to=to_day(date(2025, 7, 10)), worked=NO, outcome=1,
    ).months(8, 12, NO)

    assert story.label() == POSITIVE
    assert story.onset == to_day(date(2025, 7, 11))


def test_linked_keys_are_one_person() -> None:
    story = Story().months(1, 7)
    story.end(date(2025, 7, 20)).months(8, 12, NO)
    story.rows[-6]["subject"] = 99   # the end came under another key
    story.add(3, date(2025, 8, 1), other=99)

    assert story.label() == POSITIVE


@settings(max_examples=60, deadline=None)
@given(
    months=st.lists(st.sampled_from([YES, NO, 0]), min_size=12, max_size=12),
    ends=st.lists(st.integers(0, 364), max_size=3),
    starts=st.lists(st.integers(0, 364), max_size=3),
    hidden=st.integers(0, 11),
)
def test_hiding_a_month_never_turns_one_certain_answer_into_the_other(
    months: list[int], ends: list[int], starts: list[int], hidden: int
) -> None:
    def told(months: list[int]) -> int:
        story = Story().months(1, 12, year=2024)
        for place, worked in enumerate(months):
            if worked:
                story.month(date(2025, place + 1, 1), worked)
        for day in ends:
            story.end(date(2025, 1, 1) + timedelta(days=day))
        for day in starts:
            story.start(date(2025, 1, 1) + timedelta(days=day))
        return story.label()

    whole = told(months)
    less = told([0 if place == hidden else worked for place, worked in enumerate(months)])

    assert {whole, less} != {POSITIVE, NEGATIVE} or ends or months[hidden] == NO
