"""The same cells as different hands write them; what a cell says stays the same."""

import re
from collections.abc import Callable
from datetime import date

import numpy as np

from streams.simulator.sheets.export import Export
from streams.simulator.sheets.page import Cell

Hand = Callable[[np.random.Generator, Cell], Cell]

_MONTH = re.compile(r"(\d{4})年?(\d{2})月?")
_FULL_WIDTH = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")
_SHARE = 0.4   # of the cells are written otherwise than the system does
_TOUCHED_TEXTS = ("县", "乡", "行政村", "姓名", "户主姓名", "户编号", "人编号")
HEADERS = {
    "县": "县（市、区）", "乡": "乡镇", "行政村": "村",
    "证件号码": "身份证号", "户主证件号码": "户主身份证号",
    "务工月收入": "务工月收入（元）",
    "缴费金额": "缴费金额（元）", "医疗费总额": "医疗费总额（元）",
    "工资性收入": "工资性收入（元）",
}


def otherwise(rng: np.random.Generator, export: Export) -> Export:
    """Return a sheet in which some cells and headers are written in other ways.

    Parameters
    ----------
    rng
        Chooses which.
    export
        As the system writes it.
    """
    columns = {}
    for header, cells in export.columns.items():
        hand = _hand(header, cells)
        changed = rng.random(len(cells)) < _SHARE
        columns[HEADERS.get(header, header)] = [
            hand(rng, cell) if change and cell is not None else cell
            for cell, change in zip(cells, changed.tolist(), strict=True)
        ]
    return Export(export.mapping, export.title, export.month, columns, export.villages)


def _hand(header: str, cells: list[Cell]) -> Hand:
    given = next((cell for cell in cells if cell is not None), None)
    if header in ("证件号码", "户主证件号码", "残疾人证号"):
        return _number_of_person
    if isinstance(given, date) or (isinstance(given, str) and _MONTH.fullmatch(given)):
        return _day_or_month
    if isinstance(given, int):
        return _amount
    return _padded if header in _TOUCHED_TEXTS or isinstance(given, str) else _same


def _same(_rng: np.random.Generator, cell: Cell) -> Cell:
    return cell


def _number_of_person(rng: np.random.Generator, cell: Cell) -> Cell:
    text = str(cell)
    return (
        text.lower(), f" {text}", f"{text}\u00a0", f"{text[:6]}\u200b{text[6:]}",
        text.translate(_FULL_WIDTH), f"{text[:6]} {text[6:14]} {text[14:]}",
    )[rng.integers(6)]


def _day_or_month(rng: np.random.Generator, cell: Cell) -> Cell:
    if isinstance(cell, date):
        return (
            f"{cell.year}年{cell.month}月{cell.day}日", f"{cell.year}.{cell.month}.{cell.day}",
            f"{cell.year}/{cell.month}/{cell.day}", f"{cell:%Y-%m-%d}", f"{cell:%Y%m%d}",
            f"{cell:%Y年%m月%d日}".translate(_FULL_WIDTH),
        )[rng.integers(6)]
    found = _MONTH.fullmatch(str(cell))
    if not found:
        return cell
    year, month = found[1], int(found[2])
    return (
        f"{year}年{month}月", f"{year}年{month:02d}月", f"{year}{month:02d}", f"{year}-{month}",
        f"{year}/{month:02d}", f"{year}年{month}月".translate(_FULL_WIDTH),
    )[rng.integers(6)]


def _amount(rng: np.random.Generator, cell: Cell) -> Cell:
    if not isinstance(cell, int):
        return cell
    hands: tuple[Cell, ...] = (
        f"{cell}", f" {cell} ", f"{cell}".translate(_FULL_WIDTH), float(cell))
    return hands[rng.integers(len(hands))]


def _padded(rng: np.random.Generator, cell: Cell) -> Cell:
    text = str(cell)
    return (f" {text}", f"{text}　", f"{text}\u00a0", f"\u200b{text}", f"{text}\n")[rng.integers(5)]
