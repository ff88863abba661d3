"""Conversion between a FactArray and Arrow, one column at a time and never row by row."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from streams.fact import FACT, FactArray

Places = npt.NDArray[np.int64]  # 12-digit codes
FACT_COLUMNS = tuple(FACT.names or ())
COLUMN_LIST = ", ".join(FACT_COLUMNS)  # for SELECT: always in the order of FACT


_BLOCK = 4096  # a megabyte of facts: stays in the cache while its columns are taken out one by one


def to_arrow(facts: FactArray, record_ids: list[str], places: Places | None = None) -> pa.Table:
    """Return the rows of the table `events` for facts, their record ids and their places.

    Parameters
    ----------
    facts
        Rows of `FACT`, shape (n,).
    record_ids
        What the source calls each record, n strings.
    places
        Where each event counts on the boards; where it says itself when not given.
    """
    columns = {name: np.empty(len(facts), dtype=FACT[name]) for name in FACT_COLUMNS}
    for start in range(0, len(facts), _BLOCK):
        block = facts[start : start + _BLOCK]
        for name, column in columns.items():
            column[start : start + _BLOCK] = block[name]
    arrays = [pa.array(column) for column in columns.values()]
    arrays.append(pa.array(record_ids, type=pa.string()))
    arrays.append(pa.array(columns["region"] if places is None else places))
    return pa.Table.from_arrays(arrays, names=[*FACT_COLUMNS, "record_id", "place"])


def layout(columns: Sequence[str]) -> np.dtype[np.void]:
    """Return `FACT` reduced to some of its columns, in the order given."""
    return np.dtype([(name, FACT[name]) for name in columns])


def fill_facts(facts: FactArray, table: pa.Table) -> None:
    """Write an Arrow table over the rows of `facts`: as many rows, at least the same columns."""
    names = facts.dtype.names or ()
    start = 0
    for batch in table.select(names).to_batches(max_chunksize=_BLOCK):
        block = facts[start : start + batch.num_rows]
        for name, column in zip(names, batch.columns, strict=True):
            block[name] = column.to_numpy()
        start += batch.num_rows


def from_arrow(table: pa.Table, columns: Sequence[str] = FACT_COLUMNS) -> FactArray:
    """Return the rows of an Arrow table as facts, with all columns of `FACT` or some of them."""
    facts = np.empty(table.num_rows, dtype=layout(columns))
    fill_facts(facts, table)
    return facts
