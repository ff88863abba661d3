"""A log in memory: the smallest thing that keeps the promises of FactSource."""

import numpy as np
import numpy.typing as npt

from streams.fact import FACT, FactArray
from streams.state.effective import effective


class MemoryLog:
    def __init__(self) -> None:
        self.rows: FactArray = np.empty(0, dtype=FACT)
        self.n_questions = 0

    def append(self, facts: FactArray) -> None:
        self.rows = np.concatenate([self.rows, facts])

    def versions_of(self, facts: npt.NDArray[np.uint64]) -> FactArray:
        self.n_questions += 1
        return self.rows[np.isin(self.rows["fact"], facts)]

    def facts_of(self, subjects: npt.NDArray[np.uint64]) -> FactArray:
        self.n_questions += 1
        standing = self.rows[effective(self.rows)]
        return standing[np.isin(standing["subject"], subjects)]
