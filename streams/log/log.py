"""The event log: every accepted event version at least once, the effective facts among them."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from streams.fact import FACT, FactArray
from streams.log.claims import standing_where
from streams.log.columns import COLUMN_LIST, FACT_COLUMNS, Places, from_arrow, layout, to_arrow
from streams.log.lanes import beyond, facts_in, known_before_is, occurs_in
from streams.log.position import COUNTER_LANE, LANE_SHIFT, Covered, lane_of
from streams.log.sums import WINNER, joined, sums_between, sums_from_arrow
from streams.log.table import EventTable, Keys, ranges
from streams.state.effective import effective
from yujing.storage.clickhouse import Client, insert_rows, storage_errors
from yujing.storage.migration import ClickHouseStore, Migration, migrate, read_migrations

ROOM = "log"
ROWS_OF_AN_INSERT = 200_000  # whole or absent: far below the million where the engine cuts itself
ROWS_OF_A_SUM = 2_000_000  # versions sorted at once; ten million at once take half a gigabyte

# Event types that register their subject; the numbers are fixed by the wire format.
MEMBER_UPSERT, HOUSEHOLD_UPSERT = 1, 4
IDENTITY_LINK = 3

_DECIDING = ("fact", "version", "content", "known_at", "position", "subject", "retracted")


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
        self._table = EventTable(client)
        self._last_position: int | None = None

    def append(self, facts: FactArray, record_ids: list[str], places: Places | None = None) -> int:
        """Add event versions; when this returns they survive a kill.

        Rows without a position get the next ones, in their order, written into `facts`.

        Parameters
        ----------
        facts
            Rows of `FACT`; the positions are all 0, or all given by who numbers them elsewhere.
        record_ids
            What the source calls each record.
        places
            Where each event counts on the boards, no part of it; where it says itself by default.

        Returns
        -------
        The highest position of the batch; of an empty one, `last_position`.

        Raises
        ------
        StorageError
            If the store refused or is full. Some rows may have entered; sending them again does no
            harm, and positions that they took are not given to others.
        """
        if len(facts) != len(record_ids):
            raise ValueError(f"{len(facts)} facts but {len(record_ids)} record ids")
        with self._table.lock:
            if len(facts) == 0:
                return self.last_position()
            if not facts["position"].any():
                first = self.last_position() + 1
                facts["position"] = np.arange(first, first + len(facts), dtype=np.uint64)
            last, self._last_position = self._last_position, None  # until every slice is in
            for start in range(0, len(facts), ROWS_OF_AN_INSERT):
                stop = start + ROWS_OF_AN_INSERT
                there = None if places is None else places[start:stop]
                rows = to_arrow(facts[start:stop], record_ids[start:stop], there)
                with storage_errors("appending to the log"):
                    insert_rows(self._client, "events", rows)
            positions = facts["position"]
            if last is not None:
                counted = positions[lane_of(positions) == COUNTER_LANE]
                self._last_position = max(last, int(counted.max(initial=0)))
            return int(positions.max())

    def last_position(self) -> int:
        """Return the highest counted position in the log, 0 when there is none."""
        with self._table.lock:
            if self._last_position is None:
                self._last_position = self._table.number(
                    f"SELECT max(position) FROM events WHERE position < {2**LANE_SHIFT}"
                )
            return self._last_position

    def last_known_at(self) -> int:
        """Return the latest `known_at` in the log, 0 when it is empty."""
        return self._table.number("SELECT max(known_at) FROM events")

    def count(self) -> int:
        """Return the number of rows, versions and copies included."""
        return self._table.number("SELECT count() FROM events")

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
        return self._table.in_slices(known_before_is(known_before), columns)

    def since(self, position: int) -> FactArray:
        """Return every version beyond a position, in the order of positions."""
        beyond_it = f"position > {int(position)} ORDER BY position"
        return from_arrow(self._table.arrow(f"SELECT {COLUMN_LIST} FROM events WHERE {beyond_it}"))

    def known_since(
        self, moment: int, *, columns: Sequence[str] = FACT_COLUMNS, most: int = 2**32
    ) -> FactArray:
        """Return the rows that were known at a moment or later, in no particular order.

        Parameters
        ----------
        moment
            Seconds since 1970.
        columns
            Those of `FACT` that are wanted.
        most
            No more rows than these, whichever.
        """
        rows = self._table.arrow(
            f"SELECT {', '.join(columns)} FROM events WHERE known_at >= {int(moment)} "
            f"LIMIT {int(most)}"
        )
        return from_arrow(rows, columns)

    def since_covered(
        self,
        covered: Mapping[int, int],
        lanes: Collection[int],
        *,
        arrived_within: int | None = None,
    ) -> FactArray:
        """Return the rows of these lanes beyond what is covered of them, in order of positions.

        Parameters
        ----------
        covered
            Highest covered position of each lane; of a lane that is absent, nothing is.
        lanes
            The lanes that are meant; `COUNTER_LANE` among them in a log without Kafka.
        arrived_within
            Only rows that arrived in the last so many seconds, by the store's clock, which spares
            reading the whole column of positions. For who asked for all of them since; longer than
            any insert takes.
        """
        condition = beyond(covered, lanes)
        if arrived_within is not None:
            condition += f" AND arrived_at >= now() - {int(arrived_within)}"
        return from_arrow(
            self._table.arrow(
                f"SELECT {COLUMN_LIST} FROM events WHERE {condition} ORDER BY position"
            )
        )

    def of_lanes(self, lanes: Collection[int], known_before: int | None = None) -> FactArray:
        """Return every version of every fact of every subject that occurs in these lanes.

        Rows of other lanes are among them. Whoever goes on with `since_covered` asks `covered`
        first: what enters in between is then read twice, which does no harm, and not missed.

        Parameters
        ----------
        lanes
            The lanes that are meant.
        known_before
            As in `history`: rows that were not known count neither as occurrence nor as version.
        """
        occurring = self._table.arrow(
            f"SELECT DISTINCT subject FROM events WHERE {occurs_in(lanes, known_before)}"
        )
        subjects = np.sort(_column(occurring, "subject"))
        if len(subjects) == 0:
            return np.empty(0, dtype=FACT)
        known = known_before_is(known_before)
        near = self._table.in_slices(
            f"subject IN (SELECT key FROM keys) AND {known}", keys=subjects
        )
        # versions that name somebody else: few, and not where the table has the others
        far = self._with_keys(
            subjects,
            f"SELECT {COLUMN_LIST} FROM events WHERE {known} AND "
            "subject NOT IN (SELECT key FROM keys) AND fact IN "
            f"(SELECT fact FROM events WHERE {known} AND subject IN (SELECT key FROM keys))",
        )
        return np.concatenate([near, far]) if len(far) else near

    def covered(self) -> Covered:
        """Return the highest position of each lane."""
        rows = self._table.arrow(
            f"SELECT bitShiftRight(position, {LANE_SHIFT}) AS lane, max(position) AS top "
            "FROM events GROUP BY lane ORDER BY lane"
        )
        return dict(zip(rows["lane"].to_pylist(), rows["top"].to_pylist(), strict=True))

    def versions_of(
        self, facts: Keys, known_before: int | None = None, *,
        columns: Sequence[str] = FACT_COLUMNS,
    ) -> FactArray:  # fmt: skip
        """Return every version of these facts, copies included.

        Parameters
        ----------
        facts
            Keys of facts, any number, any order.
        known_before
            As in `history`.
        columns
            Those of `FACT` that are wanted; a few cost a tenth of all.
        """
        return self._with_keys(
            facts,
            f"SELECT {', '.join(columns)} FROM events "
            f"WHERE fact IN (SELECT key FROM keys) AND {known_before_is(known_before)}",
            columns,
        )

    def facts_of(self, subjects: Keys, known_before: int | None = None) -> FactArray:
        """Return the effective facts of these subjects.

        A fact whose highest version names another subject belongs to that one alone.

        Parameters
        ----------
        subjects
            Keys of persons and households, codes of areas; any number, any order.
        known_before
            As in `history`.
        """
        known = known_before_is(known_before)
        versions = self._with_keys(
            subjects,
            f"SELECT {COLUMN_LIST} FROM events WHERE {known} AND fact IN "
            f"(SELECT fact FROM events WHERE {known} AND subject IN (SELECT key FROM keys))",
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
        rows = self._table.arrow(
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
        rows = self._table.arrow(f"SELECT {', '.join(columns)} FROM {source} ORDER BY fact")
        return from_arrow(rows, columns)

    def facts_where(
        self, claim: str, known_before: int | None = None, *, columns: Sequence[str] = FACT_COLUMNS
    ) -> FactArray:
        """Return the effective facts of which some version satisfies a condition; see `claims`."""
        return from_arrow(self._table.arrow(standing_where(claim, known_before, columns)), columns)

    def sums(
        self, known_before: int | None = None, *, lanes: Collection[int] | None = None
    ) -> npt.NDArray[np.void]:
        """Return the number and the XOR of version hashes of the effective facts of every subject.

        Parameters
        ----------
        known_before
            As in `history`.
        lanes
            Only of subjects that occur in these lanes, and of those that their facts name; of all
            when not given.

        Returns
        -------
        Structured array of `streams.log.sums.SUM`, ordered by subject.
        """
        with self._table.lock:
            known = known_before_is(known_before)
            if lanes is not None:
                known = facts_in(lanes, known_before)
            n_slices = self._table.number(
                f"SELECT intDiv(count(), {ROWS_OF_A_SUM}) + 1 FROM events"
            )
            return joined(
                [
                    sums_from_arrow(self._table.arrow(sums_between(low, high, known)))
                    for low, high in ranges(n_slices)
                ]
            )

    def of_month(self, kind: int, month: int, *, columns: Sequence[str]) -> FactArray:
        """Return every version of every fact of an event type that once spoke of a month.

        Parameters
        ----------
        kind
            Number of the event type.
        month
            Month number.
        columns
            Those of `FACT` that are wanted.
        """
        return from_arrow(
            self._table.arrow(
                f"SELECT {', '.join(columns)} FROM events WHERE fact IN "
                f"(SELECT fact FROM events WHERE kind = {int(kind)} AND month = {int(month)})"
            ),
            columns,
        )

    def links(self) -> FactArray:
        """Return every version of every fact that says that two keys are one person; few."""
        links = f"fact IN (SELECT fact FROM events WHERE kind = {IDENTITY_LINK})"
        return from_arrow(self._table.arrow(f"SELECT {COLUMN_LIST} FROM events WHERE {links}"))

    def registered(self) -> tuple[Keys, Keys]:
        """Return the keys of the registered persons and of the registered households, ordered."""
        rows = self._table.arrow(
            "SELECT kind, subject, other FROM events "
            f"WHERE kind IN ({MEMBER_UPSERT}, {HOUSEHOLD_UPSERT})"
        )
        subject, of_member = _column(rows, "subject"), _column(rows, "kind") == MEMBER_UPSERT
        households = np.where(of_member, _column(rows, "other"), subject)
        return np.unique(subject[of_member]), np.unique(households[households != 0])

    def record_ids_of(self, facts: Keys) -> dict[int, str]:
        """Return what the source calls the record of each of these facts."""
        table = self._table.arrow(
            "SELECT fact, any(record_id) AS record_id FROM events "
            "WHERE fact IN (SELECT key FROM keys) GROUP BY fact",
            facts,
        )
        return dict(
            zip(
                table.column("fact").to_pylist(), table.column("record_id").to_pylist(), strict=True
            )
        )

    def _with_keys(self, keys: Keys, sql: str, columns: Sequence[str] = FACT_COLUMNS) -> FactArray:
        if len(keys) == 0:
            return np.empty(0, dtype=layout(columns))
        return from_arrow(self._table.arrow(sql, keys), columns)


def _column(table: Any, name: str) -> Keys:
    numbers: Keys = table.column(name).to_numpy()
    return numbers
