"""What a backup says of itself: every file with its SHA-256, the point, the digest, the key's seal.

The seal is made with the vault's key over everything else in the manifest. It tells a key that does
not fit from a manifest that was altered, and says nothing about the key.
"""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import msgspec

from streams.vault.keys import Keys
from yujing.errors import SettingsError, UnreadableFileError
from yujing.storage.private import write_private

MANIFEST = "manifest.json"
FORMAT = 1
_FITS = b"the key of this backup"
_WHOLE = b"the manifest of this backup"
_CHUNK = 2**20


class BackupFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file of a backup."""

    bytes: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The page that makes a directory a backup; written last.

    Parameters
    ----------
    format
        Form of the backup.
    yujing
        Version of the program that made it.
    made_at
        Moment of the point, ISO.
    shape
        `embedded` or `distributed`.
    point
        Highest position of the log that is in it, by lane.
    digest
        `yujing digest` at the point.
    schema
        How far the migrations of each room had run, by store.
    rows
        Rows of each table.
    numbered
        Highest number that a table ever gave to a row.
    files
        By path inside the backup.
    key
        Opens with the vault's key only.
    seal
        Of all the above, made with the vault's key; empty while the rest is put together.
    """

    format: int
    yujing: str
    made_at: str
    shape: str
    point: dict[str, int]
    digest: dict[str, str | None]
    schema: dict[str, dict[str, str]]
    rows: dict[str, int]
    numbered: dict[str, int]
    files: dict[str, BackupFile]
    key: str
    seal: str = ""


def write_manifest(directory: Path, manifest: Manifest, keys: Keys) -> Manifest:
    """Seal a manifest, write it, and return it."""
    named = msgspec.structs.replace(manifest, key=keys.seal(_FITS, _FITS).hex(), seal="")
    whole = msgspec.structs.replace(named, seal=keys.seal(_hash(named), _WHOLE).hex())
    page = msgspec.json.format(msgspec.json.encode(whole), indent=1) + b"\n"
    write_private(directory / MANIFEST, page)
    return whole


def read_manifest(directory: Path) -> Manifest:
    """Return the manifest of a backup.

    Raises
    ------
    UnreadableFileError
        If there is none, or it does not read, or a later release made it.
    """
    path = directory / MANIFEST
    try:
        manifest = msgspec.json.decode(path.read_bytes(), type=Manifest)
    except (FileNotFoundError, NotADirectoryError):
        raise UnreadableFileError(
            f"{directory} is no whole backup: {MANIFEST} is missing"
        ) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise UnreadableFileError(f"{path} does not read: {error}") from None
    if manifest.format != FORMAT:
        raise UnreadableFileError(
            f"{path} has format {manifest.format}; this release reads format {FORMAT}"
        )
    return manifest


def check_key(manifest: Manifest, keys: Keys, key_path: Path) -> None:
    """Refuse a key that does not fit, and a manifest that was altered.

    Raises
    ------
    SettingsError
        If the backup was made with another key.
    UnreadableFileError
        If the manifest is not as it was written.
    """
    try:
        keys.open(bytes.fromhex(manifest.key), _FITS)
    except (SettingsError, ValueError):
        raise SettingsError(
            [f"the key {key_path} does not fit: this backup was made with another one"]
        ) from None
    try:
        known = keys.open(bytes.fromhex(manifest.seal), _WHOLE)
    except (SettingsError, ValueError):
        known = b""
    if known != _hash(msgspec.structs.replace(manifest, seal="")):
        raise UnreadableFileError(f"{MANIFEST} was altered after the backup was made")


def check_files(directory: Path, manifest: Manifest) -> Iterator[str]:
    """Compare every file with the manifest; yields the path of each that is as it was.

    Raises
    ------
    UnreadableFileError
        Naming the first file that is missing, altered or not named in the manifest.
    """
    there = {
        str(path.relative_to(directory)) for path in directory.rglob("*") if not path.is_dir()
    } - {MANIFEST}
    for name in sorted(there ^ set(manifest.files)):
        what = "is missing" if name in manifest.files else "does not belong to this backup"
        raise UnreadableFileError(f"{directory / name} {what}; nothing was restored")
    for name, entry in manifest.files.items():
        if describe(directory / name) != entry:
            raise UnreadableFileError(
                f"{directory / name} is not as it was written (SHA-256); nothing was restored"
            )
        yield name


def describe(path: Path) -> BackupFile:
    """Return size and SHA-256 of a file."""
    whole, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while piece := file.read(_CHUNK):
            whole.update(piece)
            size += len(piece)
    return BackupFile(size, whole.hexdigest())


def keep_on_disk(directory: Path) -> None:
    """Make sure that every file and name below a directory survives a power cut."""
    for path in [*directory.rglob("*"), directory]:
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _hash(manifest: Manifest) -> bytes:
    return hashlib.sha256(msgspec.json.encode(manifest, order="sorted")).digest()
