"""Months, years and dates that the words around a sheet name."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.sheets.month import named_in, sheet_day_in

MARCH = 2023 * 12 + 2
YEARS, MONTHS = st.integers(2000, 2099), st.integers(1, 12)
FORMS = (
    "{y}年{m}月", "{y}年{m:02d}月份", "{y}{m:02d}", "{y}-{m}", "{y}-{m:02d}", "{y}.{m}",
    "{y}年度{m}月",    "{y} 年 {m} 月", "{y}_{m:02d}",
)  # fmt: skip
AROUND = (("织金县", "已外出务工情况统计表"), ("", ".xlsx"), ("表1 ", "（县专班）"))


@given(YEARS, MONTHS, st.sampled_from(FORMS), st.sampled_from(AROUND))
def test_a_month_in_any_form(year: int, month: int, form: str, around: tuple[str, str]) -> None:
    text = around[0] + form.format(y=year, m=month) + around[1]

    assert named_in(text).months == {year * 12 + month - 1}


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_a_whole_date_names_no_month(day: date) -> None:
    for text in (f"{day:%Y%m%d}", f"{day.year}年{day.month}月{day.day}日", f"{day:%Y-%m-%d}",
                 f"{day.year}.{day.month}.{day.day}", f"{day:%Y_%m_%d}"):  # fmt: skip
        assert not named_in(f"已外出务工{text}导出").months
        assert sheet_day_in([f"导出时间：{text}"]) == day


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("二〇二三年三月务工情况", {MARCH}), ("二○二三年十二月", {2023 * 12 + 11}),
        ("2023年3月（截至2023年4月5日）", {MARCH}), ("2023年3月 2023年4月", {MARCH, MARCH + 1}),
        ("2023年务工情况", set()), ("520524202303001", set()), ("2023-13", set()),
        ("2023年度 3月份", {MARCH}), ("第202303期", {MARCH}),
        ("2023-03-99", set()), ("20230405102233", set()), ("2023年3月 请于4月5日前上报", {MARCH}),
    ],
)  # fmt: skip
def test_which_months_a_text_names(text: str, months: set[int]) -> None:
    assert named_in(text).months == months


def test_a_month_without_a_year_and_several_months() -> None:
    assert named_in("3月务工情况").months_of_year == {3}
    assert not named_in("3月务工情况").months
    assert named_in("2023年1-3月").several
    assert named_in("2023.1-3月").several
    assert not named_in("2023-3月").several
    assert not named_in("2023年3月 请于4月5日前上报").months_of_year
    assert named_in("2023年1月至3月").several
    assert named_in("2023年收入").years == {2023}


def test_the_date_after_its_word_counts_before_others() -> None:
    assert sheet_day_in(["2023年1月1日起 填报日期：2023年4月5日"]) == date(2023, 4, 5)
    assert sheet_day_in(["2023-01-01 2023-02-02", "制表日期 2023.4.5"]) == date(2023, 4, 5)
    assert sheet_day_in(["没有日期", ""]) is None
    assert sheet_day_in(["填报日期：2023年2月30日"]) is None
