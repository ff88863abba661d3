"""A log in memory: the smallest thing that keeps the promises of FactSource."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from streams.content import fact_version_hash
from streams.fact import FACT, FactArray
from streams.state.effective import effective
from streams.state.source import EVERY_COLUMN

SUM = np.dtype([("subject", "u8"), ("subject_kind", "u1"), ("n", "u4"), ("xor", "u8")])


class MemoryLog:
    def __init__(self) -> None:
        self.rows: FactArray = np.empty(0, dtype=FACT)
        self.n_questions = 0

    def append(self, facts: FactArray) -> None:
        self.rows = np.concatenate([self.rows, facts])

    def versions_of(
        self, facts: npt.NDArray[np.uint64], *, columns: Sequence[str] = EVERY_COLUMN
    ) -> FactArray:
        self.n_questions += 1
        return self.rows[np.isin(self.rows["fact"], facts)]

    def facts_of(self, subjects: npt.NDArray[np.uint64]) -> FactArray:
        self.n_questions += 1
        standing = self.rows[effective(self.rows)]
        return standing[np.isin(standing["subject"], subjects)]

    def sums(self) -> npt.NDArray[np.void]:
        standing = self.rows[effective(self.rows)]
        subjects, first, place = np.unique(
            standing["subject"], return_index=True, return_inverse=True
        )
        sums = np.zeros(len(subjects), dtype=SUM)
        sums["subject"], sums["subject_kind"] = subjects, standing["subject_kind"][first]
        np.add.at(sums["n"], place, 1)
        np.bitwise_xor.at(sums["xor"], place, fact_version_hash(standing))
        return sums
