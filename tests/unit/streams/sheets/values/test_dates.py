"""Every spelling of a day and a month, and what has two readings."""

from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.sheets.cells import plain
from streams.sheets.values.dates import (
    Span,
    read_day,
    read_day_or_month,
    read_month,
    read_span,
    read_year,
)
from streams.sheets.values.reading import Read

DAYS = st.dates(date(1900, 1, 1), date(2100, 12, 31))
FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
DAY_FORMS = (
    "{0.year}-{0.month:02d}-{0.day:02d}", "{0.year}-{0.month}-{0.day}",
    "{0.year}.{0.month}.{0.day}", "{0.year}/{0.month}/{0.day}",
    "{0.year}/{0.month:02d}/{0.day:02d}",
    "{0.year}年{0.month}月{0.day}日", "{0.year}年{0.month:02d}月{0.day:02d}日",
    "{0.year}年{0.month}月{0.day}号", "{0.year}{0.month:02d}{0.day:02d}",
    "{0.year}-{0.month}-{0.day} 00:00:00", "{0.year}-{0.month:02d}-{0.day:02d}T08:30:00",
    " {0.year} 年 {0.month} 月 {0.day} 日\u00a0",
)  # fmt: skip
MONTH_FORMS = (
    "{0.year}年{0.month:02d}月", "{0.year}年{0.month}月", "{0.year}年{0.month}月份",
    "{0.year}{0.month:02d}", "{0.year}-{0.month}", "{0.year}-{0.month:02d}", "{0.year}/{0.month}",
    "{0.year}.{0.month:02d}", "\u200b{0.year}年{0.month}月 ",
)  # fmt: skip


def code(read: Read) -> str:
    return read.fault.code if read.fault else ""


@given(DAYS, st.sampled_from(DAY_FORMS), st.booleans(), st.booleans())
def test_a_day_in_any_form_is_that_day(day: date, form: str, wide: bool, typed: bool) -> None:
    text = form.format(day)

    read = read_day(text.translate(FULL_WIDTH) if wide else text, typed=typed)

    assert read == Read(day)


@given(DAYS, st.sampled_from(MONTH_FORMS), st.booleans(), st.booleans())
def test_a_month_in_any_form_is_that_month(day: date, form: str, wide: bool, typed: bool) -> None:
    text = form.format(day)

    read = read_month(text.translate(FULL_WIDTH) if wide else text, typed=typed)

    assert read == Read(day.year * 12 + day.month - 1)


@given(DAYS, st.sampled_from(DAY_FORMS))
def test_a_day_stands_for_its_month(day: date, form: str) -> None:
    assert read_month(form.format(day), typed=True) == Read(day.year * 12 + day.month - 1)


@given(DAYS)
def test_a_date_cell_is_a_day_whatever_its_time(day: date) -> None:
    noon = datetime.combine(day, time(12))

    assert read_day(noon, typed=True) == read_day(day, typed=True) == Read(day)


@given(DAYS)
def test_digits_kept_as_a_number_are_read_like_their_text(day: date) -> None:
    as_month, as_day = day.year * 100 + day.month, day.year * 10_000 + day.month * 100 + day.day

    assert read_month(float(as_month), typed=True) == read_month(str(as_month), typed=True)
    assert read_day(as_day, typed=True) == Read(day)


@pytest.mark.parametrize("year", [1999, 2023])
def test_a_year_and_one_tenth_as_a_number_is_january_or_october(year: int) -> None:
    for cell in (year + 0.1, float(f"{year}.10")):
        read = read_month(cell, typed=True)

        assert code(read) == "month_two_readings"
        assert f"{year}-01" in read.fault.zh  # type: ignore[union-attr]
        assert f"{year}-10" in read.fault.zh  # type: ignore[union-attr]


def test_in_a_csv_the_text_of_that_number_is_no_surer() -> None:
    assert code(read_month("2023.1", typed=False)) == "month_two_readings"
    assert code(read_month(" ２０２３．１", typed=False)) == "month_two_readings"
    assert read_month("2023.1", typed=True).value == 2023 * 12  # typed as text, so as it stands
    assert read_month("2023.10", typed=False).value == 2023 * 12 + 9  # a number has no last 0


@pytest.mark.parametrize(
    ("cell", "month"), [(2023.01, 1), (2023.2, 2), (2023.11, 11), (2023.12, 12)]
)
def test_other_fractions_have_one_reading(cell: float, month: int) -> None:
    assert read_month(cell, typed=True).value == 2023 * 12 + month - 1


@pytest.mark.parametrize("cell", [44986, 44986.5, 1.0, 79_999, "44986", "44986.25"])
def test_a_day_number_of_excel_counts_from_two_epochs(cell: float | str) -> None:
    assert code(read_day(cell, typed=True)) == "date_serial"


@pytest.mark.parametrize(
    "text",
    [
        "03/04/2023",
        "3/4/23",
        "13/04/2023",
        "23.3.1",
        "23-3-1",
        "2023111",
        "23年3月1日",
        "12345678"[:5],
    ],
)
def test_a_day_without_the_year_first_has_two_readings(text: str) -> None:
    assert code(read_day(text, typed=True)) in ("date_two_readings", "date_serial")


@pytest.mark.parametrize(
    "text", ["2023-02-30", "2023年13月", "20230229", "2023-13", "2023-00-01", 20231301, 1899.02]
)
def test_what_the_calendar_lacks_is_refused(text: str | float) -> None:
    assert code(read_span(text, typed=True)) in ("impossible_date", "not_a_date", "date_serial")


@pytest.mark.parametrize(
    "text",
    ["去年底", "三月", "2023年5", "2023-3/1", "2023-1-3月", "12:30:00", True, time(12), "2023年春"],
)
def test_what_is_no_date_is_refused(text: object) -> None:
    assert code(read_span(text, typed=True)) == "not_a_date"  # type: ignore[arg-type]


def test_each_reader_wants_its_precision() -> None:
    assert code(read_day("2023年3月", typed=True)) == "day_wanted"
    assert code(read_day_or_month("2023年", typed=True)) == "month_wanted"
    assert code(read_year("2023-03", typed=True)) == "year_wanted"
    assert read_year("2023年度", typed=True) == read_year(2023.0, typed=True) == Read(2023)


def test_a_month_is_a_span_of_its_days() -> None:
    assert read_day_or_month("2024年2月", typed=True).value == Span(
        date(2024, 2, 1), date(2024, 2, 29), "month"
    )


@given(st.text(alphabet="0123456789年月日-/. ", max_size=12), st.booleans())
def test_no_text_gets_a_meaning_that_its_digits_do_not_have(text: str, typed: bool) -> None:
    read = read_span(text, typed=typed)

    if isinstance(read.value, Span):
        first = read.value.first
        digits = [int(part) for part in _numbers(plain(text))]
        if len(digits) > 1:
            named = {"day": 3, "month": 2, "year": 1}[read.value.precision]
            assert [first.year, first.month, first.day][:named] == digits
        else:
            packed = f"{first:%Y%m%d}"
            assert "".join(filter(str.isdigit, text)) in (packed, packed[:6], packed[:4])


def _numbers(text: str) -> list[str]:
    return "".join(c if c.isdigit() else " " for c in text).split()
