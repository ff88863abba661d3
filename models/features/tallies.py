"""Counts by group that add up: those of the parts of a county make those of the county.

Every sum is of whole numbers and the median is taken from counted values, so the order and the
number of the parts do not show.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.features.bits import Floats

Keys = npt.NDArray[np.uint64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Tally:
    """Rows and the sum of their values by group.

    Parameters
    ----------
    keys
        Groups, rising.
    sums
        Of whole numbers, so exact.
    counts
        Rows.
    """

    keys: Keys
    sums: Floats
    counts: Ints

    @classmethod
    def of(cls, keys: Keys, values: Floats) -> "Tally":
        """Count rows by group."""
        groups, inverse, counts = np.unique(keys, return_inverse=True, return_counts=True)
        sums = np.bincount(inverse.reshape(-1), weights=values, minlength=len(groups))
        return cls(groups.astype(np.uint64), sums.astype(np.float64), counts.astype(np.int64))

    @property
    def means(self) -> Floats:
        """Return the mean of each group."""
        means: Floats = self.sums / np.maximum(self.counts, 1)
        return means


@dataclass(frozen=True)
class ValueTally:
    """How often each value occurs in each group; by group, then by value.

    Parameters
    ----------
    keys, values, counts
        One entry a group and value.
    """

    keys: Keys
    values: Floats
    counts: Ints

    @classmethod
    def of(cls, keys: Keys, values: Floats) -> "ValueTally":
        """Count the known values of every group but 0."""
        kept = ~np.isnan(values) & (keys != 0)
        return cls._joined(keys[kept], values[kept], np.ones(int(kept.sum()), dtype=np.int64))

    @classmethod
    def _joined(cls, keys: Keys, values: Floats, counts: Ints) -> "ValueTally":
        order = np.lexsort((values, keys))
        keys, values, counts = keys[order], values[order], counts[order]
        first = np.ones(len(keys), dtype=bool)
        first[1:] = (keys[1:] != keys[:-1]) | (values[1:] != values[:-1])
        starts = np.flatnonzero(first)
        summed = np.add.reduceat(counts, starts) if len(starts) else counts
        return cls(keys[first].astype(np.uint64), values[first], summed.astype(np.int64))

    def medians(self) -> tuple[Keys, Floats]:
        """Return the groups and the (lower) median of each."""
        groups, first = np.unique(self.keys, return_index=True)
        if not len(groups):
            return groups, np.empty(0)
        ends = np.cumsum(self.counts)
        before = ends[first] - self.counts[first]
        sizes = np.add.reduceat(self.counts, first)
        return groups, self.values[np.searchsorted(ends, before + (sizes - 1) // 2, side="right")]


@dataclass(frozen=True)
class ContextPart:
    """What some members say about employers, sectors and townships on a day.

    Parameters
    ----------
    employers, sectors
        Who is at work there, and how many of them ended a job lately.
    townships
        Labourers, and how many more of them came home than a year ago.
    wages
        Monthly wages by sector.
    """

    employers: Tally
    sectors: Tally
    townships: Tally
    wages: ValueTally


def merge_contexts(parts: Sequence[ContextPart]) -> ContextPart:
    """Return the context of all the members that the parts speak of, none in two parts."""
    return ContextPart(
        _together([part.employers for part in parts]),
        _together([part.sectors for part in parts]),
        _together([part.townships for part in parts]),
        ValueTally._joined(
            *(
                np.concatenate([np.empty(0, dtype), *(getattr(p.wages, name) for p in parts)])
                for name, dtype in (("keys", "u8"), ("values", "f8"), ("counts", "i8"))
            )
        ),
    )


def _together(tallies: Sequence[Tally]) -> Tally:
    keys = np.concatenate([np.empty(0, dtype=np.uint64), *(one.keys for one in tallies)])
    groups, inverse = np.unique(keys, return_inverse=True)
    place = inverse.reshape(-1)
    sums, counts = np.zeros(len(groups)), np.zeros(len(groups), dtype=np.int64)
    np.add.at(sums, place, np.concatenate([np.empty(0), *(one.sums for one in tallies)]))
    np.add.at(
        counts, place, np.concatenate([np.empty(0, np.int64), *(one.counts for one in tallies)])
    )
    return Tally(groups, sums, counts)
