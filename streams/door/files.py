"""Files of events as batches of lines: NDJSON, plain or compressed with gzip or zstd.

A file is read once, in pieces; nothing is unpacked beyond the limits. What cannot be read as a
whole ends in `UnreadableFileError` after the lines before the fault were given out: sending the
mended file again does no harm, since the rows that were taken are then duplicates.
"""

import os
import stat
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import zstandard

from streams.door.decoding import MOST_LINE_BYTES
from yujing.errors import UnreadableFileError

_PIECE = 2**18
_ZSTD_PIECE = 2**11  # one block of 4 bytes can unpack to 128 KiB, so a piece stays below 64 MiB
_ZSTD_WINDOW = 2**27
_GZIP, _ZSTD, _ZIP = b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"PK\x03\x04"
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is read.

    Parameters
    ----------
    line_bytes
        A longer line is cut, so that the door refuses it without holding it.
    batch_rows, batch_bytes
        A batch ends with the first of them that is reached.
    unpacked_bytes
        Size of a file after unpacking.
    ratio
        Unpacked to packed size; event files stay below 40.
    ratio_from_bytes
        Unpacked size from which the ratio counts; small files may be very regular.
    """

    line_bytes: int = MOST_LINE_BYTES
    batch_rows: int = 20_000
    batch_bytes: int = 2**25
    unpacked_bytes: int = 2**36
    ratio: int = 200
    ratio_from_bytes: int = 2**24


def read_lines(path: Path, *, limits: Limits | None = None) -> Iterator[tuple[int, list[bytes]]]:
    """Give out the lines of a file that are not blank, in batches.

    Parameters
    ----------
    path
        A regular file; its first bytes say whether it is compressed.
    limits
        How much is read.

    Yields
    ------
    Number of lines before the batch, and its lines.

    Raises
    ------
    UnreadableFileError
        If it is missing, no regular file, empty, broken, cut off, too large after unpacking, or
        changed while it was read. Lines given out before are good.
    """
    limits = limits or Limits()
    try:
        with open(path, "rb", opener=open_at_once) as file:
            before = os.fstat(file.fileno())
            if not stat.S_ISREG(before.st_mode):
                raise UnreadableFileError("it is no regular file")
            first_row = 0
            for lines in _batches(_unpacked(file, path, limits), limits):
                yield first_row, lines
                first_row += len(lines)
            check_unchanged(path, file, before)
    except IsADirectoryError:
        raise UnreadableFileError("it is a directory") from None
    except FileNotFoundError:
        raise UnreadableFileError("there is no such file") from None
    except OSError as error:
        raise UnreadableFileError(error.strerror or "it cannot be read") from None
    if first_row == 0:
        raise UnreadableFileError("it holds no rows")


def read_pieces(
    pieces: Iterable[bytes], *, limits: Limits | None = None
) -> Iterator[tuple[int, list[bytes]]]:
    """Give out the lines of a content that comes in pieces, in batches, as `read_lines` does.

    Parameters
    ----------
    pieces
        Of any sizes; unpacked.
    limits
        How much is read.
    """
    first_row = 0
    for lines in _batches(_without_bom(iter(pieces)), limits or Limits()):
        yield first_row, lines
        first_row += len(lines)


def open_at_once(path: str, flags: int) -> int:
    """Open a file without waiting, as `opener` of `open`."""
    return os.open(path, flags | os.O_NONBLOCK)  # a pipe would wait for its writer


def check_unchanged(path: Path, file: BinaryIO, before: os.stat_result) -> None:
    """Refuse a file that changed, or was replaced, since `before`."""
    now = os.fstat(file.fileno())
    same = (now.st_size, now.st_mtime_ns) == (before.st_size, before.st_mtime_ns)
    try:
        same &= path.stat().st_ino == before.st_ino
    except FileNotFoundError:
        same = False
    if not same:
        raise UnreadableFileError("it changed while it was read; send it again when it is complete")


def _batches(pieces: Iterator[bytes], limits: Limits) -> Iterator[list[bytes]]:
    """Cut pieces into lines and lines into batches; a fault comes after the lines before it."""
    batch: list[bytes] = []
    size = 0
    try:
        for lines in _lines(pieces, max(limits.line_bytes, MOST_LINE_BYTES) + 1):
            batch += lines
            size += sum(map(len, lines))
            while len(batch) >= limits.batch_rows or size >= limits.batch_bytes:
                yield batch[: limits.batch_rows]
                batch = batch[limits.batch_rows :]
                size = sum(map(len, batch))
    except UnreadableFileError:
        if batch:
            yield batch
        raise
    if batch:
        yield batch


def _lines(pieces: Iterator[bytes], longest: int) -> Iterator[list[bytes]]:
    rest = b""
    skipping = False  # inside a line that was cut
    for piece in pieces:
        found = (rest + piece).split(b"\n")
        rest = found.pop()
        if skipping and found:
            del found[0]
            skipping = False
        if skipping:
            rest = b""
        elif len(rest) >= longest:
            found.append(rest[:longest])
            rest, skipping = b"", True
        yield [line for line in found if line and not line.isspace()]
    if rest and not rest.isspace():
        yield [rest]


def _unpacked(file: BinaryIO, path: Path, limits: Limits) -> Iterator[bytes]:
    start = file.read(4)
    file.seek(0)
    if start.startswith(_ZIP):
        raise UnreadableFileError("it is a ZIP or Excel file; events come as NDJSON, .gz or .zst")
    if start.startswith(_GZIP):
        return _without_bom(_decompressed(file, limits, _Gzip))
    if start == _ZSTD:
        return _without_bom(_decompressed(file, limits, _Zstd))
    if path.suffix in (".gz", ".zst") and start:
        raise UnreadableFileError(f"it is not compressed as {path.suffix} says")
    return _without_bom(iter(lambda: file.read(_PIECE), b""))


def _without_bom(pieces: Iterator[bytes]) -> Iterator[bytes]:
    for number, piece in enumerate(pieces):
        yield piece.removeprefix(_BOM) if number == 0 else piece


class _Gzip:
    """One member of a gzip file, unpacked up to a size at a time."""

    n_bytes = _PIECE

    def __init__(self) -> None:
        self._member = zlib.decompressobj(wbits=31)

    @property
    def eof(self) -> bool:
        return self._member.eof

    def step(self, packed: bytes) -> tuple[bytes, bytes]:
        """Return the next unpacked piece and the packed bytes that are left."""
        piece = self._member.decompress(packed, _PIECE)
        return piece, self._member.unused_data or self._member.unconsumed_tail


class _Zstd:
    """One frame of a zstd file, fed in pieces so small that none unpacks to much."""

    n_bytes = _ZSTD_PIECE

    def __init__(self) -> None:
        unpacker = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW)
        self._frame = unpacker.decompressobj()

    @property
    def eof(self) -> bool:
        return self._frame.eof

    def step(self, packed: bytes) -> tuple[bytes, bytes]:
        """Return the next unpacked piece and the packed bytes that are left."""
        return self._frame.decompress(packed), self._frame.unused_data


def _decompressed(file: BinaryIO, limits: Limits, form: type[_Gzip | _Zstd]) -> Iterator[bytes]:
    """Unpack members one after the other; every piece is checked against the limits."""
    member = form()
    packed = unpacked = 0
    while left := file.read(form.n_bytes):
        packed += len(left)
        full = False
        while left or full:
            if member.eof:
                if not left.strip(b"\0"):
                    break  # zeros behind the end are padding
                member = form()
            try:
                piece, left = member.step(left)
            except (zlib.error, zstandard.ZstdError):
                raise UnreadableFileError("its compressed data is broken from here on") from None
            full = len(piece) == _PIECE  # more may wait inside
            unpacked += len(piece)
            if unpacked > limits.unpacked_bytes or (
                unpacked > limits.ratio_from_bytes and unpacked > limits.ratio * packed
            ):
                raise UnreadableFileError(
                    "it unpacks to far more than its size allows; not read on"
                )
            yield piece
    if not member.eof:
        raise UnreadableFileError("it is cut off: the whole rows before the cut were read")
