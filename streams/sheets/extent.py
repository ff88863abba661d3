"""How far a sheet reaches and where formulas failed, read from its XML in one pass.

The reader of XLSX holds a rectangle up to the last cell with anything in it, and gives the error of
a formula as an empty cell; so both must be known before. Formatted empty cells do not count.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from yujing.errors import UnreadableFileError

_LONGEST_TAG = 2**20
_ERRORS_A_PIECE = 2**16
_LAST_ROW, _LAST_COLUMN = 2**20 - 1, 2**14 - 1
_ROW, _COLUMN, _LAST_USED_ROW, _LAST_USED_COLUMN, _IN_CELL, _IS_ERROR = range(6)
_ODD = -1

_LT, _GT, _SLASH, _MARK, _QUESTION, _COLON, _EQUALS = (ord(c) for c in "<>/!?:=")
_C, _R, _O, _V, _T, _E = (ord(c) for c in "crovte")
_QUOTE, _APOSTROPHE = ord('"'), ord("'")


@dataclass(frozen=True, slots=True)
class Extent:
    """What one part holds.

    Parameters
    ----------
    rows, columns
        Up to the last cell with anything in it; 0 for none.
    errors
        Text of each cell whose formula failed, by row and column.
    """

    rows: int
    columns: int
    errors: dict[tuple[int, int], str]


def extent_of(pieces: Iterable[bytes]) -> Extent:
    """Measure a worksheet.

    Parameters
    ----------
    pieces
        Its XML.

    Returns
    -------
    Its extent; of another XML part, no cells.

    Raises
    ------
    UnreadableFileError
        If a cell lies outside of what a sheet can hold, or the XML holds what no program for
        tables writes (comments, CDATA, a DOCTYPE, another encoding).
    """
    state = np.array([-1, -1, -1, -1, 0, 0], np.int64)
    errors: dict[tuple[int, int], str] = {}
    found = np.zeros((_ERRORS_A_PIECE, 3), np.int64)
    rest = b""
    for number, piece in enumerate(pieces):
        if number == 0 and (piece.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in piece[:64]):
            raise odd()
        text = rest + piece
        cut = text.rfind(b"<")
        rest = text[max(cut, 0) :]
        if len(rest) > _LONGEST_TAG:
            raise odd()
        _scan_piece(text[: max(cut, 0)], state, found, errors)
    _scan_piece(rest, state, found, errors)
    return Extent(int(state[_LAST_USED_ROW]) + 1, int(state[_LAST_USED_COLUMN]) + 1, errors)


def _scan_piece(
    text: bytes,
    state: NDArray[np.int64],
    found: NDArray[np.int64],
    errors: dict[tuple[int, int], str],
) -> None:
    start = 0
    while start < len(text):
        n_found, start = _scan(np.frombuffer(text, np.uint8), start, state, found)
        if n_found == _ODD:
            raise odd()
        for row, column, at in found[:n_found].tolist():
            end = text.find(b"<", at)
            shown = text[at : end if end >= 0 else len(text)]
            errors[row, column] = shown.decode("utf-8", "replace")


def odd() -> UnreadableFileError:
    """Return the refusal of XML as no program for tables writes it."""
    return UnreadableFileError(
        "its XML is not as programs for tables write it",
        "工作簿的内部格式不正常；请用 Excel 或 WPS 打开，“另存为”“Excel 工作簿 (*.xlsx)”后再发送。",
    )


@njit(cache=True)
def _scan(data, start, state, found):  # type: ignore[no-untyped-def]
    """Walk over tags; return how many errors were found, and where to go on."""
    at, end, n_found = start, data.size, 0
    while at < end:
        if data[at] != _LT:
            at += 1
            continue
        if n_found == found.shape[0]:
            return n_found, at
        at += 1
        if at == end or data[at] == _MARK:
            return _ODD, at
        if data[at] == _QUESTION:
            continue
        closing = data[at] == _SLASH
        name = at + closing
        at = name
        while at < end and data[at] != _GT and data[at] > 32 and data[at] != _SLASH:
            if data[at] == _COLON:
                name = at + 1
            at += 1
        one = at - name == 1
        is_cell = one and data[name] == _C
        if closing:
            if is_cell:
                state[_IN_CELL] = 0
            continue
        is_row = at - name == 3 and data[name] == _R and data[name + 1] == _O
        _enter(state, is_row, is_cell)
        at, slash = _attributes(data, at, is_row, is_cell, state)
        if at < 0:
            return _ODD, end
        if is_cell:
            state[_IN_CELL] = not slash
        elif one and data[name] == _V and state[_IN_CELL] and state[_IS_ERROR]:
            found[n_found, 0] = state[_ROW]
            found[n_found, 1] = state[_COLUMN]
            found[n_found, 2] = at + 1
            n_found += 1
    return n_found, end


@njit(cache=True)
def _enter(state, is_row, is_cell):  # type: ignore[no-untyped-def]
    """Go to the next row or cell; anything else inside a cell makes it used."""
    if is_row:
        state[_ROW] += 1
        state[_COLUMN] = -1
        state[_IN_CELL] = 0
    elif is_cell:
        state[_COLUMN] += 1
        state[_IS_ERROR] = 0
    elif state[_IN_CELL]:
        state[_LAST_USED_ROW] = max(state[_LAST_USED_ROW], state[_ROW])
        state[_LAST_USED_COLUMN] = max(state[_LAST_USED_COLUMN], state[_COLUMN])


@njit(cache=True)
def _attributes(data, at, is_row, is_cell, state):  # type: ignore[no-untyped-def]
    """Read on to the end of a tag; return it, or -1, and whether the tag closes itself."""
    end = data.size
    slash = False
    first = at
    while at < end and data[at] != _GT:
        slash = data[at] == _SLASH
        if data[at] != _QUOTE and data[at] != _APOSTROPHE:
            at += 1
            continue
        name = at - 1
        while name > first and (data[name] <= 32 or data[name] == _EQUALS):
            name -= 1
        value, quote = at + 1, data[at]
        at = value
        while at < end and data[at] != quote:
            at += 1
        if (is_row or is_cell) and data[name - 1] <= 32:
            if data[name] == _T:
                state[_IS_ERROR] = at - value == 1 and data[value] == _E
            elif data[name] == _R and not _go_to(data, value, at, is_cell, state):
                return -1, slash
        at += 1
    if at >= end or state[_ROW] > _LAST_ROW or state[_COLUMN] > _LAST_COLUMN:
        return -1, slash
    return at, slash


@njit(cache=True)
def _go_to(data, start, end, is_cell, state):  # type: ignore[no-untyped-def]
    """Take the place from a reference, B12 of a cell or 12 of a row; False when it is none."""
    row, column = 0, 0
    digits = False
    for at in range(start, end):
        byte = data[at]
        letter = byte & 0xDF
        if 48 <= byte <= 57:
            row = row * 10 + (byte - 48)
            digits = True
        elif not digits and 65 <= letter <= 90:
            column = column * 26 + (letter - 64)
        else:
            return False
        if row > _LAST_ROW + 1 or column > _LAST_COLUMN + 1:
            return False
    if row == 0 or (column > 0) != is_cell:
        return False
    state[_ROW] = row - 1
    if is_cell:
        state[_COLUMN] = column - 1
    return True
