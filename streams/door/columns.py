"""Lists of field values to arrays, a whole column at a time; None is the unknown value.

Each function returns the column and, where a value can be wrong, which rows are.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, tzinfo
from enum import StrEnum
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from streams.fact import MISSING_FEN
from yujing.domain.codes import numbers
from yujing.domain.days import EPOCH

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
U64 = npt.NDArray[np.uint64]

_EPOCH_ORDINAL = EPOCH.toordinal()
_DAY_S = 86_400
_NO_KEY = "0" * 16
_MOST_ROUNDING = 1e-3  # fen; a third decimal is off by at least 0.1 fen


@cache
def code_numbers(code_set: type[StrEnum]) -> dict[Any, int]:
    """Return member -> number of a code set, with None as unknown."""
    known: dict[Any, int] = {code_set(word): n for word, n in numbers(code_set).items()}
    known[None] = 0
    return known


def codes(values: Sequence[Any], table: Mapping[Any, int]) -> npt.NDArray[np.uint8]:
    """Return the numbers of code words."""
    if values and values.count(values[0]) == len(values):  # most columns of a file are constant
        return np.full(len(values), table[values[0]], dtype=np.uint8)
    return np.fromiter(map(table.__getitem__, values), np.uint8, len(values))


def masks(values: Iterable[Sequence[Any] | None], table: Mapping[Any, int]) -> Ints:
    """Return for each list of code words the bit mask of 1 << number."""
    out = []
    for words in values:
        mask = 0
        for word in words or ():
            mask |= 1 << table[word]
        out.append(mask)
    return np.array(out, dtype=np.int64)


def days(values: Sequence[date | None], unknown: int) -> npt.NDArray[np.int32]:
    """Return day numbers."""
    if None in values:
        found = [unknown if v is None else v.toordinal() - _EPOCH_ORDINAL for v in values]
        return np.array(found, dtype=np.int32)
    known: Any = values
    return np.fromiter(map(date.toordinal, known), np.int32, len(values)) - np.int32(_EPOCH_ORDINAL)


def seconds(values: Sequence[datetime]) -> Ints:
    """Return whole seconds since 1970 of aware moments.

    Notes
    -----
    Subtracting an aware moment takes five times as long; the decoder gives the same object for the
    same zone, so an offset is asked for once a zone.
    """
    n = len(values)
    ordinals = np.fromiter(map(datetime.toordinal, values), np.int64, n)
    clock = np.fromiter([v.hour * 3600 + v.minute * 60 + v.second for v in values], np.int64, n)
    offsets = {zone: _offset_s(zone) for zone in {value.tzinfo for value in values}}
    offset: Any = next(iter(offsets.values()), 0)
    if len(offsets) > 1:
        offset = np.fromiter([offsets[value.tzinfo] for value in values], np.int64, n)
    found: Ints = (ordinals - _EPOCH_ORDINAL) * _DAY_S + clock - offset
    return found


def _offset_s(zone: tzinfo | None) -> int:
    offset = zone.utcoffset(None) if zone is not None else None
    if offset is None:
        raise ValueError("only moments with a fixed offset can be counted")
    return int(offset.total_seconds())


def fen(values: Sequence[float | None]) -> tuple[Ints, Bools]:
    """Return yuan as whole fen; wrong are amounts with more than two decimals."""
    yuan = np.array(values, dtype=np.float64)  # None becomes NaN
    known = ~np.isnan(yuan)
    exact = np.where(known, yuan, 0.0) * 100
    whole = np.rint(exact)
    out = np.where(known, whole, 0).astype(np.int64)
    out[~known] = MISSING_FEN
    bad: Bools = np.abs(exact - whole) > _MOST_ROUNDING
    return out, bad


def digits(values: Sequence[str | None], width: int) -> tuple[Ints, Bools]:
    """Return texts of exactly `width` digits as numbers; None is 0."""
    found = _characters(values, width, "0").astype(np.int64) - ord("0")
    bad = ((found < 0) | (found > 9)).sum(axis=1) > 0
    return found @ 10 ** np.arange(width - 1, -1, -1, dtype=np.int64), bad


def keys(values: Sequence[str | None]) -> tuple[U64, Bools]:
    """Return keys of 16 hexadecimal digits as numbers; None is 0."""
    n = len(values)
    if values.count(None) == n:
        return np.zeros(n, np.uint64), np.zeros(n, bool)
    try:
        packed = bytes.fromhex("".join([value or _NO_KEY for value in values]))
    except ValueError:
        packed = b""
    if len(packed) == 8 * n:  # a blank is no error to `fromhex`, but a byte less
        return np.frombuffer(packed, dtype=">u8").astype(np.uint64), np.zeros(n, bool)
    found = _hexadecimal()[_characters(values, 16, "0")]
    shifts = np.arange(60, -4, -4, dtype=np.uint64)
    keys_found: U64 = np.bitwise_or.reduce(found.astype(np.uint64) << shifts, axis=1)
    return keys_found, (found > 15).sum(axis=1) > 0


def months(values: Sequence[str | None]) -> tuple[Ints, Bools]:
    """Return texts YYYY-MM as month numbers; None is 0."""
    text = _characters(values, 7, "0")
    found = text.astype(np.int64) - ord("0")
    year = found[:, :4] @ np.array([1000, 100, 10, 1])
    month = found[:, 5] * 10 + found[:, 6]
    numeric = np.delete(found, 4, axis=1)
    bad = ((numeric < 0) | (numeric > 9)).any(axis=1)
    bad |= (text[:, 4] != ord("-")) | (month < 1) | (month > 12)
    found_months = year * 12 + month - 1
    if None not in values:
        return found_months, bad
    none = np.fromiter((value is None for value in values), bool, len(values))
    return np.where(none, 0, found_months), bad & ~none


def _characters(values: Sequence[str | None], width: int, filler: str) -> npt.NDArray[np.uint8]:
    blank = filler * width
    text = "".join([value or blank for value in values])
    packed = text.encode("ascii", "replace")  # one byte a character, so the widths hold
    return np.frombuffer(packed, dtype=np.uint8).reshape(len(values), width)


@cache
def _hexadecimal() -> npt.NDArray[np.uint8]:
    table = np.full(256, 255, dtype=np.uint8)
    for value, character in enumerate("0123456789abcdef"):
        table[ord(character)] = value
        table[ord(character.upper())] = value
    return table
