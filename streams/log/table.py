"""Reading the table `events`: answers as Arrow, histories in slices, keys with a question."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from threading import RLock
from typing import Any

import numpy as np
import numpy.typing as npt

from streams.fact import FactArray
from streams.log.columns import FACT_COLUMNS, fill_facts, layout
from yujing.storage.clickhouse import Client, query_with_keys, storage_errors

ROWS_OF_A_SLICE = 500_000  # history is read in slices, each 120 MB as Arrow

Keys = npt.NDArray[np.uint64]


class EventTable:
    """Questions to the table `events`; any thread may ask, calls wait for each other.

    Parameters
    ----------
    client
        From `yujing.storage.clickhouse`.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self.lock = RLock()

    def arrow(self, sql: str, keys: Keys | None = None) -> Any:
        """Return the answer to a question, which may read its keys as the table `keys`."""
        with self.lock, storage_errors("reading the log"):
            if keys is None:
                return self._client.query_arrow(sql)
            return query_with_keys(self._client, sql, keys)

    def number(self, sql: str) -> int:
        """Return the answer to a question for one number."""
        with self.lock, storage_errors("reading the log"):
            return int(self._client.query(sql).result_rows[0][0])

    def in_slices(
        self,
        condition: str,
        columns: Sequence[str] = FACT_COLUMNS,
        keys: Keys | None = None,
    ) -> FactArray:
        """Return the rows that a condition holds for, read by ranges of subjects.

        Parameters
        ----------
        condition
            On a row of `events`.
        columns
            Those of `FACT` that are wanted.
        keys
            Keys of subjects, ordered; the condition then asks for those in the table `keys`.
        """
        with self.lock:
            counted = f"SELECT count() AS n FROM events WHERE {condition}"
            n = int(self.arrow(counted, keys)["n"][0].as_py())
            facts = np.empty(n, dtype=layout(columns))
            start = 0
            for low, high in ranges(max(1, -(-n // ROWS_OF_A_SLICE))):
                rows = self.arrow(
                    f"SELECT {', '.join(columns)} FROM events "
                    f"WHERE subject >= {low} AND subject <= {high} AND {condition}",
                    None if keys is None else _between(keys, low, high),
                )
                stop = start + rows.num_rows
                if stop > len(facts):  # others appended since the rows were counted
                    facts = np.concatenate([facts, np.empty(stop - len(facts), facts.dtype)])
                fill_facts(facts[start:stop], rows)
                start = stop
        return facts[:start]


def ranges(n: int) -> Iterator[tuple[int, int]]:
    """Cut the unsigned 64-bit keys into ranges of one size: the first and last key of each.

    Examples
    --------
    >>> [last - first for first, last in ranges(2)] == [2**63 - 1] * 2
    True
    """
    for low, high in pairwise(i * 2**64 // n for i in range(n + 1)):
        yield low, high - 1


def _between(keys: Keys, low: int, high: int) -> Keys:
    first = np.searchsorted(keys, np.uint64(low), side="left")
    last = np.searchsorted(keys, np.uint64(high), side="right")
    return keys[first:last]
