"""The table `rollup`: brought up to date by what is new in the log, made anew, compared with it.

A refresh looks up the facts that the new events touch, as they counted before and as they count
now, and adds the difference. Difference and marks enter in one block, so a kill leaves both or
neither; the token of a block is where it begins, so that of two that begin at the same place only
one counts. Cells never hold names, numbers or keys of persons.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from dashboards.rollup.facets import COLUMNS, cells_of
from streams.log.lanes import beyond
from streams.log.log import EventLog
from streams.log.position import COUNTER_LANE, LANE_SHIFT, Covered
from streams.log.sums import WINNER
from yujing.storage.clickhouse import Client, insert_rows, storage_errors
from yujing.storage.migration import ClickHouseStore, Migration, migrate, read_migrations

ROOM = "dashboards"
MARK, POSITION, COMPLETE = 0, 0, 1  # kind of marks; facets: how far a lane is counted, done
_GROUP = "kind, facet, township, period, value, source"


def board_migrations() -> list[Migration]:
    """Return the migrations of the boards' tables in ClickHouse."""
    return read_migrations(ROOM, "dashboards")


@dataclass(frozen=True)
class Refreshed:
    """What a refresh did: how many cells it changed, and up to which positions it counted."""

    n_cells: int
    covered: Covered


class RollUp:
    """The cells that boards read.

    Parameters
    ----------
    client
        From `yujing.storage.clickhouse`, of a database that has the log; missing tables are made.
    """

    def __init__(self, client: Client) -> None:
        self._log = EventLog(client)
        migrate(ClickHouseStore(client), board_migrations())
        self._client = client

    def refresh(self) -> Refreshed:
        """Count what entered the log since the last time; the first time, everything.

        Raises
        ------
        StorageError
            If the store is away or full; the same again does what is left.
        """
        generation = self._generation()
        if generation is None:
            return self.rebuild()
        marks, now = self._marks(generation), self._log.covered()
        moved = {lane: top for lane, top in now.items() if top > marks.get(lane, 0)}
        if not moved:
            return Refreshed(0, now)
        with storage_errors("counting new events"):
            cells = self._client.query_arrow(_difference(marks, now))
        rows = pa.concat_tables([_with_generation(cells, generation), _marks(generation, moved)])
        with storage_errors("adding to the roll-up"):
            _insert_once(self._client, rows, _token(generation, marks))
        return Refreshed(cells.num_rows, now)

    def rebuild(self) -> Refreshed:
        """Count everything anew; boards see the former cells until it is done.

        Raises
        ------
        StorageError
            If the store is away or full; what was written of it is never read.
        """
        generation, now = self._next_generation(), self._log.covered()
        with storage_errors("making the roll-up anew"):
            for kind in self._kinds():
                self._client.command(_whole(kind, generation, now))
        n_cells = self._number(f"SELECT count() FROM rollup WHERE generation = {generation}")
        done = pa.concat_tables([_marks(generation, now), _complete(generation)])
        with storage_errors("completing the roll-up"):
            _insert_once(self._client, done, f"complete {generation}")
            for old in self._generations_before(generation):
                self._client.command(f"ALTER TABLE rollup DROP PARTITION {old}")
        return Refreshed(n_cells, now)

    def differing(self) -> int:
        """Return how many cells differ from the facts up to where they are counted; 0 is right."""
        generation = self._generation()
        if generation is None:
            return self._number("SELECT count() > 0 FROM events")
        marks = self._marks(generation)
        with storage_errors("comparing the roll-up"):
            return self._number(
                f"SELECT count() FROM (SELECT {_GROUP} FROM ("
                f"SELECT {_GROUP}, n, amount FROM rollup "
                f"WHERE generation = {generation} AND kind > {MARK} UNION ALL "
                f"{cells_of(_effective(_upto(marks)), sign='-1')}) GROUP BY {_GROUP} "
                "HAVING sum(n) != 0 OR sum(amount) != 0)"
            )

    def _generation(self) -> int | None:
        """Return the newest complete generation, None before the first."""
        newest = self._number(
            f"SELECT max(generation) FROM rollup WHERE kind = {MARK} AND facet = {COMPLETE}"
        )
        return newest or None

    def _next_generation(self) -> int:
        """Return a number that no earlier attempt had, also one whose rows come only later."""
        return self._number(
            "SELECT greatest(max(generation) + 1, toUnixTimestamp(now())) FROM rollup"
        )

    def _generations_before(self, generation: int) -> list[int]:
        rows = self._client.query(
            f"SELECT DISTINCT generation FROM rollup WHERE generation < {generation}"
        ).result_rows
        return [int(row[0]) for row in rows]

    def _marks(self, generation: int) -> Covered:
        """Return up to which position each lane is counted."""
        with storage_errors("reading how far the roll-up goes"):
            rows = self._client.query(
                f"SELECT township, max(value) FROM rollup WHERE generation = {generation} "
                f"AND kind = {MARK} AND facet = {POSITION} GROUP BY township"
            ).result_rows
        return {int(lane): int(top) for lane, top in rows}

    def _kinds(self) -> list[int]:
        rows = self._client.query("SELECT DISTINCT kind FROM events ORDER BY kind").result_rows
        return [int(row[0]) for row in rows]

    def _number(self, sql: str) -> int:
        with storage_errors("reading the roll-up"):
            return int(self._client.query(sql).result_rows[0][0] or 0)


def _difference(marks: Mapping[int, int], now: Mapping[int, int]) -> str:
    """Return the SQL of what the events after the marks change."""
    new = _newer(marks, now)
    touched = f"fact IN (SELECT fact FROM events WHERE {new} AND {_upto(now)})"
    before = _effective(f"{touched} AND NOT ({new})") if marks else ""
    after = cells_of(_effective(f"{touched} AND {_upto(now)}"))
    both = f"{after} UNION ALL {cells_of(before, sign='-1')}" if before else after
    return (
        f"SELECT {_GROUP}, sum(n) AS n, sum(amount) AS amount FROM ({both}) GROUP BY {_GROUP} "
        "HAVING n != 0 OR amount != 0"
    )


def _whole(kind: int, generation: int, now: Mapping[int, int]) -> str:
    """Return the statement that counts all facts of an event type.

    A fact may change its type from version to version, so the winner is chosen before the type.
    """
    cells = cells_of(f"SELECT * FROM ({_effective(_upto(now))}) WHERE kind = {kind}")
    return (
        f"INSERT INTO rollup SELECT toUInt32({generation}), {_GROUP}, sum(n), sum(amount) "
        f"FROM ({cells}) GROUP BY {_GROUP}"
    )


def _effective(condition: str) -> str:
    """Return the SELECT of the effective facts among the rows of the log that meet a condition."""
    return (
        f"SELECT {', '.join(COLUMNS)} FROM (SELECT {', '.join(COLUMNS)}, fact, version, content, "
        f"position, retracted FROM events WHERE {condition} {WINNER}) "
        "WHERE retracted = 0"
    )


def _newer(marks: Mapping[int, int], now: Mapping[int, int]) -> str:
    lanes = sorted({*marks, *now})
    if lanes == [COUNTER_LANE]:  # a comparison a row instead of a look-up
        return f"position > {marks.get(COUNTER_LANE, 0)}"
    return f"({beyond(marks, lanes)})"


def _upto(now: Mapping[int, int]) -> str:
    """Return the condition on rows at or before these positions; of other lanes there are none."""
    if not now:
        return "0"
    if sorted(now) == [COUNTER_LANE]:
        return f"position <= {now[COUNTER_LANE]}"
    return f"NOT ({beyond(now, sorted(now))}) AND bitShiftRight(position, {LANE_SHIFT}) IN (" + (
        ", ".join(str(lane) for lane in sorted(now)) + ")"
    )


def _token(generation: int, marks: Mapping[int, int]) -> str:
    """Return the name of the block that begins at these marks."""
    places = ",".join(f"{lane}:{top}" for lane, top in sorted(marks.items()))
    return hashlib.sha256(f"{generation} {places}".encode()).hexdigest()


def _insert_once(client: Client, rows: Any, token: str) -> None:
    insert_rows(
        client,
        "rollup",
        rows,
        {
            "insert_deduplicate": 1,
            "insert_deduplication_token": token,
            "max_insert_block_size": 2**31,
        },
    )


_SCHEMA = pa.schema(
    [
        ("generation", pa.uint32()), ("kind", pa.uint8()), ("facet", pa.uint8()),
        ("township", pa.int64()), ("period", pa.int32()), ("value", pa.uint64()),
        ("source", pa.uint8()), ("n", pa.int64()), ("amount", pa.int64()),
    ]
)  # fmt: skip


def _with_generation(cells: Any, generation: int) -> Any:
    column = pa.array(np.full(cells.num_rows, generation, dtype=np.uint32))
    return cells.add_column(0, "generation", column).cast(_SCHEMA)


def _marks(generation: int, tops: Mapping[int, int]) -> Any:
    lanes = sorted(tops)
    return _rows(generation, POSITION, lanes, [tops[lane] for lane in lanes])


def _complete(generation: int) -> Any:
    return _rows(generation, COMPLETE, [0], [0])


def _rows(generation: int, facet: int, townships: list[int], values: list[int]) -> Any:
    n = len(townships)
    columns = {
        "generation": [generation] * n, "kind": [MARK] * n, "facet": [facet] * n,
        "township": townships, "period": [0] * n, "value": values, "source": [0] * n,
        "n": [1] * n, "amount": [0] * n,
    }  # fmt: skip
    return pa.table(columns, schema=_SCHEMA)
