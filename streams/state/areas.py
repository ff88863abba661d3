"""Disaster areas: few facts about places, kept by fact."""

import numpy as np
import numpy.typing as npt

from streams.content import fact_version_hash
from streams.fact import FactArray
from streams.state.layout import AREA_ROW

SUM = np.dtype([("subject", "u8"), ("n", "u8"), ("xor", "u8")])


class Areas:
    """The effective facts about places."""

    def __init__(self) -> None:
        self._facts: dict[int, tuple[np.void, int, int]] = {}  # fact -> row, subject, version hash

    @classmethod
    def of(cls, rows: npt.NDArray[np.void], entries: npt.NDArray[np.uint64]) -> "Areas":
        """Return the areas that `rows` and `entries` were taken from."""
        areas = cls()
        for row, (subject, version_hash) in zip(rows, entries.tolist(), strict=True):
            areas._facts[int(row["fact"])] = (row, subject, version_hash)
        return areas

    def change(self, winning: FactArray) -> None:
        """Set what these winning versions say; a retracted one takes its fact away."""
        if not len(winning):
            return
        hashes = fact_version_hash(winning)
        for fact, version_hash in zip(winning, hashes, strict=True):
            if fact["retracted"]:
                self._facts.pop(int(fact["fact"]), None)
                continue
            row = np.zeros(1, dtype=AREA_ROW)
            for name in AREA_ROW.names or ():
                row[name] = fact[name]
            self._facts[int(fact["fact"])] = (row[0], int(fact["subject"]), int(version_hash))

    def forget(self, facts: npt.NDArray[np.uint64]) -> None:
        """Take facts away that speak of a place no longer."""
        for fact in facts.tolist():
            self._facts.pop(fact, None)

    def clear(self, places: npt.NDArray[np.uint64]) -> None:
        """Take every fact about these places away."""
        gone = set(places.tolist())
        self._facts = {fact: held for fact, held in self._facts.items() if held[1] not in gone}

    def rows(self) -> npt.NDArray[np.void]:
        """Return rows of `AREA_ROW`, ordered by fact."""
        rows = [self._facts[fact][0] for fact in sorted(self._facts)]
        return np.array(rows, dtype=AREA_ROW) if rows else np.empty(0, dtype=AREA_ROW)

    def entries(self) -> list[tuple[int, int]]:
        """Return the subject and version hash of each fact, in the order of `rows`."""
        return [self._facts[fact][1:] for fact in sorted(self._facts)]

    def sums(self) -> npt.NDArray[np.void]:
        """Return number and XOR of version hashes by place: fields subject, n, xor."""
        sums: dict[int, tuple[int, int]] = {}
        for _, subject, version_hash in self._facts.values():
            n, xor = sums.get(subject, (0, 0))
            sums[subject] = (n + 1, xor ^ version_hash)
        return np.array([(subject, *held) for subject, held in sums.items()], dtype=SUM)
