"""One difference: a comparison that holds for a person or a household at `as_of`."""

import numpy as np
import numpy.typing as npt

from alerts.rules.situation import Bools, Ints, Situation

DIFFERENCE = np.dtype(
    [
        ("household", "u8"),
        ("person", "u8"),  # 0 when it is about the whole household
        ("region", "i8"),  # village code
        ("comparison", "u1"),  # number of the comparison
        ("since", "i4"),  # day number from which the sources contradict each other
        ("month", "i4"),  # month number of the second claim, 0 none
        ("value", "i4"),  # number of the sentence
        ("what", "u1"),  # number of a code that the sentence names, 0 none
        ("categories", "u2"),  # bit mask of 1 << codes.Category
        ("basis", "u8"),  # of the two claims: the same claims again are no new difference
    ]
)
Differences = npt.NDArray[np.void]
_MIX_1, _MIX_2 = np.uint64(0xFF51AFD7ED558CCD), np.uint64(0xC4CEB9FE1A85EC53)
_GOLDEN, _SHIFT = np.uint64(0x9E3779B97F4A7C15), np.uint64(33)


def places_of(rising: npt.NDArray[np.uint64], keys: npt.NDArray[np.uint64]) -> Ints:
    """Return the place of each key among rising ones, -1 where it is not."""
    if not len(rising):
        return np.full(len(keys), -1, dtype=np.int64)
    place = np.minimum(np.searchsorted(rising, keys), len(rising) - 1)
    return np.where(rising[place] == keys, place, -1).astype(np.int64)


def basis_of(*claims: npt.NDArray[np.generic]) -> npt.NDArray[np.uint64]:
    """Return a number that is the same exactly where all claims are, never 0.

    Parameters
    ----------
    claims
        Columns of whole numbers, shape (n,).
    """
    value = np.full(len(claims[0]), _GOLDEN, dtype=np.uint64)
    for claim in claims:
        value = value ^ claim.astype(np.int64).view(np.uint64)
        value = (value ^ (value >> _SHIFT)) * _MIX_1
        value = (value ^ (value >> _SHIFT)) * _MIX_2
        value = (value ^ (value >> _SHIFT)) + _GOLDEN
    return np.maximum(value, np.uint64(1))


def of_members(
    situation: Situation, mask: Bools, *, since: Ints, claims: tuple[Ints, ...],
    month: Ints | None = None, value: Ints | None = None, what: Ints | None = None,
) -> Differences:  # fmt: skip
    """Return the differences of present members; arrays have one row a member."""
    rows = np.flatnonzero(mask)
    found = np.zeros(len(rows), dtype=DIFFERENCE)
    home = situation.household[rows]
    found["household"], found["region"] = situation.keys[home], situation.regions[home]
    found["person"] = situation.members["key"][rows]
    _fill(found, rows, since, claims, month, value, what)
    return found


def of_households(
    situation: Situation, mask: Bools, *, since: Ints, claims: tuple[Ints, ...],
    month: Ints | None = None, value: Ints | None = None, what: Ints | None = None,
) -> Differences:  # fmt: skip
    """Return the differences of households; arrays have one row a household."""
    rows = np.flatnonzero(mask)
    found = np.zeros(len(rows), dtype=DIFFERENCE)
    found["household"], found["region"] = situation.keys[rows], situation.regions[rows]
    _fill(found, rows, since, claims, month, value, what)
    return found


def _fill(
    found: Differences, rows: Ints, since: Ints, claims: tuple[Ints, ...], month: Ints | None,
    value: Ints | None, what: Ints | None,
) -> None:  # fmt: skip
    found["since"] = since[rows]
    for name, column in (("month", month), ("value", value), ("what", what)):
        if column is not None:
            found[name] = column[rows]
    found["basis"] = basis_of(*(claim[rows] for claim in claims))
