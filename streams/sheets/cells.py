"""Cells of a sheet, and the text that a person sees in one."""

import re
import unicodedata
from datetime import date, datetime, time, timedelta

Cell = str | int | float | bool | datetime | date | time | timedelta | None

ERRORS = frozenset(
    ["#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"]
)

# Soft hyphen, Mongolian vowel separator, zero-width and direction marks, word joiner, BOM
_UNSEEN = re.compile("[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
_BLANKS = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")
_AS_TEXT = re.compile(r'="([^"]*)"|\'(\d.*)')  # how programs keep Excel from reading a number
_MOST_EXACT = 1e15  # Excel keeps 15 digits


def plain(cell: Cell) -> str:
    """Return what a person sees in a cell, without what nobody sees.

    Full-width digits and letters become ordinary ones, runs of blanks one space; NBSP, zero-width
    and control characters go. ``="123"`` and ``'123``, by which programs mark digits as text in a
    CSV, are the digits.

    Parameters
    ----------
    cell
        As `workbook` gives it.

    Returns
    -------
    Text; "" for an empty cell. A number of more than 15 digits comes as ``5.22121199001012E+17``.
    """
    if isinstance(cell, str):
        return _plain_text(cell)
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, int | float):
        return _plain_number(cell)
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(cell, date | time):
        return cell.isoformat()
    seconds = round(cell.total_seconds())
    hours, rest = divmod(abs(seconds), 3600)
    return f"{'-' if seconds < 0 else ''}{hours}:{rest // 60:02}:{rest % 60:02}"


def _plain_text(text: str) -> str:
    if text.isascii() and text.isalnum():
        return text
    if text[0:1] in ("=", "'") and (marked := _AS_TEXT.fullmatch(text)):
        text = marked[1] or marked[2] or ""
    return _BLANKS.sub(" ", _UNSEEN.sub("", unicodedata.normalize("NFKC", text))).strip()


def _plain_number(number: float) -> str:
    if abs(number) < _MOST_EXACT:
        return str(int(number)) if number == int(number) else f"{number:.15g}"
    return f"{number:.15g}".upper()


def header_text(cell: Cell) -> str:
    """Return a header, or an alias of one, in the form in which they are compared.

    Parameters
    ----------
    cell
        Cell of the header row, or an alias of a mapping.

    Returns
    -------
    As `plain`, without any blank: ``姓 名`` is ``姓名``.
    """
    return _BLANKS.sub("", plain(cell))


def is_error(cell: Cell) -> bool:
    """Say whether a cell holds the error of a formula, as ``#N/A`` or ``#REF!``."""
    return isinstance(cell, str) and cell in ERRORS


def column_letter(column: int) -> str:
    """Return the letters by which Excel calls a column.

    Parameters
    ----------
    column
        From 0.

    Returns
    -------
    "A" for 0, "AB" for 27.
    """
    letters = ""
    column += 1
    while column:
        column, digit = divmod(column - 1, 26)
        letters = chr(65 + digit) + letters
    return letters
