"""What a batch of versions means: accepted, duplicate or conflict; nothing changes here."""

import numpy as np
import numpy.typing as npt

from streams.fact import FactArray
from streams.state.fact_index import KNOWN, SAME, FactIndex
from streams.state.source import FactSource

ACCEPTED, DUPLICATE, CONFLICT = 0, 1, 2

Verdicts = npt.NDArray[np.uint8]


def judge(facts: FactArray, index: FactIndex, log: FactSource) -> Verdicts:
    """Return the verdict on each row, as if the rows came one after the other.

    Parameters
    ----------
    facts
        Stamped versions, not in the log yet, shape (n,).
    index
        The winners of the log.
    log
        Asked once, and only when a row speaks of a known fact with another version or content.

    Returns
    -------
    `ACCEPTED`, `DUPLICATE` (the log or an earlier row holds this version with this content) or
    `CONFLICT` (it holds this version with another content), shape (n,).
    """
    answers = index.ask(facts)
    verdicts = np.where(answers == SAME, DUPLICATE, ACCEPTED).astype(np.uint8)
    doubtful = _facts_in_doubt(facts, answers)
    if len(doubtful):
        rows = np.flatnonzero(np.isin(facts["fact"], doubtful))
        known = log.versions_of(doubtful)
        _judge_one_by_one(facts, rows, known, verdicts)
    return verdicts


def _facts_in_doubt(facts: FactArray, answers: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint64]:
    """Return the facts that the index cannot judge: known otherwise, or twice in the batch."""
    keys, counts = np.unique(facts["fact"], return_counts=True)
    twice = keys[counts > 1]
    repeated = np.unique(facts["fact"][np.isin(facts["fact"], twice) & (answers != SAME)])
    return np.union1d(facts["fact"][answers == KNOWN], repeated)


def _judge_one_by_one(
    facts: FactArray, rows: npt.NDArray[np.int64], known: FactArray, verdicts: Verdicts
) -> None:
    contents: dict[tuple[int, int], set[int]] = {}
    for fact, version, content in known[["fact", "version", "content"]].tolist():
        contents.setdefault((fact, version), set()).add(content)
    columns = facts[["fact", "version", "content"]][rows].tolist()
    for row, (fact, version, content) in zip(rows.tolist(), columns, strict=True):
        held = contents.setdefault((fact, version), set())
        if content in held:
            verdicts[row] = DUPLICATE
        else:
            verdicts[row] = CONFLICT if held else ACCEPTED
            held.add(content)
