"""A package is taken: its parts checked one by one, then opened in order, piece by piece."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec
import zstandard

from streams.packages.address import Identity
from streams.packages.making import Contents, Entry
from streams.packages.manifest import Manifest
from streams.packages.sealing import Sealer, Wrapped, unwrap
from yujing.errors import UnreadableFileError

_WINDOW = 2**27
_PIECE = 2**12  # of packed bytes fed at a time, so that a piece never unpacks to much


@dataclass(frozen=True)
class Looked:
    """What lies of a package.

    Parameters
    ----------
    good, missing, damaged
        Numbers of parts, rising; together all of them.
    """

    good: tuple[int, ...]
    missing: tuple[int, ...]
    damaged: tuple[int, ...]

    @property
    def whole(self) -> bool:
        """Whether every part is there as it was made."""
        return not self.missing and not self.damaged


ReadPart = Callable[[int], bytes]


def look(manifest: Manifest, *directories: Path) -> Looked:
    """Return which parts lie in some directories as they were made.

    A part that is good in one of them is good.
    """
    good: list[int] = []
    missing: list[int] = []
    damaged: list[int] = []
    for number in range(1, len(manifest.parts) + 1):
        found = [directory / manifest.part_name(number) for directory in directories]
        there = [path for path in found if path.is_file()]
        if any(read_part(manifest, number, path) is not None for path in there):
            good.append(number)
        else:
            (damaged if there else missing).append(number)
    return Looked(tuple(good), tuple(missing), tuple(damaged))


def read_part(manifest: Manifest, number: int, path: Path) -> bytes | None:
    """Return a part as it lies in a file, None if it is missing or not as it was made."""
    part = manifest.parts[number - 1]
    try:
        if path.stat().st_size != part.bytes:
            return None
        content = path.read_bytes()
    except OSError:  # a stick that is failing
        return None
    return content if hashlib.sha256(content).hexdigest() == part.sha256 else None


class Package:
    """A package that its taker opens.

    Parameters
    ----------
    manifest
        With a good signature of a sender who is trusted.
    taker
        This installation.

    Raises
    ------
    UnreadableFileError
        If it was made for another installation.
    """

    def __init__(self, manifest: Manifest, taker: Identity) -> None:
        if manifest.taker != taker.address.text:
            raise UnreadableFileError("the package was not made for this installation")
        try:
            wrapped = Wrapped(bytes.fromhex(manifest.ephemeral), bytes.fromhex(manifest.wrapped))
            sealed = bytes.fromhex(manifest.contents)
        except ValueError:
            raise UnreadableFileError("the manifest is none of this program's") from None
        self.manifest = manifest
        self._sealer = Sealer(manifest.id, unwrap(taker, manifest.id, wrapped))
        listed = self._sealer.open_contents(sealed)
        try:
            self.contents = msgspec.json.decode(listed, type=Contents)
        except msgspec.DecodeError:
            raise UnreadableFileError("the list of contents is none of this program's") from None

    def entries(self, read: ReadPart) -> Iterator[tuple[Entry, Iterator[bytes]]]:
        """Give out every file with its pieces, which must be read before the next is asked for.

        Parameters
        ----------
        read
            Gives a part as it lies, by its number.

        Raises
        ------
        UnreadableFileError
            If what is inside is not as the list says.
        """
        stream = _Stream(self._plain(read))
        for entry in self.contents.entries:
            yield entry, _unpacked(entry, stream)

    def _plain(self, read: ReadPart) -> Iterator[bytes]:
        for number in range(1, len(self.manifest.parts) + 1):
            yield self._sealer.open_part(number, read(number))


class _Stream:
    """Bytes that come in pieces, taken in any sizes."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self._rest = pieces, memoryview(b"")

    def take(self, most: int) -> bytes:
        """Return the next bytes, at least one unless nothing is left."""
        while not len(self._rest):
            piece = next(self._pieces, None)
            if piece is None:
                return b""
            self._rest = memoryview(piece)
        taken, self._rest = self._rest[:most], self._rest[most:]
        return bytes(taken)


def _unpacked(entry: Entry, stream: _Stream) -> Iterator[bytes]:
    frame = zstandard.ZstdDecompressor(max_window_size=_WINDOW).decompressobj()
    left, size, whole = entry.packed, 0, hashlib.sha256()
    while left:
        packed = stream.take(min(left, _PIECE))
        if not packed:
            break
        left -= len(packed)
        whole.update(packed)
        try:
            piece = frame.decompress(packed)
        except zstandard.ZstdError:
            raise UnreadableFileError(f"{entry.name} inside the package is broken") from None
        size += len(piece)
        if size > entry.bytes:
            break
        if piece:
            yield piece
    if left or size != entry.bytes or whole.hexdigest() != entry.sha256:
        raise UnreadableFileError(f"{entry.name} is not as the list of the package says")
