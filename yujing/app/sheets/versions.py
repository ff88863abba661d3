"""The version of a sheet's facts, and which of them say nothing new.

Content that a fact has already is a duplicate whatever version the sheet bears: such a fact takes
the version that the log knows it by, so that nothing is appended.
"""

from collections.abc import Callable
from datetime import date

import numpy as np
import numpy.typing as npt

from streams.fact import FactArray

EPOCH = date(2000, 1, 1)
NUMBER_BITS = 16
MOST_DELIVERIES = 2**NUMBER_BITS - 1  # of one mapping and day

Versions = npt.NDArray[np.uint32]
Ask = Callable[[npt.NDArray[np.uint64]], FactArray]


def day_of(day: date) -> int:
    """Return the days since 2000-01-01, at least 0.

    Examples
    --------
    >>> day_of(date(2000, 1, 2))
    1
    """
    return max(0, (day - EPOCH).days)


def version_of(day: int, number: int) -> int:
    """Return the version of a delivery: by its day, then by its number on that day.

    Parameters
    ----------
    day
        From `day_of`.
    number
        From 1.

    Examples
    --------
    >>> version_of(1, 2) > version_of(1, 1) > version_of(0, 65535)
    True
    """
    return (day << NUMBER_BITS) | number


def known_versions(
    facts: FactArray, version: int, standing: npt.NDArray[np.void], ask: Ask
) -> Versions:
    """Return the version that each fact of a delivery takes.

    Parameters
    ----------
    facts
        Every fact of the delivery, shape (n,), with `fact` and `content`.
    version
        Of the delivery.
    standing
        The winner of each fact with `version` and `content`; version 0 where none is known.
    ask
        Returns every version of some facts (`fact`, `version`, `content`); asked only about facts
        that have a higher version already, or two contents in this delivery.

    Returns
    -------
    The version of the delivery, or the one under which the content is known.
    """
    versions = np.full(len(facts), version, dtype=np.uint32)
    keys = np.ascontiguousarray(facts["fact"])
    known = standing["version"] != 0
    same = known & (standing["content"] == facts["content"])
    split = _with_two_contents(keys, np.ascontiguousarray(facts["content"]))
    plain = same & ~split
    versions[plain] = standing["version"][plain]
    older = known & ~same & ~split & (standing["version"] > version)
    doubtful = older | (split & known)
    if doubtful.any():
        held = _contents(ask(np.unique(keys[doubtful])))
        _take_older(versions, facts, np.flatnonzero(older), held)
        _take_split(versions, facts, np.flatnonzero(split & known), standing, held)
    return versions


def _with_two_contents(
    keys: npt.NDArray[np.uint64], contents: npt.NDArray[np.uint64]
) -> npt.NDArray[np.bool_]:
    """Return which facts come with two contents."""
    order = np.argsort(keys, kind="stable")
    again = keys[order][1:] == keys[order][:-1]
    if not again.any():
        return np.zeros(len(keys), dtype=bool)
    other = again & (contents[order][1:] != contents[order][:-1])
    return np.isin(keys, keys[order][1:][other])


Held = dict[int, dict[int, set[int]]]  # fact -> version -> contents


def _contents(rows: FactArray) -> Held:
    held: Held = {}
    columns = (rows[name].tolist() for name in ("fact", "version", "content"))
    for fact, version, content in zip(*columns, strict=True):
        held.setdefault(fact, {}).setdefault(version, set()).add(content)
    return held


def _take_older(
    versions: Versions, facts: FactArray, rows: npt.NDArray[np.int64], held: Held
) -> None:
    """Give content that was known once, and is overtaken since, the version it had."""
    for row in rows.tolist():
        content = int(facts["content"][row])
        for version, contents in held.get(int(facts["fact"][row]), {}).items():
            if content in contents:
                versions[row] = version


def _take_split(
    versions: Versions,
    facts: FactArray,
    rows: npt.NDArray[np.int64],
    standing: npt.NDArray[np.void],
    held: Held,
) -> None:
    """Give contents that contradict each other the winner's version if that has just them."""
    said: dict[int, set[int]] = {}
    for row in rows.tolist():
        said.setdefault(int(facts["fact"][row]), set()).add(int(facts["content"][row]))
    for row in rows.tolist():
        fact, winner = int(facts["fact"][row]), int(standing["version"][row])
        if said[fact] == held.get(fact, {}).get(winner, set()):
            versions[row] = winner
