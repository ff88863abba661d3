"""Rows that are wrong, one for each kind of mistake that departments' sheets really hold."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from streams.simulator.sheets.export import Export
from streams.simulator.sheets.page import Cell

_PEOPLE = ("证件号码", "户主证件号码", "残疾人证号")
_SPANS = ("开始时间",)
_DAYS = ("结算时间", "变更日期", "识别时间", "救助开始日期", "发证日期", "开始时间")
_AMOUNTS = ("务工月收入", "期望月收入", "缴费金额", "医疗费总额", "工资性收入", "帮扶金额")
_WORDS = ("是否已务工", "是否计划务工", "险种类型", "参保状态", "医疗类别", "监测对象类别")


@dataclass(frozen=True)
class Spoiled:
    """One row that is made wrong.

    Attributes
    ----------
    row
        Of the sheet, from 0.
    header
        Column, as the system calls it.
    code
        Of the fault that a reader must find.
    cell
        What stands there instead of what is right.
    """

    row: int
    header: str
    code: str
    cell: Cell


@dataclass(frozen=True)
class Mistake:
    """One kind of mistake: which columns it befalls, and what becomes of a cell."""

    code: str
    headers: tuple[str, ...]
    of: Callable[[Cell], Cell]


def _other_check(cell: Cell) -> Cell:
    text = str(cell)
    return text[:17] + ("1" if text[17] != "1" else "2") + text[18:]


def _as_number(cell: Cell) -> Cell:
    return float(str(cell)[:15] + "000")   # Excel keeps fifteen digits


MISTAKES = (
    Mistake("digits_lost", _PEOPLE, _as_number),
    Mistake("id_check_digit", _PEOPLE, _other_check),
    Mistake("id_length", _PEOPLE, lambda cell: str(cell)[:16]),
    Mistake("id_date", _PEOPLE, lambda cell: f"{str(cell)[:10]}13{str(cell)[12:]}"),
    Mistake("required", ("证件号码", "残疾人证号"), lambda _cell: None),
    Mistake("month_two_readings", _SPANS, lambda _cell: 2025.1),
    Mistake("impossible_date", _DAYS, lambda _cell: "2026年2月30日"),
    Mistake("date_two_readings", _DAYS, lambda _cell: "03/04/2026"),
    Mistake("not_a_date", _DAYS, lambda _cell: "去年底"),
    Mistake("not_an_amount", _AMOUNTS, lambda _cell: "三千左右"),
    Mistake("formula_error", _AMOUNTS, lambda _cell: "#N/A"),
    Mistake("unknown_word", _WORDS, lambda _cell: "说不清"),
)


def spoil(rng: np.random.Generator, export: Export) -> list[Spoiled]:
    """Return one wrong cell of each kind that the columns of a sheet allow, each in another row.

    Parameters
    ----------
    rng
        Chooses the rows.
    export
        A right one; at least half of its rows stay so, and the last kinds are left out then.
    """
    rows = iter(rng.permutation(len(export))[: len(export) // 2].tolist())
    spoiled = []
    for mistake in MISTAKES:
        header = next((name for name in mistake.headers if name in export.columns), None)
        row = next(rows, None) if header else None
        if header is not None and row is not None:
            cell = mistake.of(export.columns[header][row])
            spoiled.append(Spoiled(row, header, mistake.code, cell))
    return spoiled
