"""A count with its denominator, and such counts by village; sums over any region."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from yujing.access.scope import Scope

Ints = npt.NDArray[np.int64]
TOWNSHIP_UNIT = 1000  # of a 12-digit village code


@dataclass(frozen=True, slots=True)
class Cell:
    """So many of so many."""

    n: int
    of: int

    @property
    def share(self) -> float | None:
        """The ratio, None when there is nobody to count among."""
        return self.n / self.of if self.of else None


@dataclass(frozen=True)
class VillageCounts:
    """One number by village.

    Parameters
    ----------
    villages
        12-digit codes, rising, each once.
    numerators, denominators
        By village.
    """

    villages: Ints
    numerators: Ints
    denominators: Ints

    @classmethod
    def tally(
        cls, regions: Ints, counted: npt.NDArray[np.bool_], among: npt.NDArray[np.bool_]
    ) -> "VillageCounts":
        """Count rows by village.

        Parameters
        ----------
        regions
            Village code of each row.
        counted
            Whether a row counts; only where `among` holds.
        among
            Whether a row is in the denominator.
        """
        villages, place = np.unique(regions, return_inverse=True)
        place = place.reshape(-1)
        counted = counted & among
        return cls(
            villages.astype(np.int64),
            np.bincount(place[counted], minlength=len(villages)).astype(np.int64),
            np.bincount(place[among], minlength=len(villages)).astype(np.int64),
        )

    @classmethod
    def sum(cls, parts: Sequence["VillageCounts"]) -> "VillageCounts":
        """Return the counts of all parts together; a village may be in several."""
        named = np.concatenate([np.empty(0, np.int64), *(part.villages for part in parts)])
        villages, place = np.unique(named, return_inverse=True)
        totals = []
        for column in ("numerators", "denominators"):
            total = np.zeros(len(villages), dtype=np.int64)
            values = [np.empty(0, np.int64), *(getattr(part, column) for part in parts)]
            np.add.at(total, place.reshape(-1), np.concatenate(values))
            totals.append(total)
        return cls(villages, *totals)

    def rows(self) -> Iterator[tuple[int, int, int]]:
        """Yield (village, numerator, denominator)."""
        yield from zip(
            self.villages.tolist(),
            self.numerators.tolist(),
            self.denominators.tolist(),
            strict=True,
        )

    def within(self, scope: Scope) -> Cell:
        """Return the sum over the villages of a region."""
        least, largest = scope.bounds
        inside = (self.villages >= least) & (self.villages <= largest)
        return Cell(int(self.numerators[inside].sum()), int(self.denominators[inside].sum()))

    def by_township(self, scope: Scope) -> dict[int, Cell]:
        """Return the sums by township, as 12-digit codes, of the villages of a region."""
        least, largest = scope.bounds
        inside = (self.villages >= least) & (self.villages <= largest)
        townships = self.villages[inside] // TOWNSHIP_UNIT * TOWNSHIP_UNIT
        codes, place = np.unique(townships, return_inverse=True)
        place = place.reshape(-1)
        n = np.zeros(len(codes), dtype=np.int64)
        of = np.zeros(len(codes), dtype=np.int64)
        np.add.at(n, place, self.numerators[inside])
        np.add.at(of, place, self.denominators[inside])
        return {
            int(code): Cell(int(a), int(b))
            for code, a, b in zip(codes.tolist(), n.tolist(), of.tolist(), strict=True)
        }
