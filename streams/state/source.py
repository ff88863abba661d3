"""What the state may ask the log."""

from typing import Protocol

import numpy as np
import numpy.typing as npt

from streams.fact import FactArray


class FactSource(Protocol):
    """The log, as far as the state needs it. May block; asking twice does no harm."""

    def versions_of(self, facts: npt.NDArray[np.uint64]) -> FactArray:
        """Return every version of these facts, copies included, in any order."""
        ...

    def facts_of(self, subjects: npt.NDArray[np.uint64]) -> FactArray:
        """Return the effective facts of these subjects, in any order."""
        ...
