"""A package is made: contents packed, cut into parts, sealed, signed.

Contents are read twice, first for their hashes. The same made again gives the same parts, so a
making that was cut off goes on, and a part that was lost is made again alone.
"""

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

import msgspec
import zstandard

from streams.packages.address import Address, Identity
from streams.packages.manifest import (
    FORMAT,
    MOST_PARTS,
    Manifest,
    Part,
    read_manifest,
    signed,
    to_bytes,
)
from streams.packages.sealing import Sealer, package_id, package_key, wrap
from yujing.errors import UnreadableFileError, UsageError

PART_BYTES = 2**24  # a stick that fails in the middle costs little
LEAST_PART_BYTES, MOST_PART_BYTES = 2**10, 2**30
_LEVEL = 3

Kind = Literal["events", "sheet"]
Pieces = Callable[[], Iterable[bytes]]


@dataclass(frozen=True)
class Source:
    """Something to put in.

    Parameters
    ----------
    name
        What the taker calls it.
    kind
        Lines of events, or a sheet as it is.
    pieces
        Gives its bytes, each time anew.
    """

    name: str
    kind: Kind
    pieces: Pieces


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file in the sealed list of contents; sizes and hash before and after packing."""

    name: str
    kind: Kind
    bytes: int
    packed: int
    sha256: str


class Contents(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The sealed list of contents, in the order in which the files lie in the parts."""

    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Made:
    """What was made.

    Parameters
    ----------
    written
        Numbers of the parts that were written now; the others lay there already.
    """

    manifest: Manifest
    contents: Contents
    written: tuple[int, ...]


def make(
    directory: Path, sources: Sequence[Source], sender: Identity, taker: Address, *,
    at: datetime, part_bytes: int = PART_BYTES,
) -> Made:  # fmt: skip
    """Make a package in a directory; the manifest comes last.

    Parameters
    ----------
    directory
        Where the files go; parts of the same package that lie there stay.
    sources
        What goes in, at least one.
    sender, taker
        From whom, for whom.
    at
        Now.
    part_bytes
        Size of a part before it is sealed.

    Raises
    ------
    UsageError
        If nothing goes in, or the size of a part is out of bounds.
    UnreadableFileError
        If something changed while it was read.
    """
    if not sources:
        raise UsageError("a package needs at least one file")
    if not LEAST_PART_BYTES <= part_bytes <= MOST_PART_BYTES:
        raise UsageError(f"a part has {LEAST_PART_BYTES} to {MOST_PART_BYTES} bytes")
    contents = Contents(tuple(_described(source) for source in sources))
    if sum(entry.packed for entry in contents.entries) > part_bytes * MOST_PARTS:
        raise UsageError("a package has at most 9999 parts; make the parts larger")
    listed = msgspec.json.encode(contents)
    package = package_id(sender, taker, listed, part_bytes)
    key = package_key(sender, package)
    sealer, wrapped = Sealer(package, key), wrap(sender, taker, package, key)
    manifest = Manifest(
        format=FORMAT, id=package, made_at=at.isoformat(), sender=sender.address.text,
        taker=taker.text, ephemeral=wrapped.ephemeral.hex(), wrapped=wrapped.wrapped.hex(),
        contents=sealer.seal_contents(listed).hex(), parts=(),
    )  # fmt: skip
    parts, written = [], []
    for number, content in enumerate(_cut(_packed_again(sources, contents), part_bytes), 1):
        sealed = sealer.seal_part(number, content)
        parts.append(Part(len(sealed), hashlib.sha256(sealed).hexdigest()))
        if _write(directory / manifest.part_name(number), sealed):
            written.append(number)
    whole = signed(msgspec.structs.replace(manifest, parts=tuple(parts)), sender)
    return Made(_write_manifest(directory, whole), contents, tuple(written))


def _described(source: Source) -> Entry:
    whole, size, packed = hashlib.sha256(), 0, 0

    def read() -> Iterator[bytes]:
        nonlocal size
        for piece in source.pieces():
            size += len(piece)
            yield piece

    for piece in packed_pieces(read()):
        whole.update(piece)
        packed += len(piece)
    return Entry(source.name, source.kind, size, packed, whole.hexdigest())


def packed_pieces(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Return pieces packed as one frame of zstd."""
    packer = zstandard.ZstdCompressor(level=_LEVEL).compressobj()
    for piece in pieces:
        packed = packer.compress(piece)
        if packed:
            yield packed
    yield packer.flush()


def _packed_again(sources: Sequence[Source], contents: Contents) -> Iterator[bytes]:
    for source, entry in zip(sources, contents.entries, strict=True):
        whole = hashlib.sha256()
        for piece in packed_pieces(source.pieces()):
            whole.update(piece)
            yield piece
        if whole.hexdigest() != entry.sha256:
            raise UnreadableFileError(f"{source.name} changed while it was packed; make it again")


def _cut(pieces: Iterable[bytes], size: int) -> Iterator[bytes]:
    rest = bytearray()
    for piece in pieces:
        rest += piece
        while len(rest) >= size:
            yield bytes(rest[:size])
            del rest[:size]
    if rest:
        yield bytes(rest)


def _write(path: Path, content: bytes) -> bool:
    """Write a part unless it lies there as it should be; return whether it was written."""
    if path.exists() and path.read_bytes() == content:
        return False
    _place(path, content)
    return True


def _write_manifest(directory: Path, manifest: Manifest) -> Manifest:
    """Write the manifest unless a good one of the same package lies there; return what lies."""
    path = directory / manifest.file_name
    if path.exists():
        try:
            there = read_manifest(path.read_bytes())
        except UnreadableFileError:
            there = None
        if there is not None and there.parts == manifest.parts and there.id == manifest.id:
            return there
    _place(path, to_bytes(manifest))
    return manifest


def _place(path: Path, content: bytes) -> None:
    """Write a file whole or not at all; a stick knows no links, so the draft is renamed."""
    draft = path.with_name(path.name + ".draft")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
