"""The spellings by name: how the cells of a column of each kind are read and written as JSON."""

from collections.abc import Callable, Sequence
from functools import partial

import msgspec

from streams.sheets.cells import Cell, is_error, plain
from streams.sheets.rules import ColumnRule
from streams.sheets.values import dates, money, text
from streams.sheets.values.codes import Words, folded
from streams.sheets.values.id_number import read_id_numbers
from streams.sheets.values.reading import (
    BLANK_WORDS,
    FORMULA_ERROR,
    NOTHING,
    Fault,
    Read,
    Values,
    read_cells,
)
from yujing.domain.days import month_start

CODES = ("answer", "code", "codes", "grade")
PERSONAL = ("id_number", "name", "phone")
SPELLINGS = (
    *CODES, *PERSONAL, "text", "number_text", "employer", "month", "day", "day_or_month",
    "year", "yuan", "count", "county", "township", "village", "place", "region_code",
    "work_region",
)  # fmt: skip

_REGION_CODE = Read(
    fault=Fault(
        "not_a_region_code",
        "不是 6、9 或 12 位的区划代码",
        "is no region code of 6, 9 or 12 digits",
    )
)


def read_column(cells: Sequence[Cell], rule: ColumnRule, *, typed: bool) -> Values:
    """Return the values of a column.

    Parameters
    ----------
    cells
        One a row.
    rule
        What the column holds.
    typed
        False where all cells are text (CSV).
    """
    if rule.spelling == "id_number":
        return read_id_numbers(cells, typed=typed)
    read = _reader(rule, typed)
    blank = BLANK_WORDS | {folded(word) for word in rule.blank}
    known = rule.words
    longest = max(map(len, blank))

    def guarded(cell: Cell) -> Read:
        if cell is None:
            return NOTHING
        if isinstance(cell, str) and not (len(cell) > longest and cell.isalnum()):
            if is_error(cell):
                return FORMULA_ERROR
            word = folded(cell)
            if word in blank and word not in known:
                return NOTHING
        return read(cell)

    return read_cells(cells, guarded)


def as_json(value: object, spelling: str) -> str:
    """Return a value as it stands in an event.

    Parameters
    ----------
    value
        As the spelling reads it.
    spelling
        Its name.
    """
    if spelling == "yuan" and isinstance(value, int):
        whole, part = divmod(abs(value), 100)
        return f"{'-' if value < 0 else ''}{whole}.{part:02d}"
    if spelling == "month" and isinstance(value, int):
        return f'"{month_start(value):%Y-%m}"'
    if isinstance(value, dates.Span):
        return f'"{value.first.isoformat()}"'
    return msgspec.json.encode(value).decode()


def _reader(rule: ColumnRule, typed: bool) -> Callable[[Cell], Read]:
    spelling = rule.spelling
    if spelling in CODES:
        words = Words(rule.words, list(rule.shown), refuse=rule.unknown == "refuse")
        if spelling == "grade":
            return partial(_grade, words)
        return words.read_several if spelling == "codes" else words.read
    of_dates: dict[str, Callable[..., Read]] = {
        "month": dates.read_month,
        "day": dates.read_day,
        "day_or_month": dates.read_day_or_month,
        "year": dates.read_year,
    }
    if spelling in of_dates:
        return partial(of_dates[spelling], typed=typed)
    others: dict[str, Callable[[Cell], Read]] = {
        "yuan": money.read_yuan,
        "count": money.read_count,
        "name": text.read_name,
        "phone": text.read_phone,
        "number_text": text.read_number_text,
        "region_code": _region_code,
        "employer": text.read_text,
    }
    return others.get(spelling, text.read_text)


def _grade(words: Words, cell: Cell) -> Read:
    read = words.read(cell)
    if read.fault or not isinstance(read.value, str):
        return read
    return Read(int(read.value) if read.value.isdigit() else None, doubt=read.doubt)


def _region_code(cell: Cell) -> Read:
    if text.lost_digits(cell):
        return Read(fault=text.DIGITS_LOST)
    digits = "".join(plain(cell).split())
    if not digits:
        return NOTHING
    if digits.isascii() and digits.isdigit() and len(digits) in (6, 9, 12):
        return Read(int(digits.ljust(12, "0")))
    return _REGION_CODE
