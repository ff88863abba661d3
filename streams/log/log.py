"""The event log: every accepted event version at least once, the effective facts among them."""

from collections.abc import Sequence
from itertools import pairwise
from threading import RLock
from typing import Any

import numpy as np
import numpy.typing as npt

from streams.fact import FACT, FactArray
from streams.log.columns import (
    COLUMN_LIST,
    FACT_COLUMNS,
    fill_facts,
    from_arrow,
    layout,
    to_arrow,
)
from streams.log.sums import WINNER, joined, sums_between, sums_from_arrow
from streams.state.effective import effective
from yujing.storage.clickhouse import Client, insert_rows, query_with_keys, storage_errors
from yujing.storage.migration import ClickHouseStore, Migration, migrate, read_migrations

ROOM = "log"
ROWS_OF_AN_INSERT = 200_000  # whole or absent: far below the million where the engine cuts itself
ROWS_OF_A_SUM = 2_000_000  # versions sorted at once; ten million at once take half a gigabyte
ROWS_OF_A_SLICE = 500_000  # history is read in slices, each 120 MB as Arrow

# Event types that register their subject; the numbers are fixed by the wire format.
MEMBER_UPSERT, HOUSEHOLD_UPSERT = 1, 4

_DECIDING = ("fact", "version", "content", "known_at", "position", "subject", "retracted")

Keys = npt.NDArray[np.uint64]


def log_migrations() -> list[Migration]:
    """Return the migrations of the log."""
    return read_migrations(ROOM, "streams.log")


class EventLog:
    """The table `events` behind the few questions that the rest of Yujing asks.

    Any thread may call it; calls wait for each other.

    Parameters
    ----------
    client
        From `yujing.storage.clickhouse.connect`; missing tables are made.
    """

    def __init__(self, client: Client) -> None:
        migrate(ClickHouseStore(client), log_migrations())
        self._client = client
        self._lock = RLock()
        self._last_position: int | None = None

    def append(self, facts: FactArray, record_ids: list[str]) -> int:
        """Add event versions; when this returns they survive a kill.

        Rows without a position get the next ones, in their order, written into `facts`.

        Parameters
        ----------
        facts
            Rows of `FACT`; the positions are all 0, or all given by who numbers them elsewhere.
        record_ids
            What the source calls each record.

        Returns
        -------
        The last position of the log.

        Raises
        ------
        StorageError
            If the store refused or is full. Some rows may have entered; sending them again does no
            harm, and positions that they took are not given to others.
        """
        if len(facts) != len(record_ids):
            raise ValueError(f"{len(facts)} facts but {len(record_ids)} record ids")
        with self._lock:
            last = self.last_position()
            if len(facts) == 0:
                return last
            if not facts["position"].any():
                facts["position"] = np.arange(last + 1, last + 1 + len(facts), dtype=np.uint64)
            self._last_position = None  # unknown until every slice is in
            for start in range(0, len(facts), ROWS_OF_AN_INSERT):
                stop = start + ROWS_OF_AN_INSERT
                rows = to_arrow(facts[start:stop], record_ids[start:stop])
                with storage_errors("appending to the log"):
                    insert_rows(self._client, "events", rows)
            self._last_position = max(last, int(facts["position"].max()))
            return self._last_position

    def last_position(self) -> int:
        """Return the highest position in the log, 0 when it is empty."""
        with self._lock:
            if self._last_position is None:
                self._last_position = self._number("SELECT max(position) FROM events")
            return self._last_position

    def last_known_at(self) -> int:
        """Return the latest `known_at` in the log, 0 when it is empty."""
        return self._number("SELECT max(known_at) FROM events")

    def count(self) -> int:
        """Return the number of rows, versions and copies included."""
        return self._number("SELECT count() FROM events")

    def history(
        self, known_before: int | None = None, *, columns: Sequence[str] = FACT_COLUMNS
    ) -> FactArray:
        """Return every version, in no particular order.

        Parameters
        ----------
        known_before
            Seconds since 1970; only what was known strictly before. None for all.
        columns
            Those of `FACT` that are wanted.
        """
        condition = "1" if known_before is None else f"known_at < {int(known_before)}"
        with self._lock:
            n = self._number(f"SELECT count() FROM events WHERE {condition}")
            facts = np.empty(n, dtype=layout(columns))
            n_slices = max(1, -(-n // ROWS_OF_A_SLICE))
            start = 0
            for low, high in pairwise(i * 2**64 // n_slices for i in range(n_slices + 1)):
                rows = self._arrow(
                    f"SELECT {', '.join(columns)} FROM events "
                    f"WHERE subject >= {low} AND subject <= {high - 1} AND {condition}"
                )
                fill_facts(facts[start : start + rows.num_rows], rows)
                start += rows.num_rows
        return facts

    def since(self, position: int) -> FactArray:
        """Return every version beyond a position, in the order of positions."""
        return from_arrow(
            self._arrow(
                f"SELECT {COLUMN_LIST} FROM events "
                f"WHERE position > {int(position)} ORDER BY position"
            )
        )

    def versions_of(self, facts: Keys, *, columns: Sequence[str] = FACT_COLUMNS) -> FactArray:
        """Return every version of these facts, copies included.

        Parameters
        ----------
        facts
            Keys of facts, any number, any order.
        columns
            Those of `FACT` that are wanted; a few cost a tenth of all.
        """
        return self._with_keys(
            facts,
            f"SELECT {', '.join(columns)} FROM events WHERE fact IN (SELECT key FROM keys)",
            columns,
        )

    def facts_of(self, subjects: Keys) -> FactArray:
        """Return the effective facts of these subjects.

        A fact whose highest version names another subject belongs to that one alone.

        Parameters
        ----------
        subjects
            Keys of persons and households, codes of areas; any number, any order.
        """
        versions = self._with_keys(
            subjects,
            f"SELECT {COLUMN_LIST} FROM events WHERE fact IN "
            "(SELECT fact FROM events WHERE subject IN (SELECT key FROM keys))",
        )
        # the engine would sort whole rows to find the winners: three times as long
        standing = versions.take(effective(versions))
        return standing.compress(np.isin(standing["subject"], subjects))

    def newest_of(self, subjects: Keys, *, columns: Sequence[str] = FACT_COLUMNS) -> FactArray:
        """Return, for each fact, the winner among the versions that name these few subjects.

        For a page about one household: it reads along the order of the table, where `facts_of` has
        to look for every version of each fact. Whoever holds the fact index drops a winner that is
        not the fact's newest version, because that one names somebody else.

        Parameters
        ----------
        subjects
            At most some hundred keys.
        columns
            Which columns to fill; those that decide which version wins always are.
        """
        if len(subjects) == 0:
            return np.empty(0, dtype=FACT)
        wanted = tuple(dict.fromkeys((*columns, *_DECIDING)))
        named, keys = ", ".join(wanted), ", ".join(map(str, np.unique(subjects).tolist()))
        rows = self._arrow(
            f"SELECT * FROM (SELECT {named} FROM events WHERE subject IN ({keys}) {WINNER}) "
            "WHERE retracted = 0"
        )
        return from_arrow(rows, wanted)

    def facts(
        self, known_before: int | None = None, *, columns: Sequence[str] = FACT_COLUMNS
    ) -> FactArray:
        """Return the effective facts of the whole log, ordered by fact.

        Parameters
        ----------
        known_before, columns
            As in `history`.
        """
        source = "facts"
        if known_before is not None:
            source = f"facts_as_of(known_before = {int(known_before)})"
        rows = self._arrow(f"SELECT {', '.join(columns)} FROM {source} ORDER BY fact")
        return from_arrow(rows, columns)

    def sums(self) -> npt.NDArray[np.void]:
        """Return the number and the XOR of version hashes of the effective facts of every subject.

        Returns
        -------
        Structured array of `streams.log.sums.SUM`, ordered by subject.
        """
        with self._lock:
            n_slices = self._number(f"SELECT intDiv(count(), {ROWS_OF_A_SUM}) + 1 FROM events")
            return joined(
                [
                    sums_from_arrow(self._arrow(sums_between(low, high - 1)))
                    for low, high in pairwise(i * 2**64 // n_slices for i in range(n_slices + 1))
                ]
            )

    def registered(self) -> tuple[Keys, Keys]:
        """Return the keys of the registered persons and of the registered households, ordered."""
        rows = self._arrow(
            "SELECT kind, subject, other FROM events "
            f"WHERE kind IN ({MEMBER_UPSERT}, {HOUSEHOLD_UPSERT})"
        )
        subject, of_member = _column(rows, "subject"), _column(rows, "kind") == MEMBER_UPSERT
        households = np.where(of_member, _column(rows, "other"), subject)
        return np.unique(subject[of_member]), np.unique(households[households != 0])

    def record_ids_of(self, facts: Keys) -> dict[int, str]:
        """Return what the source calls the record of each of these facts."""
        table = self._arrow_with_keys(
            facts,
            "SELECT fact, any(record_id) AS record_id FROM events "
            "WHERE fact IN (SELECT key FROM keys) GROUP BY fact",
        )
        return dict(
            zip(
                table.column("fact").to_pylist(), table.column("record_id").to_pylist(), strict=True
            )
        )

    def _with_keys(self, keys: Keys, sql: str, columns: Sequence[str] = FACT_COLUMNS) -> FactArray:
        if len(keys) == 0:
            return np.empty(0, dtype=layout(columns))
        return from_arrow(self._arrow_with_keys(keys, sql), columns)

    def _arrow_with_keys(self, keys: Keys, sql: str) -> Any:
        with self._lock, storage_errors("reading the log"):
            return query_with_keys(self._client, sql, keys)

    def _arrow(self, sql: str) -> Any:
        with self._lock, storage_errors("reading the log"):
            return self._client.query_arrow(sql)

    def _number(self, sql: str) -> int:
        with self._lock, storage_errors("reading the log"):
            return int(self._client.query(sql).result_rows[0][0])


def _column(table: Any, name: str) -> Keys:
    numbers: Keys = table.column(name).to_numpy()
    return numbers
