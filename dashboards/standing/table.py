"""The standing numbers in ClickHouse: a day's block replaces the day's earlier one as a whole."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from dashboards.rollup.rollup import board_migrations
from dashboards.standing.cells import CELL, CellArray
from yujing.domain.days import to_day
from yujing.storage.clickhouse import Client, insert_rows, storage_errors
from yujing.storage.migration import ClickHouseStore, migrate

_PRESENT = ""  # the code of the row that says that a block is there


class StandingNumbers:
    """The table `standing_cells`.

    Parameters
    ----------
    client
        From `yujing.storage.clickhouse`; missing tables are made.
    """

    def __init__(self, client: Client) -> None:
        migrate(ClickHouseStore(client), board_migrations())
        self._client = client

    def keep(self, as_of: date, cells: Mapping[str, CellArray], *, revision: int) -> None:
        """Keep the numbers of a day.

        Parameters
        ----------
        as_of
            The day.
        cells
            By code.
        revision
            Grows with each time the day is written, such as seconds since 1970; the same revision
            again changes nothing.

        Raises
        ------
        StorageError
            If the store is away or full; the same again does what is left.
        """
        settings = {
            "insert_deduplicate": 1,
            "insert_deduplication_token": f"standing {as_of} {revision}",
            "max_insert_block_size": 2**31,
        }
        with storage_errors("keeping the standing numbers"):
            insert_rows(self._client, "standing_cells", _rows(as_of, cells, revision), settings)

    def of_day(self, as_of: date) -> dict[str, CellArray]:
        """Return the numbers of a day as they were last written."""
        names = ", ".join(CELL.names or ())
        sql = (
            f"SELECT code, {names} FROM standing WHERE as_of = {{day:Date}} ORDER BY code, {names}"
        )
        with storage_errors("reading the standing numbers"):
            table = self._client.query_arrow(sql, parameters={"day": as_of})
        codes = np.array(table["code"].to_pylist(), dtype=object)
        rows = np.zeros(table.num_rows, dtype=CELL)
        for name in CELL.names or ():
            rows[name] = table[name].to_numpy()
        return {str(code): rows.compress(codes == code) for code in dict.fromkeys(codes.tolist())}


def _rows(as_of: date, cells: Mapping[str, CellArray], revision: int) -> Any:
    codes = [_PRESENT]
    blocks = [np.zeros(1, dtype=CELL)]
    for code in sorted(cells):
        codes += [code] * len(cells[code])
        blocks.append(cells[code])
    rows = np.concatenate(blocks)
    n = len(rows)
    columns = {
        "as_of": pa.array(np.full(n, to_day(as_of), dtype=np.int32), type=pa.date32()),
        "revision": pa.array(np.full(n, revision, dtype=np.uint64)),
        "code": pa.array(codes, type=pa.string()),
    }
    for name in CELL.names or ():
        columns[name] = pa.array(np.ascontiguousarray(rows[name]))
    return pa.table(columns)
