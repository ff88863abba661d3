"""Columns of events as cells: words in Chinese, dates, numbers, names of places."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

import numpy as np

from streams.simulator.array import Array, Flags, Ints
from streams.simulator.column import MISSING, Column, Dates, Months, Texts, Whole, Words, WordSet
from streams.simulator.sheets.page import Cell
from yujing.domain.codes import Precision, number, zh
from yujing.domain.days import from_day
from yujing.domain.region import Regions

Cells = list[Cell]

# GB/T 2260, the counties outside Guizhou where simulated people work
ELSEWHERE = {
    320583: "江苏省苏州市昆山市", 330106: "浙江省杭州市西湖区", 330206: "浙江省宁波市北仑区",
    350203: "福建省厦门市思明区", 350582: "福建省泉州市晋江市", 440106: "广东省广州市天河区",
    440307: "广东省深圳市龙岗区", 440402: "广东省珠海市香洲区", 440605: "广东省佛山市南海区",
    441302: "广东省惠州市惠城区", 441900: "广东省东莞市", 442000: "广东省中山市",
}
_BY_MONTH = number(Precision.MONTH)


def words(column: Column) -> Cells:
    """Return codes as Chinese terms; the unknown is an empty cell."""
    if not isinstance(column, Words):
        raise TypeError("not a column of codes")
    return _looked_up([None, *map(zh, list(column.code_set)[1:])], column.data)


def word_sets(column: Column) -> Cells:
    """Return sets of codes as Chinese terms joined by a comma."""
    if not isinstance(column, WordSet):
        raise TypeError("not a column of sets of codes")
    terms = [zh(code) for code in column.code_set]
    masks, places = np.unique(column.data, return_inverse=True)
    table: Cells = [
        ",".join(term for at, term in enumerate(terms) if mask >> at & 1) or None
        for mask in masks.tolist()
    ]
    return _looked_up(table, places)


def coded(code_set: type[StrEnum], numbers: Array, terms: Mapping[StrEnum, str]) -> Cells:
    """Return numbers of codes in the terms of a sheet; what has no term is an empty cell."""
    return _looked_up([terms.get(code) for code in code_set], numbers)


def whole(column: Column) -> Cells:
    """Return whole numbers; what is missing is an empty cell."""
    if not isinstance(column, Whole):
        raise TypeError("not a column of numbers")
    return optional(column.data, column.data != MISSING)


def texts(column: Column) -> Cells:
    """Return texts; what is missing is an empty cell."""
    if not isinstance(column, Texts):
        raise TypeError("not a column of texts")
    table = np.array([*column.dictionary.texts.tolist(), None], dtype=object)
    cells: Cells = table[np.maximum(column.data, -1)].tolist()
    return cells


def optional(values: Array, known: Flags) -> Cells:
    """Return values, an empty cell where they are not known."""
    cells = values.astype(object)
    cells[~known] = None
    out: Cells = cells.tolist()
    return out


def days(numbers: Array, known: Flags | None = None) -> Cells:
    """Return day numbers as dates."""
    column = Dates(numbers).data.astype(np.int64)
    values, places = np.unique(column if known is None else np.where(known, column, 0),
                               return_inverse=True)
    dates = np.array([from_day(day) for day in values.tolist()], dtype=object)[places]
    return optional(dates, np.ones(len(column), bool) if known is None else known)


def days_or_months(first: Ints, precision: Array, known: Flags) -> Cells:
    """Return dates, or 2023年03月 where only the month is known."""
    cells = days(first, known)
    for at in np.flatnonzero(known & (precision == _BY_MONTH)).tolist():
        day = from_day(int(first[at]))
        cells[at] = f"{day.year}年{day.month:02d}月"
    return cells


def months(column: Column) -> Cells:
    """Return months as 202303."""
    if not isinstance(column, Months):
        raise TypeError("not a column of months")
    cells: Cells = (column.data // 12 * 100 + column.data % 12 + 1).astype("U6").tolist()
    return cells


def places(regions: Regions, villages: Ints) -> tuple[Cells, Cells, Cells]:
    """Return the names of county, township and village of 12-digit codes."""
    parts = []
    for step in (10**6, 10**3, 1):
        codes, at = np.unique(villages // step * step, return_inverse=True)
        parts.append(_looked_up([regions.name(code) for code in codes.tolist()], at))
    return parts[0], parts[1], parts[2]


def work_places(regions: Regions, codes: Array, known: Flags) -> Cells:
    """Return the names of counties of work by their 6-digit codes."""
    values, at = np.unique(np.where(known, codes, 0), return_inverse=True)
    names: Cells = [
        ELSEWHERE.get(code) or f"贵州省{regions.name(code * 10**6)}" for code in values.tolist()
    ]
    return optional(np.array(_looked_up(names, at), dtype=object), known)


def _looked_up(table: Sequence[Cell], at: Array) -> Cells:
    cells: Cells = np.array(table, dtype=object)[at].tolist()
    return cells
