"""The tables of the SQL side, out to files and in again, the same for SQLite and PostgreSQL.

A file is a Zstandard stream of MessagePack: the list of columns, then lists of rows. MessagePack
keeps numbers, texts, bytes and nothing apart, so a row comes back as it was.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import zstandard
from sqlalchemy import (
    JSON,
    Boolean,
    Connection,
    Double,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    delete,
    func,
    insert,
    inspect,
    select,
    text,
)

from yujing.errors import StorageError, UnreadableFileError

_NOT_CONTENT = re.compile(r"migrations|version_.*|sqlite_.*")
_PORTABLE = (Integer, String, LargeBinary, Float, Double, Boolean, JSON)
_ROWS_OF_A_PIECE = 2_000
_LENGTH_BYTES = 4


def tables_of(connection: Connection) -> list[Table]:
    """Return the tables of a database that hold content, those that others point to first.

    Raises
    ------
    StorageError
        If a column has a type that does not mean the same on both engines.
    """
    metadata = MetaData()
    metadata.reflect(connection, only=lambda name, _: _NOT_CONTENT.fullmatch(name) is None)
    for table in metadata.sorted_tables:
        for column in table.columns:
            if not isinstance(column.type, _PORTABLE):
                raise StorageError(
                    f"{table.name}.{column.name}: a column of type {column.type} is not portable",
                    permanent=True,
                )
    return metadata.sorted_tables


def versions_of(connection: Connection) -> dict[str, str]:
    """Return which revision the tables of each room have."""
    names = [name for name in inspect(connection).get_table_names() if name.startswith("version_")]
    return {
        name.removeprefix("version_"): str(
            connection.execute(text(f"SELECT version_num FROM {name}")).scalar_one()  # noqa: S608  a name from the catalogue
        )
        for name in names
    }


def dump(connection: Connection, table: Table, path: Path) -> int:
    """Write a table to a file and return the number of its rows."""
    n = 0
    rows = connection.execution_options(stream_results=True, yield_per=_ROWS_OF_A_PIECE).execute(
        select(table)
    )
    with path.open("xb") as raw, zstandard.ZstdCompressor(6).stream_writer(raw) as file:
        _put(file, [str(column.name) for column in table.columns])
        for piece in rows.partitions():
            _put(file, [tuple(row) for row in piece])
            n += len(piece)
    return n


def fill(connection: Connection, table: Table, path: Path) -> int:
    """Put the rows of a file into a table in place of what it holds; return how many.

    Raises
    ------
    UnreadableFileError
        If a column of the file is not in the table.
    """
    connection.execute(delete(table))
    pieces = _pieces(path)
    names = next(pieces)
    missing = [name for name in names if name not in table.columns]
    if missing:
        raise UnreadableFileError(f"{path}: the table {table.name} has no column {missing[0]}")
    flags = {name for name in names if isinstance(table.columns[name].type, Boolean)}
    numbers = {name for name in names if isinstance(table.columns[name].type, Integer)}
    n = 0
    for rows in pieces:
        connection.execute(insert(table), [_typed(names, row, flags, numbers) for row in rows])
        n += len(rows)
    return n


def numbered(connection: Connection, tables: Iterable[Table]) -> dict[str, int]:
    """Return the highest number that each table ever gave to a row by itself."""
    if connection.dialect.name == "sqlite":
        if not inspect(connection).has_table("sqlite_sequence"):
            return {}
        rows = connection.execute(text("SELECT name, seq FROM sqlite_sequence"))
        return {str(name): int(last) for name, last in rows}
    found = {}
    for table in tables:
        for sequence in _sequences(connection, table):
            last = connection.execute(text(f"SELECT last_value FROM {sequence}")).scalar()  # noqa: S608  a name from the catalogue
            found[table.name] = int(last or 0)
    return found


def number_on(connection: Connection, table: Table, last: int) -> None:
    """Let a table give higher numbers than `last` from now on, so that none is given twice."""
    if connection.dialect.name == "sqlite":
        where = {"name": table.name, "last": last}
        done = connection.execute(
            text("UPDATE sqlite_sequence SET seq = max(seq, :last) WHERE name = :name"), where
        )
        if not done.rowcount:
            connection.execute(
                text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :last)"), where
            )
        return
    for sequence in _sequences(connection, table):
        connection.execute(select(func.setval(sequence, max(last, 1), last > 0)))


def _sequences(connection: Connection, table: Table) -> list[str]:
    """Return the sequences of PostgreSQL that number a table's rows."""
    found = (
        connection.execute(select(func.pg_get_serial_sequence(table.name, column.name))).scalar()
        for column in table.primary_key.columns
    )
    return [str(sequence) for sequence in found if sequence]


def _typed(names: list[str], row: list[Any], flags: set[str], numbers: set[str]) -> dict[str, Any]:
    """Return a row with flags and numbers as this engine wants them."""
    values = dict(zip(names, row, strict=True))
    for name, value in values.items():
        if value is not None and name in flags:
            values[name] = bool(value)
        elif value is not None and name in numbers:
            values[name] = int(value)
    return values


def _put(file: Any, piece: object) -> None:
    content = msgspec.msgpack.encode(piece)
    file.write(len(content).to_bytes(_LENGTH_BYTES, "big") + content)


def _pieces(path: Path) -> Iterator[list[Any]]:
    with path.open("rb") as raw, zstandard.ZstdDecompressor().stream_reader(raw) as file:
        while head := _exactly(file, _LENGTH_BYTES, path):
            content = _exactly(file, int.from_bytes(head, "big"), path)
            yield msgspec.msgpack.decode(content, type=list[Any])


def _exactly(file: Any, size: int, path: Path) -> bytes:
    """Return `size` bytes, or none at the end of the file."""
    content = b""
    while len(content) < size:
        piece = file.read(size - len(content))
        if not piece:
            break
        content += piece
    if content and len(content) < size:
        raise UnreadableFileError(f"{path} ends in the middle of a row")
    return content
