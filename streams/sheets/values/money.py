"""Amounts and counts; an amount is an integer of fen."""

import re
from decimal import Decimal, InvalidOperation

from streams.sheets.cells import Cell, plain
from streams.sheets.values.reading import NOTHING, Fault, Read

_UNIT = re.compile(r"^(?:¥|￥|rmb)?\s*(.*?)\s*(?:元整?|圆)?(?:/月|/年|每月)?$", re.IGNORECASE)
_PLAIN = re.compile(r"[+-]?(\d+|\d{1,3}(,\d{3})+)(\.\d*)?")
_ROUNDED = Fault("rounded_to_fen", "已四舍五入到分", "was rounded to a hundredth")
_COUNT = re.compile(r"(\d{1,9})\s*[人天个名口]?")


def read_yuan(cell: Cell) -> Read:
    """Return the fen of an amount in yuan.

    Parameters
    ----------
    cell
        A number, or a text as ``3,000.50元``.

    Examples
    --------
    >>> read_yuan("３，０００元").value, read_yuan("3000-4000").fault.code
    (300000, 'not_an_amount')
    """
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return _fen(f"{cell:.15g}", computed=True)  # Excel keeps and shows 15 digits
    if not isinstance(cell, str):
        return NOTHING if cell is None else _not_an_amount()
    text = plain(cell)
    if not text:
        return NOTHING
    found = _UNIT.match(text)
    bare = found[1] if found else text
    return _fen(bare.replace(",", "")) if _PLAIN.fullmatch(bare) else _not_an_amount()


def read_count(cell: Cell) -> Read:
    """Return a whole number as ``3``, ``3人`` or ``20天``."""
    if isinstance(cell, bool):
        return _not_a_count()
    text = plain(cell)
    if not text:
        return NOTHING
    found = _COUNT.fullmatch(text.removesuffix(".0"))
    return Read(int(found[1])) if found else _not_a_count()


def _fen(text: str, *, computed: bool = False) -> Read:
    try:
        fen = Decimal(text) * 100
    except InvalidOperation:
        return _not_an_amount()
    if not fen.is_finite() or abs(fen) > 10**11:
        return Read(fault=Fault("out_of_range", "金额过大", "is too large an amount"))
    if fen != int(fen):
        if computed:  # the result of a formula, which Excel shows rounded
            return Read(round(fen), doubt=_ROUNDED)
        return Read(fault=Fault("many_decimals", "最多两位小数", "has more than two decimals"))
    return Read(int(fen))


def _not_an_amount() -> Read:
    zh = "不是金额，请只写数字（单位元），例如 3000"
    return Read(fault=Fault("not_an_amount", zh, "is no amount; write digits alone, as 3000"))


def _not_a_count() -> Read:
    return Read(fault=Fault("not_a_count", "不是整数，请只写数字", "is no whole number"))
