"""Numbers of SQL tables as cells: a query gives township, value, n, amount and a word."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from sqlalchemy import Connection, inspect, text

from dashboards.standing.cells import CELL, Cells, merged


def asked(connection: Connection, queries: Mapping[str, str], span: Mapping[str, Any]) -> Cells:
    """Return the cells of queries; a word that is not empty ends the code, behind a slash.

    Parameters
    ----------
    connection
        A reading transaction.
    queries
        SQL by code, with columns township, value, n, amount, word.
    span
        Parameters; a query takes those that it names.
    """
    return merged([_cells(connection, code, sql, span) for code, sql in queries.items()])


def present(connection: Connection, queries: Mapping[str, tuple[str, str]]) -> dict[str, str]:
    """Return those queries whose table is there: a room makes its tables when it is first used.

    Parameters
    ----------
    connection
        Where to look.
    queries
        Table and SQL by code.
    """
    tables = set(inspect(connection).get_table_names())
    return {code: sql for code, (table, sql) in queries.items() if table in tables}


def _cells(connection: Connection, code: str, sql: str, span: Mapping[str, Any]) -> Cells:
    names = {name: value for name, value in span.items() if f":{name}" in sql}
    found: dict[str, list[tuple[int, int, int, int]]] = {}
    for township, value, n, amount, word in connection.execute(text(sql), names):
        whole = f"{code}/{word}" if word else code
        found.setdefault(whole, []).append((int(township), int(value), int(n), int(amount or 0)))
    return {whole: np.array(rows, dtype=CELL) for whole, rows in found.items()}
