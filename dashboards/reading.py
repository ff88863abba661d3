"""What a panel shows: its rows from the engine, hidden cells told apart from unknown ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dashboards.macros import Filters, expanded
from dashboards.panel import Column, Panel
from dashboards.suppression import HIDDEN, SMALL_FLAG
from yujing.storage.clickhouse import Client, storage_errors


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a panel.

    Parameters
    ----------
    values
        In the order of the panel's columns; None is hidden or unknown.
    hidden
        Whether its numbers are hidden.
    small
        Whether they are hidden for being small themselves.
    """

    values: tuple[Any, ...]
    hidden: bool = False
    small: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """The rows of a panel."""

    panel: Panel
    rows: Sequence[Row]

    @property
    def columns(self) -> tuple[Column, ...]:
        """What the values are."""
        return self.panel.columns


def read(client: Client, panel: Panel, filters: Filters) -> Answer:
    """Return what a panel shows of the chosen places and time.

    Raises
    ------
    StorageError
        If the engine is away or refuses the SQL.
    """
    with storage_errors(f"reading {panel.title}"):
        result = client.query(expanded(panel.query, filters))
    if not result.result_rows:
        return Answer(panel, [])  # without rows the engine names no columns
    at = {name: place for place, name in enumerate(result.column_names)}
    places = [at[column.name] for column in panel.columns]
    rows = []
    for row in result.result_rows:
        hidden = bool(row[at[HIDDEN]]) if HIDDEN in at else False
        small = bool(row[at[SMALL_FLAG]]) if SMALL_FLAG in at else False
        rows.append(Row(tuple(row[place] for place in places), hidden, small))
    return Answer(panel, rows)
