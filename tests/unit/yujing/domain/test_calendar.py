from datetime import date
from pathlib import Path

import numpy as np
import pytest

from yujing.domain import calendar as module
from yujing.domain.calendar import Calendar, days_to_festival, spring_festival
from yujing.domain.days import to_day
from yujing.errors import ReferenceDataError

# Published first days of the lunar year.
FESTIVALS = [
    date(2021, 2, 12), date(2022, 2, 1), date(2023, 1, 22), date(2024, 2, 10), date(2025, 1, 29),
    date(2026, 2, 17), date(2027, 2, 6), date(2028, 1, 26),
]


def test_the_spring_festival_is_the_published_day() -> None:
    assert [spring_festival(day.year) for day in FESTIVALS] == FESTIVALS
    with pytest.raises(ReferenceDataError):
        spring_festival(2100)


def test_days_to_the_nearest_festival_change_sign_on_it() -> None:
    days = np.array([to_day(date(2026, 2, n)) for n in (16, 17, 18)])
    far = np.array([to_day(date(2025, 8, 8)), to_day(date(2025, 8, 10))])   # half way

    assert days_to_festival(days).tolist() == [1, 0, -1]
    assert days_to_festival(far).tolist() == [-191, 191]
    assert days_to_festival(np.array([to_day(date(1890, 1, 1))]))[0] > 0


def test_holidays_and_worked_weekends_are_known() -> None:
    calendar = Calendar.load()

    assert not calendar.is_workday(date(2026, 10, 1))
    assert calendar.is_workday(date(2026, 2, 14))      # a Saturday
    assert calendar.add_workdays(date(2026, 9, 30), 1) == date(2026, 10, 8)
    assert calendar.add_workdays(date(2026, 10, 8), -1) == date(2026, 9, 30)
    assert calendar.add_workdays(date(2026, 10, 8), 0) == date(2026, 10, 8)


def test_workdays_between_counts_the_last_day_and_not_the_first() -> None:
    calendar = Calendar()

    assert calendar.workdays_between(date(2026, 11, 24), date(2026, 11, 27)) == 3
    assert calendar.workdays_between(date(2026, 11, 27), date(2026, 11, 24)) == -3
    assert calendar.workdays_between(date(2026, 11, 24), date(2026, 11, 24)) == 0
    assert len(calendar.workdays_of_month(date(2026, 11, 9))) == 21


def test_a_year_that_nobody_listed_falls_back_to_weekends_and_says_so() -> None:
    calendar = Calendar()

    assert not calendar.covers(2035)
    assert calendar.is_workday(date(2035, 1, 1))       # a Monday
    assert not calendar.is_workday(date(2035, 1, 6))
    assert [words[:6] for words in calendar.warnings([2026, 2035, 2035])] == ["2035 年"]


def test_a_county_s_file_beats_the_library_and_can_list_a_whole_year(tmp_path: Path) -> None:
    (tmp_path / "holidays.csv").write_text(
        "day,kind,source\n2026-11-25,free,县庆\n2035-01-01,year,通知\n2035-01-01,free,元旦\n"
        "2035-01-06,work,调休\n", encoding="utf-8")
    calendar = Calendar.load(tmp_path)

    assert calendar.add_workdays(date(2026, 11, 24), 1) == date(2026, 11, 26)
    assert calendar.covers(2035)
    assert calendar.warnings([2035]) == []
    assert not calendar.is_workday(date(2035, 1, 1))
    assert calendar.is_workday(date(2035, 1, 6))


@pytest.mark.parametrize("line", ["2026-13-01,free,x", "2026-01-01,maybe,x"])
def test_a_bad_line_is_refused(tmp_path: Path, line: str) -> None:
    (tmp_path / "holidays.csv").write_text(f"day,kind,source\n{line}\n", encoding="utf-8")

    with pytest.raises(ReferenceDataError, match="line 2"):
        Calendar.load(tmp_path)


def test_the_short_forms_use_the_shipped_calendar() -> None:
    assert module.is_workday(date(2026, 11, 24))
    assert module.workdays_between(date(2026, 11, 24), date(2026, 11, 27)) == 3
