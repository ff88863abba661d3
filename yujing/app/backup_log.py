"""The tables of ClickHouse, out to files and in again, the same for the engine and a server.

A file is an Arrow stream inside Zstandard. The engine's own BACKUP is not used: in this process it
needs a configuration file, and on a server it writes where this program cannot read.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import zstandard

from yujing.errors import UnreadableFileError
from yujing.storage.clickhouse import Client, insert_rows, storage_errors

EVENTS = "events"
ROWS_OF_A_SLICE = 300_000  # 250 MB in memory
_ROWS_OF_AN_INSERT = 200_000  # as `streams.log.log`: whole or absent
_LANE_BITS = 48

Heard = Callable[[int], None]


def tables_of(client: Client) -> list[str]:
    """Return the tables that hold content; the roll-up of the boards follows from the events."""
    with storage_errors("reading the list of tables"):
        rows = client.query(
            "SELECT name FROM system.tables WHERE database = currentDatabase()"
            " AND engine LIKE '%MergeTree%' AND name NOT IN ('migrations', 'rollup') ORDER BY name"
        ).result_rows
    return [str(name) for (name,) in rows]


def versions_of(client: Client) -> dict[str, str]:
    """Return how far the migrations of each room had run."""
    with storage_errors("reading the migrations"):
        rows = client.query("SELECT room, max(number) FROM migrations GROUP BY room").result_rows
    return {str(room): f"{number:04}" for room, number in rows}


def covered_by(client: Client) -> dict[int, int]:
    """Return the highest position of each lane of the log."""
    lane = f"bitShiftRight(position, {_LANE_BITS})"
    sql = f"SELECT {lane} AS lane, max(position) FROM {EVENTS} GROUP BY lane"  # noqa: S608  ours
    with storage_errors("reading the positions of the log"):
        rows = client.query(sql).result_rows
    return {int(lane): int(last) for lane, last in rows}


def count(client: Client, table: str) -> int:
    """Return the number of rows of a table, copies included."""
    with storage_errors("counting rows"):
        return int(client.query(f"SELECT count() FROM {table}").result_rows[0][0])  # noqa: S608  a name from the catalogue


def dump(client: Client, table: str, path: Path, point: Mapping[int, int], heard: Heard) -> int:
    """Write a table to a file and return the number of its rows; no file without rows.

    Parameters
    ----------
    client
        Open.
    table
        One of `tables_of`.
    path
        The file; made.
    point
        Of the events only those up to these positions are written: the log only grows, so that is
        one moment of it, whatever is appended meanwhile.
    heard
        Hears the number of rows so far.
    """
    n, writer = 0, None
    with path.open("xb") as raw, zstandard.ZstdCompressor(6).stream_writer(raw) as file:
        for condition in _slices(client, table, point):
            with storage_errors(f"reading {table}"):
                rows = client.query_arrow(f"SELECT * FROM {table} WHERE {condition}")  # noqa: S608  ours
            if writer is None:
                writer = pa.ipc.new_stream(file, rows.schema)
            writer.write_table(rows)
            n += rows.num_rows
            heard(n)
        if writer is not None:
            writer.close()
    if not n:
        path.unlink()
    return n


def fill(client: Client, table: str, path: Path, heard: Heard) -> int:
    """Put the rows of a file into a table and return how many."""
    n = 0
    for rows in _tables(path):
        with storage_errors(f"filling {table}"):
            insert_rows(client, table, rows)
        n += rows.num_rows
        heard(n)
    return n


def columns_at(client: Client, columns: Sequence[str], point: Mapping[int, int]) -> pa.Table:
    """Return some columns of the events up to a point."""
    with storage_errors("reading events"):
        return client.query_arrow(
            f"SELECT {', '.join(columns)} FROM {EVENTS} WHERE {_up_to(point)}"  # noqa: S608  ours
        )


def _slices(client: Client, table: str, point: Mapping[int, int]) -> Iterator[str]:
    """Return conditions that cut a table into pieces fit for memory; together they are the whole.

    The engine in the process puts a whole answer together before it hands on the first row.
    """
    whole = _up_to(point) if table == EVENTS else "1"
    with storage_errors(f"measuring {table}"):
        n_rows = int(client.query(f"SELECT count() FROM {table} WHERE {whole}").result_rows[0][0])  # noqa: S608  ours
        ((order,),) = client.query(
            "SELECT sorting_key FROM system.tables WHERE database = currentDatabase()"
            " AND name = %(table)s",
            parameters={"table": table},
        ).result_rows
    n_slices = -(-n_rows // ROWS_OF_A_SLICE)
    for place in range(n_slices):
        if table == EVENTS:  # subjects are hashes, and the table is sorted by them
            low, high = ((place + i) * 2**64 // n_slices for i in (0, 1))
            yield f"subject >= {low} AND subject <= {high - 1} AND ({whole})"
        else:
            yield f"cityHash64({order}) % {n_slices} = {place}"


def _up_to(point: Mapping[int, int]) -> str:
    """Return the condition of the events up to a point."""
    lanes = [
        f"(position >= {lane << _LANE_BITS} AND position <= {last})"
        for lane, last in sorted(point.items())
    ]
    return " OR ".join(lanes) or "0"


def _tables(path: Path) -> Iterator[pa.Table]:
    """Return the rows of a file in pieces fit for one insert."""
    waiting: list[pa.RecordBatch] = []
    with path.open("rb") as raw, zstandard.ZstdDecompressor().stream_reader(raw) as file:
        try:
            reader = pa.ipc.open_stream(file)
            for batch in reader:
                for start in range(0, batch.num_rows, _ROWS_OF_AN_INSERT):
                    waiting.append(batch.slice(start, _ROWS_OF_AN_INSERT))
                    if sum(one.num_rows for one in waiting) >= _ROWS_OF_AN_INSERT:
                        yield pa.Table.from_batches(waiting)
                        waiting = []
        except pa.ArrowInvalid as error:
            raise UnreadableFileError(f"{path} does not read: {error}") from None
    if waiting:
        yield pa.Table.from_batches(waiting)
