"""ID numbers read by compiled code: digits, birth date, sex and check digit (GB 11643)."""

import unicodedata
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from yujing.domain.codes import Sex, number
from yujing.domain.days import NEVER

ID_LENGTH = 18
FAULTS = ("", "id_length", "id_digits", "id_date", "id_check_digit")
_LENGTH, _DIGITS, _DATE, _CHECK_DIGIT = 1, 2, 3, 4
_OLD_LENGTH = 15
_CARD_LENGTHS = (20, 22)  # disability cards: the ID number, then two or four digits
_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2], dtype=np.int64)
_CHECK_CHARACTERS = "10X98765432"
_CHECK = np.frombuffer(_CHECK_CHARACTERS.encode(), dtype=np.uint8)
_TENS = 10 ** np.arange(16, -1, -1, dtype=np.int64)
_NOBODY = "0" * ID_LENGTH
_MALE, _FEMALE = number(Sex.MALE), number(Sex.FEMALE)


class IdNumbers(NamedTuple):
    """The ID numbers of a batch; a row without one has every column at zero and no birth."""

    packed: npt.NDArray[np.uint64]
    """The first 17 digits as a number; 0 for none and for a wrong one."""
    fault: npt.NDArray[np.uint8]
    """Index into `FAULTS`."""
    birth: npt.NDArray[np.int32]
    sex: npt.NDArray[np.uint8]
    converted: npt.NDArray[np.bool_]
    """Whether it had the old form of 15 digits."""


def read(texts: list[str | None]) -> IdNumbers:
    """Read ID numbers; region codes inside them are not looked at, real people have odd ones.

    Parameters
    ----------
    texts
        As they came: full-width, blanks, small x and cards of 20 or 22 characters are allowed.

    Examples
    --------
    >>> [FAULTS[f] for f in read(["11010519491231002x", "110105194912310021"]).fault]
    ['', 'id_check_digit']
    """
    n = len(texts)
    plain = [text or _NOBODY for text in texts]
    given = np.ones(n, dtype=bool)
    if None in texts:
        given[:] = [text is not None for text in texts]
    lengths = np.fromiter(map(len, plain), np.int64, n)
    joined = "".join(plain)
    old = np.zeros(n, dtype=bool)
    bad_length = np.zeros(n, dtype=bool)
    if not joined.isascii() or (lengths != ID_LENGTH).any():
        for at in np.flatnonzero(given).tolist():
            plain[at], old[at], bad_length[at] = _spelled(plain[at])
        joined = "".join(plain)
    text = np.frombuffer(joined.encode("ascii", "replace"), dtype=np.uint8)
    packed, fault, birth, sex = _read(text.reshape(n, ID_LENGTH), given)
    fault[bad_length] = _LENGTH
    packed[fault > 0] = 0
    birth[fault > 0] = NEVER
    return IdNumbers(packed, fault, birth, sex, old)


def unpacked(packed: npt.NDArray[np.uint64]) -> list[str]:
    """Return the 18 characters of packed ID numbers.

    Examples
    --------
    >>> unpacked(np.array([11010519491231002], dtype=np.uint64))
    ['11010519491231002X']
    """
    digits = packed.astype(np.int64)[:, None] // _TENS % 10
    checks = map(_CHECK_CHARACTERS.__getitem__, (digits @ _WEIGHTS % 11).tolist())
    return [f"{number:017d}{check}" for number, check in zip(packed.tolist(), checks, strict=True)]


def _spelled(text: str) -> tuple[str, bool, bool]:
    """Return 18 characters, whether they were made from 15, and whether the length was wrong."""
    plain = "".join(unicodedata.normalize("NFKC", text).split()).upper()
    if len(plain) == _OLD_LENGTH:
        digits = f"{plain[:6]}19{plain[6:]}"
        if digits.isascii() and digits.isdigit():
            return unpacked(np.array([int(digits)], dtype=np.uint64))[0], True, False
        return digits + "0", False, False  # refused for its characters
    if len(plain) == ID_LENGTH or len(plain) in _CARD_LENGTHS:
        return plain[:ID_LENGTH], False, False
    return _NOBODY, False, True


@njit(cache=True)
def _read(  # type: ignore[no-untyped-def]   # compiled
    text, given
):
    n = len(text)
    packed = np.zeros(n, dtype=np.uint64)
    fault = np.zeros(n, dtype=np.uint8)
    birth = np.full(n, NEVER, dtype=np.int32)
    sex = np.zeros(n, dtype=np.uint8)
    for i in range(n):
        if not given[i]:
            continue
        number = np.int64(0)
        total = np.int64(0)
        for k in range(17):
            digit = np.int64(text[i, k]) - 48
            if digit < 0 or digit > 9:
                fault[i] = _DIGITS
                break
            number = number * 10 + digit
            total += digit * _WEIGHTS[k]
        if fault[i]:
            continue
        check = text[i, 17]
        if check == 120:
            check = np.uint8(88)  # a small x
        born = number // 1000 % 100_000_000
        year, month, day = born // 10_000, born // 100 % 100, born % 100
        if year == 0 or month < 1 or month > 12 or day < 1 or day > _days_in(year, month):
            fault[i] = _DATE
        elif _CHECK[total % 11] != check:
            fault[i] = _CHECK_DIGIT
        packed[i] = number
        birth[i] = _day_number(year, month, day)
        sex[i] = _MALE if number % 2 else _FEMALE
    return packed, fault, birth, sex


@njit(cache=True)
def _days_in(year, month):  # type: ignore[no-untyped-def]   # compiled
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in (4, 6, 9, 11) else 31


@njit(cache=True)
def _day_number(year, month, day):  # type: ignore[no-untyped-def]   # compiled
    """Return days since 1970 in the Gregorian calendar, years counted from March."""
    y = year - 1 if month <= 2 else year
    of_year = (153 * (month + (9 if month <= 2 else -3)) + 2) // 5 + day - 1
    return y * 365 + y // 4 - y // 100 + y // 400 + of_year - 719_468
