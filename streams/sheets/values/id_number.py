"""Certificate numbers: 18 characters, 15 of the old form, 20 or 22 of a disability card.

What Excel made of a long number cannot be mended: it keeps 15 digits and writes zeros for the
rest, which may be the number of somebody else. So a number is refused where it lost digits, and
so is, in a CSV, one of 18 digits that ends in three zeros without a mark that it is text.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from streams.door.id_number import FAULTS, read, unpacked
from streams.sheets.cells import Cell, is_error, plain
from streams.sheets.values.reading import (
    FORMULA_ERROR,
    NOTHING,
    Fault,
    Read,
    Values,
    distinct_cells,
    put_together,
)
from streams.sheets.values.text import DIGITS_LOST, lost_digits
from yujing.domain.days import NEVER

LENGTHS = (15, 18, 20, 22)
_BLANKS = re.compile(r"\s+")
_TEXT_MARK = re.compile(r"\s*(?:'|=\")")
_ROUNDED = re.compile(r"\d{15}000")

_TEXTS = {
    "id_length": (
        "位数不对，应为 18 位（残疾证 20 或 22 位，旧证 15 位）",
        "must have 18 characters (20 or 22 on a disability card, 15 of the old form)",
    ),
    "id_digits": ("含有不应有的字符", "holds a character that does not belong there"),
    "id_date": ("其中的出生日期不存在", "holds a birth date that does not exist"),
    "id_check_digit": (
        "校验位错误，至少有一位写错",
        "has a wrong check digit: at least one character is wrong",
    ),
}
_FAULTS = {code: Fault(code, zh, en) for code, (zh, en) in _TEXTS.items()}
_MAY_BE_ROUNDED = Fault(
    "id_may_be_rounded",
    "后三位是 000，可能是 Excel 把号码当数字保存时改掉的，不能确定是谁；"
    "请核对原件，若确实如此，请在号码前加英文单引号 '",
    "ends in 000, as Excel rounds it; check it, and if it is right put an apostrophe in front",
)
_CHECK_ZEROS = Fault(
    "id_may_be_rounded",
    "后三位是 000，请核对是否被 Excel 改过",
    "ends in 000; check that Excel did not round it",
)
_FROM_15 = Fault(
    "id_of_15_digits", "15 位旧证件号已按规则换算为 18 位", "of 15 digits was converted to 18"
)


@dataclass
class People(Values):
    """Certificate numbers of a column; the distinct values have 18 characters.

    Parameters
    ----------
    birth, sex
        By index into `distinct`: day number of the birth, number of the sex.
    """

    birth: NDArray[np.int32] = field(default_factory=lambda: np.full(1, NEVER, dtype=np.int32))
    sex: NDArray[np.uint8] = field(default_factory=lambda: np.zeros(1, dtype=np.uint8))


def read_id_numbers(cells: Sequence[Cell], *, typed: bool) -> People:
    """Return the certificate numbers of a column.

    Parameters
    ----------
    cells
        Of one column.
    typed
        False where numbers come as text (CSV).
    """
    once, cell_at = distinct_cells(cells)
    texts = [_bare(cell) for cell in once]
    ids = read([text or None for text in texts])
    canonical = unpacked(ids.packed)
    reads = [
        Read(number) if not fault and not odd else _read(cell, text, number, FAULTS[fault], typed)
        for cell, text, number, fault, odd in zip(
            once, texts, canonical, ids.fault.tolist(), _odd(once, texts), strict=True
        )
    ]
    values = put_together(once, cell_at, reads)
    people = People(**vars(values))
    chosen = [0] * len(values.distinct)
    index = {value: place for place, value in enumerate(values.distinct)}
    for place, read_ in enumerate(reads):
        if read_.value is not None:
            chosen[index[read_.value]] = place
    if once:
        people.birth, people.sex = ids.birth[chosen], ids.sex[chosen]
    return people


def _odd(cells: Sequence[Cell], texts: Sequence[str]) -> list[bool]:
    """Tell which cells need more than the check of their digits."""
    return [
        len(text) != 18 or text.endswith("000") or cell.__class__ is not str
        for cell, text in zip(cells, texts, strict=True)
    ]


def _bare(cell: Cell) -> str:
    """Return the characters of a number without any blank."""
    if isinstance(cell, str) and len(cell) == 18 and cell.isascii() and cell.isalnum():
        return cell
    return _BLANKS.sub("", plain(cell)).upper()


def _read(cell: Cell, text: str, number: str, fault: str, typed: bool) -> Read:
    if not text:
        return NOTHING
    if is_error(cell):
        return FORMULA_ERROR
    if lost_digits(cell):
        return Read(fault=DIGITS_LOST)
    if len(text) not in LENGTHS:
        return Read(fault=_FAULTS["id_length"])
    if fault:
        return Read(fault=_FAULTS[fault])
    if len(text) == 15:
        return Read(number, doubt=_FROM_15)
    if _ROUNDED.fullmatch(text):
        if typed:
            return Read(number, doubt=_CHECK_ZEROS)
        if not _TEXT_MARK.match(str(cell)):
            return Read(fault=_MAY_BE_ROUNDED)
    return Read(number)
