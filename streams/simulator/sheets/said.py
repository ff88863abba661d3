"""What was said last: of all versions of a record the one that holds on a day."""

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any

import numpy as np

from streams.simulator.column import Column
from streams.simulator.table import DAY_SECONDS, RETRACT, Table

_ROWS = tuple(f.name for f in fields(Table) if f.name not in ("event", "prefix", "payload"))


def said(tables: Sequence[Table], event: str, until: int) -> Table | None:
    """Return the last version of every record of an event type that is not withdrawn.

    Parameters
    ----------
    tables
        All that anybody reports.
    event
        Name of the event type.
    until
        Day number; what is reported later does not count.

    Returns
    -------
    One row a record in the order of person and household; None when nothing was reported.
    """
    kept: dict[str, list[Table]] = {}
    for table in tables:
        if table.event == event and len(table):
            inside = table.reported < (until + 1) * DAY_SECONDS
            kept.setdefault(table.prefix, []).append(table.take(np.flatnonzero(inside)))
    parts = [_last(joined(versions)) for versions in kept.values()]
    if not parts:
        return None
    whole = joined(parts)
    return whole.take(np.lexsort((whole.first, whole.person, whole.household)))


def joined(tables: Sequence[Table]) -> Table:
    """Return tables of one event type as one; all must have the same payload columns."""
    first = tables[0]
    if len(tables) == 1:
        return first
    columns: dict[str, Any] = {
        name: np.concatenate([getattr(table, name) for table in tables]) for name in _ROWS
    }
    payload = {
        name: _stacked([table.payload[name] for table in tables]) for name in first.payload
    }
    return replace(first, payload=payload, **columns)


def _stacked(columns: Sequence[Column]) -> Column:
    data = np.concatenate([column.data for column in columns])
    return replace(columns[0], data=data)  # type: ignore[type-var]   # all are dataclasses


def _last(versions: Table) -> Table:
    """Return the highest version of each record, unless it withdraws."""
    order = np.lexsort((versions.reported, versions.version, versions.record))
    record = versions.record[order]
    ends = np.r_[record[1:] != record[:-1], True] if len(record) else np.zeros(0, bool)
    rows = order[ends]
    return versions.take(rows[versions.op[rows] != RETRACT])
