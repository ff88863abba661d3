"""One signal: a rule that holds for a household, or for one of its members, at `as_of`."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from alerts.rules.situation import Bools, Floats, Ints, Situation

SIGNAL = np.dtype([
    ("household", "u8"),
    ("person", "u8"),      # 0 when the rule is about the whole household
    ("region", "i8"),      # village code
    ("rule", "u1"),        # number of the rule
    ("level", "u1"),       # 1..3
    ("kind", "u1"),        # FACT, REPORT, SEASONAL
    ("source", "u1"),      # number of codes.Source whose facts the rule reads
    ("since", "i4"),       # day number from which the reason holds
    ("employer", "u8"),    # of the member's last job, 0 unknown
    ("value", "f8"), ("extra", "f8"),   # numbers of the sentence, NaN where it has none
    ("precision", "f8"),   # the rule's prior precision
])
Signals = npt.NDArray[np.void]


@dataclass(frozen=True)
class Hits:
    """Where a rule holds.

    Parameters
    ----------
    household
        Places in `Situation.keys`.
    member
        Places in `Situation.members`, -1 for the whole household.
    since
        Day numbers.
    value, extra
        Numbers of the sentence.
    level
        Levels where they differ from the rule's own, 0 for the rule's own.
    """

    household: Ints
    member: Ints
    since: Ints
    value: Floats
    extra: Floats
    level: Ints


def of_members(
    situation: Situation, mask: Bools, since: Ints, value: Floats | Ints,
    extra: Floats | None = None,
) -> Hits:
    """Return the hits of a rule about members; arrays have one row a member."""
    member = np.flatnonzero(mask).astype(np.int64)
    return Hits(
        situation.household[member], member, since[member], value[member].astype(np.float64),
        np.full(len(member), np.nan) if extra is None else extra[member],
        np.zeros(len(member), dtype=np.int64),
    )


def of_households(
    mask: Bools, since: Ints, value: Floats | Ints, extra: Floats | None = None,
    level: Ints | None = None,
) -> Hits:
    """Return the hits of a rule about households; arrays have one row a household."""
    household = np.flatnonzero(mask).astype(np.int64)
    none = np.full(len(household), -1, dtype=np.int64)
    return Hits(
        household, none, since[household], value[household].astype(np.float64),
        np.full(len(household), np.nan) if extra is None else extra[household],
        np.zeros(len(household), dtype=np.int64) if level is None else level[household],
    )


def joined(first: Hits, second: Hits) -> Hits:
    """Return the hits of two parts of one rule."""
    pairs = zip(vars(first).values(), vars(second).values(), strict=True)
    return Hits(*(np.concatenate(pair) for pair in pairs))
