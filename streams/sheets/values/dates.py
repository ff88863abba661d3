"""Days and months as people write them; what has two readings is refused.

A *span* is a day, a month or a year with its first and last day. A month may be written as a day
of it: Excel itself makes 2023-03-01 of a typed 2023-3.
"""

import math
import re
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from streams.sheets.cells import Cell, plain
from streams.sheets.values.reading import NOTHING, Fault, Read
from yujing.domain.days import month_end, month_start, to_month

FIRST_YEAR, LAST_YEAR = 1900, 2100
_SERIALS = range(1, 80_000)  # Excel's numbers of days up to the year 2119

_TIME = r"(?:[ T]?(?:\d{1,2}:\d{1,2}(?::\d{1,2}(?:\.\d+)?)?)|T\d{2}:\d{2}:\d{2}Z?)?"
_SEPARATED = re.compile(
    r"(\d{4})\s*(?P<mark>[-/.年])\s*(\d{1,2})\s*(?:(?:(?P=mark)|月)\s*(\d{1,2})\s*[日号]?|月份?)?"
    + _TIME
)
_YEAR_MONTH = re.compile(r"(\d{4})(0[1-9]|1[0-2])")
_WHOLE_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})")
_YEAR = re.compile(r"(\d{4})年?度?")
_NUMBER_LIKE = re.compile(r"\d{4}\.1")


class Span(NamedTuple):
    """A day, a month or a year."""

    first: date
    last: date
    precision: str

    @property
    def month(self) -> int:
        """Number of the month of its first day."""
        return to_month(self.first)


def _fault(code: str, zh: str, en: str) -> Read:
    return Read(fault=Fault(code, zh, en))


_NO_DATE = _fault(
    "not_a_date", "不是认识的日期写法，请写成 2023-03-01 或 2023年3月", "is no known form of a date"
)
_NOT_THERE = _fault("impossible_date", "不是存在的日期", "is no date of the calendar")
_SERIAL = _fault(
    "date_serial",
    "是 Excel 的日期序号，有两种起算方式，请把单元格格式改为日期或写成 2023-03-01",
    "is a day number of Excel, which counts in two ways; write it as 2023-03-01",
)
_DAY_WANTED = _fault(
    "day_wanted", "需要写到日，例如 2023-03-01", "must name the day, as 2023-03-01"
)
_MONTH_WANTED = _fault(
    "month_wanted", "需要写到月，例如 2023-03", "must name the month, as 2023-03"
)
_TWO_DAYS = _fault(
    "date_two_readings",
    "可以有两种读法，请按“年-月-日”写，例如 2023-03-01",
    "can be read in two ways; write year-month-day, as 2023-03-01",
)


def read_span(cell: Cell, *, typed: bool) -> Read:
    """Return the span that a cell names.

    Parameters
    ----------
    cell
        A date, a number or a text.
    typed
        False where numbers come as text (CSV): ``2023.1`` may then have been October.

    Examples
    --------
    >>> read_span("2023年03月", typed=True).value.month - 2023 * 12
    2
    """
    if isinstance(cell, datetime):
        return _day(cell.year, cell.month, cell.day)
    if isinstance(cell, date):
        return _day(cell.year, cell.month, cell.day)
    if isinstance(cell, bool):
        return _NO_DATE
    if isinstance(cell, int | float):
        return _of_number(cell)
    text = plain(cell)
    if not text:
        return NOTHING
    if not typed and _NUMBER_LIKE.fullmatch(text):
        return _two_months(text[:4])
    return _of_text(text)


def read_day(cell: Cell, *, typed: bool) -> Read:
    """Return the date that a cell names; a month alone is refused."""
    read = read_span(cell, typed=typed)
    if isinstance(read.value, Span):
        return Read(read.value.first) if read.value.precision == "day" else _DAY_WANTED
    return read


def read_day_or_month(cell: Cell, *, typed: bool) -> Read:
    """Return the span that a cell names; a year alone is refused."""
    read = read_span(cell, typed=typed)
    return (
        _MONTH_WANTED if isinstance(read.value, Span) and read.value.precision == "year" else read
    )


def read_month(cell: Cell, *, typed: bool) -> Read:
    """Return the number of the month that a cell names; a day stands for its month."""
    read = read_day_or_month(cell, typed=typed)
    return Read(read.value.month) if isinstance(read.value, Span) else read


def read_year(cell: Cell, *, typed: bool) -> Read:
    """Return the year that a cell names; a finer date is refused."""
    read = read_span(cell, typed=typed)
    if isinstance(read.value, Span):
        if read.value.precision == "year":
            return Read(read.value.first.year)
        return _fault("year_wanted", "应只写年份，例如 2023", "must be a year alone, as 2023")
    return read


def _of_number(number: float) -> Read:
    if not math.isfinite(number):
        return _NO_DATE
    if number == int(number):
        whole = int(number)
        if whole in _SERIALS and not FIRST_YEAR <= whole <= LAST_YEAR:
            return _SERIAL
        return _of_text(str(whole))
    shown = format(Decimal(f"{number:.15g}"), "f")
    year, _, month = shown.partition(".")
    if not (len(year) == 4 and FIRST_YEAR <= int(year) <= LAST_YEAR and len(month) <= 2):
        return _SERIAL if 1 <= number < _SERIALS.stop else _NO_DATE
    if month == "1":
        return _two_months(year)
    return _of_text(f"{year}-{month}")


def _two_months(year: str) -> Read:
    return _fault(
        "month_two_readings",
        f"看不出是 1 月还是 10 月（Excel 会去掉末尾的 0），请写成 {year}-01 或 {year}-10",
        f"may be January or October; write {year}-01 or {year}-10",
    )


def _of_text(text: str) -> Read:
    found = _SEPARATED.fullmatch(text)
    if found:
        if found["mark"] == "年" and "月" not in text:
            return _NO_DATE
        year, month, day = found[1], found[3], found[4]
        return _day(int(year), int(month), int(day)) if day else _month(int(year), int(month))
    if found := _YEAR_MONTH.fullmatch(text):
        return _month(int(found[1]), int(found[2]))
    if found := _WHOLE_DAY.fullmatch(text):
        return _day(*map(int, found.groups()))
    if found := _YEAR.fullmatch(text):
        year = int(found[1])
        if not FIRST_YEAR <= year <= LAST_YEAR:
            return _NOT_THERE
        return Read(Span(date(year, 1, 1), date(year, 12, 31), "year"))
    if re.fullmatch(r"\d{1,5}(\.\d+)?", text):
        return _SERIAL
    if re.fullmatch(r"\d{1,2}([-/.])\d{1,2}\1\d{2,4}|\d{2}([-/.年])\d{1,2}.*|\d{5,7}", text):
        return _TWO_DAYS
    return _NO_DATE


def _day(year: int, month: int, day: int) -> Read:
    try:
        found = date(year, month, day)
    except ValueError:
        return _NOT_THERE
    return Read(Span(found, found, "day")) if FIRST_YEAR <= year <= LAST_YEAR else _NOT_THERE


def _month(year: int, month: int) -> Read:
    if not (1 <= month <= 12 and FIRST_YEAR <= year <= LAST_YEAR):
        return _NOT_THERE
    number = year * 12 + month - 1
    return Read(Span(month_start(number), month_end(number), "month"))
