"""What a batch of versions means: accepted, duplicate or conflict; nothing changes here."""

from typing import Any

import numba
import numpy as np
import numpy.typing as npt

from streams.content import mix
from streams.fact import FactArray
from streams.state.fact_index import KNOWN, SAME, FactIndex
from streams.state.source import FactSource

ACCEPTED, DUPLICATE, CONFLICT = 0, 1, 2

Verdicts = npt.NDArray[np.uint8]

_NAME = ("fact", "version", "content")  # what tells one version from another


def judge(facts: FactArray, index: FactIndex, log: FactSource) -> Verdicts:
    """Return the verdict on each row, as if the rows came one after the other.

    Parameters
    ----------
    facts
        Stamped versions, not in the log yet, shape (n,).
    index
        The winners of the log.
    log
        Asked once, and only when a row speaks of a known fact with a lower version or another
        content: the index knows that a higher version is new.

    Returns
    -------
    `ACCEPTED`, `DUPLICATE` (the log or an earlier row holds this version with this content) or
    `CONFLICT` (it holds this version with another content), shape (n,).
    """
    answers = index.ask(facts)
    verdicts = np.where(answers == SAME, DUPLICATE, ACCEPTED).astype(np.uint8)
    known = answers == KNOWN
    doubtful = known | (_repeated(np.ascontiguousarray(facts["fact"])) & (answers != SAME))
    if doubtful.any():
        asked = np.unique(facts["fact"][known])
        versions = log.versions_of(asked, columns=_NAME) if len(asked) else facts[:0]
        _judge_one_by_one(facts, np.flatnonzero(doubtful), versions, verdicts)
    return verdicts


@numba.njit(cache=True)  # type: ignore[misc, unused-ignore]  # numba has no types
def _repeated(keys: npt.NDArray[np.uint64]) -> Any:
    """Return which rows have a key that another row has too."""
    size = 16
    while size < 2 * keys.shape[0]:
        size *= 2
    mask = np.uint64(size - 1)
    first = np.full(size, -1, dtype=np.int32)
    repeated = np.zeros(keys.shape[0], dtype=np.bool_)
    for row in range(keys.shape[0]):
        slot = mix(keys[row]) & mask
        while first[slot] >= 0 and keys[first[slot]] != keys[row]:
            slot = (slot + np.uint64(1)) & mask
        if first[slot] < 0:
            first[slot] = row
        else:
            repeated[first[slot]] = repeated[row] = True
    return repeated


def _judge_one_by_one(
    facts: FactArray, rows: npt.NDArray[np.int64], known: FactArray, verdicts: Verdicts
) -> None:
    contents: dict[tuple[int, int], set[int]] = {}
    for fact, version, content in _names(known):
        contents.setdefault((fact, version), set()).add(content)
    for row, (fact, version, content) in zip(rows.tolist(), _names(facts.take(rows)), strict=True):
        held = contents.setdefault((fact, version), set())
        if content in held:
            verdicts[row] = DUPLICATE
        else:
            verdicts[row] = CONFLICT if held else ACCEPTED
            held.add(content)


def _names(facts: FactArray) -> "zip[tuple[int, int, int]]":
    """Return fact, version and content of each row."""
    columns = [facts[name].tolist() for name in _NAME]
    return zip(*columns, strict=True)
