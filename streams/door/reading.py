"""What the door made of a batch of lines."""

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from streams.fact import FactArray
from streams.vault.identities import Identities


class Reject(NamedTuple):
    """A row that can never be accepted as it is."""

    row: int
    """Row within the batch, from 0."""
    reason_zh: str
    reason: str
    raw: bytes
    code: str
    """Word of the reason, the same for all rows of that kind."""

    def __repr__(self) -> str:
        return f"Reject(row={self.row}, code={self.code!r})"  # the raw line may hold personal data


class Finding(NamedTuple):
    """A row that was accepted though a rule of data quality doubts it."""

    row: int
    rule: str


@dataclass(repr=False)
class Reading:
    """Facts, rejects and findings of a batch; facts and rejects together are all its rows.

    Parameters
    ----------
    facts
        One row a valid event, in the order of the lines.
    record_ids
        Record id of each fact, replaced by a keyed digest where it could name a person.
    rows
        Row of each fact within the batch.
    rejects
        The other rows, rising.
    warnings
        Findings, rising by row; a row may have several.
    identities
        What the vault has to remember.
    """

    facts: FactArray
    record_ids: list[str]
    rows: npt.NDArray[np.int64]
    rejects: list[Reject] = field(default_factory=list)
    warnings: list[Finding] = field(default_factory=list)
    identities: Identities = field(default_factory=Identities)

    def __repr__(self) -> str:
        return (
            f"Reading({len(self.facts)} facts, {len(self.rejects)} rejects, "
            f"{len(self.warnings)} warnings)"
        )
