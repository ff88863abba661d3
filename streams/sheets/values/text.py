"""Names, phone numbers, employers and numbers of households and documents, which are text."""

import re

from streams.sheets.cells import Cell, plain
from streams.sheets.values.reading import NOTHING, Fault, Read

EXACT_DIGITS = 15  # what Excel keeps of a number
_BLANKS = re.compile(r"\s+")
_IN_PHONES = re.compile(r"[\s\-()]")
_EXPONENT = re.compile(r"\d(\.\d+)?[eE]\+\d+")

DIGITS_LOST = Fault(
    "digits_lost",
    f"被 Excel 当作数字保存，{EXACT_DIGITS} 位以后的数字已丢失；"
    "请把这一列的单元格格式设为“文本”后重新填写",
    "was kept by Excel as a number and has lost its last digits; format the column as text",
)
_TOO_LONG = Fault("too_long", "太长", "is too long")
_NO_PHONE = Fault("not_a_phone", "不是电话号码", "is no phone number")


def lost_digits(cell: Cell) -> bool:
    """Say whether a cell is a number, or the text of one, of which Excel dropped digits.

    Examples
    --------
    >>> lost_digits(5.22121199001012e17), lost_digits("5.22121E+17"), lost_digits(3000.0)
    (True, True, False)
    """
    if isinstance(cell, str):
        return _EXPONENT.fullmatch(plain(cell)) is not None
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        return False
    return not abs(cell) < 10**EXACT_DIGITS or cell != int(cell)


def read_text(cell: Cell, *, longest: int = 200) -> Read:
    """Return a text, with runs of blanks as one."""
    text = plain(cell)
    if len(text) > longest:
        return Read(fault=_TOO_LONG)
    return Read(text) if text else NOTHING


def read_number_text(cell: Cell, *, longest: int = 64) -> Read:
    """Return the number of a household or document as text, without blanks."""
    if isinstance(cell, str) and cell.isascii() and cell.isalnum() and len(cell) <= longest:
        return Read(cell)
    if lost_digits(cell):
        return Read(fault=DIGITS_LOST)
    text = _BLANKS.sub("", plain(cell))
    if len(text) > longest:
        return Read(fault=_TOO_LONG)
    return Read(text) if text else NOTHING


def read_name(cell: Cell) -> Read:
    """Return the name of a person; a blank between two Chinese characters is no part of it."""
    text = re.sub(r"(?<=[^\x00-\x7f])\s+(?=[^\x00-\x7f])", "", plain(cell))
    if len(text) > 64:
        return Read(fault=_TOO_LONG)
    return Read(text) if text else NOTHING


def read_phone(cell: Cell) -> Read:
    """Return a phone number without what is written between its digits."""
    if lost_digits(cell):
        return Read(fault=DIGITS_LOST)
    text = _IN_PHONES.sub("", plain(cell))
    if not text:
        return NOTHING
    several = re.split(r"[,，、;；/]", text)[0]
    if re.fullmatch(r"\+?\d{7,15}", several):
        return Read(several)
    return Read(doubt=_NO_PHONE)
