"""What the state may ask the log."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from streams.fact import FACT, FactArray

EVERY_COLUMN = tuple(FACT.names or ())


class FactSource(Protocol):
    """The log, as far as the state needs it. May block; asking twice does no harm."""

    def versions_of(
        self, facts: npt.NDArray[np.uint64], *, columns: Sequence[str] = EVERY_COLUMN
    ) -> FactArray:
        """Return every version of these facts, copies included, in any order.

        At least the columns named are filled.
        """
        ...

    def facts_of(self, subjects: npt.NDArray[np.uint64]) -> FactArray:
        """Return the effective facts of these subjects, in any order."""
        ...
