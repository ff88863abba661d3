"""Looks for personal data in everything that a data directory holds.

`scan` reads every String column through the engine, every text and blob of every SQLite file, and
every file both as it is and after decompression (gzip, zstandard, bzip2, xz, zip with its members,
the blocks of ClickHouse part files, the batches of Kafka's segments). A needle is found as UTF-8,
UTF-16, UTF-32 and as JSON escapes
it.
"""

import bz2
import gzip
import io
import json
import lzma
import sqlite3
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import lz4.block
import lz4.frame
import numpy as np
import numpy.typing as npt
import zstandard
from numba import njit

SHORTEST = 8  # bytes; anything shorter would be found in random bytes by chance
_CHUNK = 32 * 2**20
_N_BITS = 25  # with 200,000 needles one window in fifty goes on to be compared
_SYSTEM = ("system", "INFORMATION_SCHEMA", "information_schema")
_MOST_PER_PLACE = 5  # enough to see what leaks


@dataclass(frozen=True)
class Place:
    """Where a needle lies."""

    where: str
    needle: str


def scan(directory: Path, client: Any | None, needles: Iterable[str]) -> list[Place]:
    """Return every place that holds one of the needles.

    Parameters
    ----------
    directory
        Read with all below it; links are not followed.
    client
        A `clickhouse_connect` client of the engine, None when there is none.
    needles
        ID numbers, phones, names of three characters: at least 8 bytes each as UTF-8.
    """
    search = Needles(needles)
    return [*_in_engine(client, search), *_in_files(directory, search)]


class Needles:
    """Many strings looked for at once: a bitmap of hashed windows, then the strings."""

    def __init__(self, needles: Iterable[str]) -> None:
        self._by_prefix: dict[bytes, list[tuple[bytes, str]]] = {}
        for needle in set(needles):
            if len(needle.encode()) < SHORTEST:
                raise ValueError(f"a needle needs {SHORTEST} bytes, not {len(needle.encode())}")
            for form in _forms(needle):
                self._by_prefix.setdefault(form[:SHORTEST], []).append((form, needle))
        forms = [form for group in self._by_prefix.values() for form, _ in group]
        self.longest = max(map(len, forms), default=SHORTEST)
        prefixes = np.frombuffer(b"".join(self._by_prefix), dtype="<u8")
        taken = np.zeros(2**_N_BITS, dtype=np.uint8)
        taken[_slots(prefixes)] = 1
        self._bitmap = np.packbits(taken, bitorder="little")  # 4 MB: stays in the cache

    def within(self, content: bytes) -> set[str]:
        """Return the needles that `content` holds."""
        if len(content) < SHORTEST:
            return set()
        found = set()
        for at in _candidates(np.frombuffer(content, dtype=np.uint8), self._bitmap).tolist():
            for form, needle in self._by_prefix.get(content[at : at + SHORTEST], ()):
                if content.startswith(form, at):
                    found.add(needle)
        return found


def _forms(needle: str) -> set[bytes]:
    forms = {
        needle.encode(),
        needle.encode("utf-16-le"),
        needle.encode("utf-32-le"),
        json.dumps(needle)[1:-1].encode(),
        json.dumps(needle)[1:-1].upper().replace("\\U", "\\u").encode(),
    }
    return {form for form in forms if len(form) >= SHORTEST}


_MIX = np.uint64(0x9E3779B97F4A7C15)


def _slots(words: npt.NDArray[np.uint64]) -> npt.NDArray[np.int64]:
    return ((words * _MIX) >> np.uint64(64 - _N_BITS)).astype(np.int64)


@njit(cache=True)
def _candidates(content: Any, bitmap: Any) -> Any:
    out = np.empty(1024, dtype=np.int64)
    n = 0
    word = np.uint64(0)
    for i in range(len(content)):
        word = (word >> np.uint64(8)) | (np.uint64(content[i]) << np.uint64(56))
        slot = np.int64((word * _MIX) >> np.uint64(64 - _N_BITS))
        if i >= 7 and (bitmap[slot >> 3] >> (slot & 7)) & 1:
            if n == len(out):
                grown = np.empty(2 * n, dtype=np.int64)
                grown[:n] = out
                out = grown
            out[n] = i - 7
            n += 1
    return out[:n]


def _in_engine(client: Any | None, search: Needles) -> Iterator[Place]:
    if client is None:
        return
    columns = client.query(
        "SELECT c.database, c.table, c.name FROM system.columns AS c "
        "JOIN system.tables AS t ON t.database = c.database AND t.name = c.table "
        f"WHERE c.database NOT IN {_SYSTEM} AND c.type LIKE '%String%' "
        "AND t.engine NOT LIKE '%View'"
    ).result_rows
    for database, table, column in columns:
        n_rows = client.query(f"SELECT count() FROM {database}.`{table}`").result_rows[0][0]
        for start in range(0, n_rows, 1_000_000):
            values = client.query(
                f"SELECT toString(`{column}`) FROM {database}.`{table}` "
                f"LIMIT 1000000 OFFSET {start}"
            ).result_columns
            content = "\n".join(map(str, values[0] if values else ())).encode()
            yield from _places(f"engine {database}.{table}.{column}", search.within(content))


def _in_files(directory: Path, search: Needles) -> Iterator[Place]:
    for path in sorted(directory.rglob("*")):
        if path.is_symlink() or not path.is_file():
            continue
        name = str(path.relative_to(directory))
        if name.encode() and (found := search.within(name.encode())):
            yield from _places(f"name of {name}", found)
        yield from _in_stream(name, path.open("rb"), search, depth=0)
        with path.open("rb") as file:
            if file.read(16) == b"SQLite format 3\0":
                yield from _in_sqlite(name, path, search)


def _in_stream(name: str, stream: Any, search: Needles, *, depth: int) -> Iterator[Place]:
    """Look through a stream as it is, then through what comes out of it when it is compressed."""
    found: set[str] = set()
    with stream:
        head = stream.read(64)
        tail = b""
        chunk = head
        while chunk:
            found |= search.within(tail + chunk)
            tail = (tail + chunk)[-search.longest :]
            chunk = stream.read(_CHUNK)
        yield from _places(name, found)
        if depth < 3:
            for part, inner in _unpacked(name, head, stream):
                yield from _in_stream(part, inner, search, depth=depth + 1)


def _unpacked(name: str, head: bytes, stream: Any) -> Iterator[tuple[str, Any]]:
    """Yield (name, stream) of what a compressed stream holds, up to where it is cut."""
    openers: list[tuple[bytes, Callable[[Any], Any]]] = [
        (b"\x1f\x8b", lambda s: gzip.GzipFile(fileobj=s)),
        (
            b"\x28\xb5\x2f\xfd",
            lambda s: zstandard.ZstdDecompressor().stream_reader(s, read_across_frames=True),
        ),
        (b"BZh", bz2.BZ2File),
        (b"\xfd7zXZ\0", lzma.LZMAFile),
    ]
    for magic, opened in openers:
        if head.startswith(magic):
            stream.seek(0)
            yield f"{name} unpacked", _Forgiving(opened(stream))
    if head.startswith(b"PK\x03\x04"):
        stream.seek(0)
        with zipfile.ZipFile(stream) as archive:
            for member in archive.namelist():
                yield f"{name}!{member}", io.BytesIO(archive.read(member))
    if _is_kafka_batch(head):
        stream.seek(0)
        yield f"{name} unpacked", io.BytesIO(b"".join(_kafka_batches(stream.read())))
    if _is_clickhouse_block(head):
        stream.seek(0)
        yield f"{name} unpacked", io.BytesIO(b"".join(_clickhouse_blocks(stream.read())))


class _Forgiving:
    """A stream whose damaged end counts as its end."""

    def __init__(self, stream: Any) -> None:
        self._whole = self._read(stream)
        stream.close()

    @staticmethod
    def _read(stream: Any) -> io.BytesIO:
        out = io.BytesIO()
        try:
            while piece := stream.read1(2**20):  # read() would lose what comes before a cut
                out.write(piece)
        except (EOFError, OSError, zstandard.ZstdError, lzma.LZMAError):
            pass
        out.seek(0)
        return out

    def __enter__(self) -> "_Forgiving":
        return self

    def __exit__(self, *_: object) -> None:
        self._whole.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._whole, name)


_NONE, _LZ4, _ZSTD = 0x02, 0x82, 0x90  # methods of a compressed block, after 16 bytes of checksum


_RECORDS_AT, _KAFKA_LZ4 = 61, 3  # length of a batch's header; the codec in its attributes


def _is_kafka_batch(head: bytes) -> bool:
    """Tell a segment of a Kafka log by its first batch: format 2, and a length that fits it."""
    if len(head) < _RECORDS_AT or head[16] != 2:
        return False
    return _RECORDS_AT - 12 <= int.from_bytes(head[8:12], "big") < 2**30


def _kafka_batches(content: bytes) -> Iterator[bytes]:
    """Yield the records of each batch, unpacked where lz4 packed them."""
    at = 0
    while _is_kafka_batch(content[at : at + _RECORDS_AT]):
        end = at + 12 + int.from_bytes(content[at + 8 : at + 12], "big")
        records = content[at + _RECORDS_AT : end]
        packed = content[at + 22] & 7 == _KAFKA_LZ4
        yield lz4.frame.decompress(records) if packed else records
        at = end


def _is_clickhouse_block(head: bytes) -> bool:
    if len(head) < 25 or head[16] not in (_NONE, _LZ4, _ZSTD):
        return False
    size, whole = int.from_bytes(head[17:21], "little"), int.from_bytes(head[21:25], "little")
    return 9 < size < 2**30 and 0 < whole < 2**30


def _clickhouse_blocks(content: bytes) -> Iterator[bytes]:
    at = 0
    while _is_clickhouse_block(content[at : at + 25]):
        method = content[at + 16]
        size = int.from_bytes(content[at + 17 : at + 21], "little")
        whole = int.from_bytes(content[at + 21 : at + 25], "little")
        body = content[at + 25 : at + 16 + size]
        try:
            if method == _LZ4:
                yield lz4.block.decompress(body, uncompressed_size=whole)
            elif method == _ZSTD:
                yield zstandard.ZstdDecompressor().decompress(body, max_output_size=whole)
            else:
                yield body
        except (lz4.block.LZ4BlockError, zstandard.ZstdError):
            return
        at += 16 + size


def _in_sqlite(name: str, path: Path, search: Needles) -> Iterator[Place]:
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        connection.text_factory = bytes
        tables = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'"
        ).fetchall()
        for (table,) in tables:
            shown = table.decode()
            cursor = connection.execute(f'SELECT * FROM "{shown}"')
            columns = [column[0] for column in cursor.description]
            for column, content in _texts(cursor, columns):
                yield from _places(f"{name} {shown}.{column}", search.within(content))
    finally:
        connection.close()


def _texts(cursor: Any, columns: list[str]) -> Iterator[tuple[str, bytes]]:
    while rows := cursor.fetchmany(10_000):
        for column, values in zip(columns, zip(*rows, strict=True), strict=True):
            yield (
                column,
                b"\n".join(
                    value if isinstance(value, bytes) else str(value).encode() for value in values
                ),
            )


def _places(where: str, found: set[str]) -> Iterator[Place]:
    for needle in sorted(found)[:_MOST_PER_PLACE]:
        yield Place(where, needle)
