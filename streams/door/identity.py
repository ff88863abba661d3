"""ID numbers: their spelling, check digit and birth date, and the keys that stand for them."""

import unicodedata
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from streams.vault.keys import Keys
from yujing.domain.codes import Sex, number
from yujing.domain.days import NEVER

ID_LENGTH = 18
OLD_LENGTH = 15
CARD_LENGTHS = (20, 22)  # disability cards: the ID number, then two or four digits
_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])  # GB 11643
_CHECK = np.frombuffer(b"10X98765432", dtype=np.uint8)
_NOBODY = "0" * ID_LENGTH
FAULTS = ("", "id_length", "id_digits", "id_date", "id_check_digit")


class Checked(NamedTuple):
    """Different ID numbers of a batch, checked."""

    numbers: list[str]
    """18 characters each."""
    fault: npt.NDArray[np.uint8]
    """Index into `FAULTS`."""
    birth: npt.NDArray[np.int32]
    """Day number, NEVER where wrong."""
    sex: npt.NDArray[np.uint8]
    """codes.Sex."""
    converted: npt.NDArray[np.bool_]
    """Whether it had the old form of 15 digits."""


@dataclass(frozen=True)
class Persons:
    """For each row the key of its person and what the ID number alone says; 0 for nobody."""

    key: npt.NDArray[np.uint64]
    numbers: list[str | None]
    fault: npt.NDArray[np.uint8]
    birth: npt.NDArray[np.int32]
    sex: npt.NDArray[np.uint8]
    converted: npt.NDArray[np.bool_]


def check(texts: list[str]) -> Checked:
    """Check ID numbers; region codes inside them are not looked at, real people have odd ones.

    Parameters
    ----------
    texts
        As they came: full-width, blanks, small x and cards of 20 or 22 characters are allowed.

    Examples
    --------
    >>> check(["11010519491231002x"]).fault.tolist(), FAULTS[check(["110105194912310021"]).fault[0]]
    ([0], 'id_check_digit')
    """
    plain = [t if len(t) == ID_LENGTH and t.isascii() else _spelled(t) for t in texts]
    lengths = np.fromiter(map(len, plain), np.int64, len(plain))
    old = lengths == OLD_LENGTH
    for at in np.flatnonzero(old):
        plain[at] = _converted(plain[at])
    good_length = old | (lengths == ID_LENGTH) | np.isin(lengths, CARD_LENGTHS)
    numbers = [
        text[:ID_LENGTH].upper()[:ID_LENGTH] if good else _NOBODY
        for text, good in zip(plain, good_length.tolist(), strict=True)
    ]
    packed = "".join(numbers).encode("ascii", "replace")
    text = np.frombuffer(packed, dtype=np.uint8).reshape(-1, ID_LENGTH)
    figures = text[:, :17].astype(np.int64) - ord("0")
    numeric = ((figures >= 0) & (figures <= 9)).all(axis=1)
    birth = _births(figures)
    expected = _CHECK[np.where(numeric, (figures @ _WEIGHTS) % 11, 0)]
    fault = np.select(
        [~good_length, ~numeric, birth == NEVER, expected != text[:, 17]], [1, 2, 3, 4], 0
    ).astype(np.uint8)
    sex = np.where(figures[:, 16] % 2 == 1, number(Sex.MALE), number(Sex.FEMALE))
    return Checked(numbers, fault, birth, sex.astype(np.uint8), old)


def persons(id_numbers: list[str | None], keys: Keys) -> Persons:
    """Return key, birth and sex of each row's ID number; every different number is hashed once."""
    different = dict.fromkeys(id_numbers)
    different.pop(None, None)
    unique = [text for text in different if text is not None]
    place: dict[str | None, int] = {text: at for at, text in enumerate(unique)}
    place[None] = len(unique)
    at = np.fromiter(map(place.__getitem__, id_numbers), np.int64, len(id_numbers))
    checked = check(unique)
    key = np.append(keys.person_keys(checked.numbers), np.uint64(0))
    spelled: list[str | None] = [*checked.numbers, None]
    return Persons(
        key=key[at],
        numbers=list(map(spelled.__getitem__, at.tolist())),
        fault=np.append(checked.fault, np.uint8(0))[at],
        birth=np.append(checked.birth, np.int32(NEVER))[at],
        sex=np.append(checked.sex, np.uint8(0))[at],
        converted=np.append(checked.converted, False)[at],
    )


def _spelled(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).upper()


def _converted(old: str) -> str:
    """Return the 18 characters of an old ID number: with its century and check digit."""
    digits = f"{old[:6]}19{old[6:]}"
    if not (digits.isascii() and digits.isdigit()):
        return digits + "0"  # refused later for its characters
    total = sum(int(digit) * int(weight) for digit, weight in zip(digits, _WEIGHTS, strict=True))
    return digits + chr(_CHECK[total % 11])


def _births(figures: npt.NDArray[np.int64]) -> npt.NDArray[np.int32]:
    year = figures[:, 6:10] @ np.array([1000, 100, 10, 1])
    month = figures[:, 10] * 10 + figures[:, 11]
    day = figures[:, 12] * 10 + figures[:, 13]
    possible = (year > 0) & (year < 10_000) & (month >= 1) & (month <= 12) & (day >= 1)
    month_number = np.where(possible, (year - 1970) * 12 + month - 1, 0).astype("datetime64[M]")
    first, following = (
        m.astype("datetime64[D]").astype(np.int64) for m in (month_number, month_number + 1)
    )
    possible &= first + day <= following
    return np.where(possible, first + day - 1, NEVER).astype(np.int32)
