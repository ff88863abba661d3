"""Conversion between a FactArray and Arrow, one column at a time and never row by row."""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from streams.fact import FACT, FactArray

FACT_COLUMNS = tuple(FACT.names or ())
COLUMN_LIST = ", ".join(FACT_COLUMNS)  # for SELECT: always in the order of FACT


_BLOCK = 4096  # a megabyte of facts: stays in the cache while its columns are taken out one by one


def to_arrow(facts: FactArray, record_ids: list[str]) -> pa.Table:
    """Return the rows of the table `events` for facts and their record ids.

    Parameters
    ----------
    facts
        Rows of `FACT`, shape (n,).
    record_ids
        What the source calls each record, n strings.
    """
    columns = {name: np.empty(len(facts), dtype=FACT[name]) for name in FACT_COLUMNS}
    for start in range(0, len(facts), _BLOCK):
        block = facts[start : start + _BLOCK]
        for name, column in columns.items():
            column[start : start + _BLOCK] = block[name]
    arrays = [pa.array(column) for column in columns.values()]
    arrays.append(pa.array(record_ids, type=pa.string()))
    return pa.Table.from_arrays(arrays, names=[*FACT_COLUMNS, "record_id"])


def fill_facts(facts: FactArray, table: pa.Table) -> None:
    """Write the columns of an Arrow table over the rows of `facts`, which has as many."""
    start = 0
    for batch in table.select(FACT_COLUMNS).to_batches(max_chunksize=_BLOCK):
        block = facts[start : start + batch.num_rows]
        for name, column in zip(FACT_COLUMNS, batch.columns, strict=True):
            block[name] = column.to_numpy()
        start += batch.num_rows


def from_arrow(tables: Iterable[pa.Table]) -> FactArray:
    """Return the facts of Arrow tables with every column of `FACT`, one table after the other."""
    parts = list(tables)
    facts = np.empty(sum(part.num_rows for part in parts), dtype=FACT)
    start = 0
    for part in parts:
        fill_facts(facts[start : start + part.num_rows], part)
        start += part.num_rows
    return facts


def keys_to_arrow(keys: npt.NDArray[np.uint64]) -> pa.Table:
    """Return a table of one column `key`, each key once."""
    return pa.table({"key": pa.array(np.unique(keys.astype(np.uint64, copy=False)))})
