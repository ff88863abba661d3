"""The log as it was known before a moment."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from streams.fact import FactArray
from streams.log.columns import FACT_COLUMNS
from streams.log.log import EventLog


@dataclass(frozen=True)
class AsOf:
    """What the state may ask the log (`streams.state.source.FactSource`), at a fixed cut-off.

    Attributes
    ----------
    log
        The whole log.
    known_before
        Seconds since 1970: what was known strictly before is there, and nothing else.
    """

    log: EventLog
    known_before: int

    def versions_of(
        self, facts: npt.NDArray[np.uint64], *, columns: Sequence[str] = FACT_COLUMNS
    ) -> FactArray:
        """Return every version of these facts, copies included, in any order."""
        return self.log.versions_of(facts, self.known_before, columns=columns)

    def facts_of(self, subjects: npt.NDArray[np.uint64]) -> FactArray:
        """Return the effective facts of these subjects, in any order."""
        return self.log.facts_of(subjects, self.known_before)

    def sums(self) -> npt.NDArray[np.void]:
        """Return number and XOR of version hashes of the effective facts of every subject."""
        return self.log.sums(self.known_before)
