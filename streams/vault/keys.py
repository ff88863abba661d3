"""The vault's key and what is derived from it: keys of people, hashes of texts, sealed fields.

One secret of 32 bytes lies in a file outside the data directory. Every use has its own subkey
(HKDF), so that a hash of one kind says nothing about another. Two data directories with the same
key file give the same person the same key.
"""

import hashlib
import os
import secrets
import unicodedata
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from streams.vault.siphash import siphash
from yujing.errors import SettingsError
from yujing.storage.private import write_private

KEY_BYTES = 32
DIGEST_BYTES = 16  # second digest of an ID number: two people never share it
_NONCE_BYTES = 12  # random; safe far beyond the 2**32 fields that one key may seal
_FORM = b"\x01"  # form of a sealed field, for a change of cipher
_ID_NUMBER_LENGTH = 18  # a disability card is an ID number with two more digits

U64 = npt.NDArray[np.uint64]


def normalise_id(text: str) -> str:
    """Return an ID number as the vault knows it: half-width, no blanks, capital X, 18 characters.

    Examples
    --------
    >>> normalise_id(" 52022119800101123x43")
    '52022119800101123X'
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return "".join(text.split())[:_ID_NUMBER_LENGTH].upper()


class Keys:
    """Everything that needs the vault's secret.

    Parameters
    ----------
    key
        32 random bytes.
    """

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise SettingsError([f"the vault's key must have {KEY_BYTES} bytes, not {len(key)}"])
        self._subject = KeyedDigest(_subkey(key, b"subject"))
        self._second = KeyedDigest(_subkey(key, b"second digest"))
        self._employer = _subkey(key, b"employer", 16)
        self._text = _subkey(key, b"text", 16)
        self._fact = _subkey(key, b"fact", 16)
        self._cipher = AESGCM(_subkey(key, b"seal"))
        self.package_secret = _subkey(key, b"package")
        """What the identity of this installation for packages comes from."""

    def person_keys(self, id_numbers: list[str]) -> U64:
        """Return the key of each ID number: the first 64 bits of its HMAC-SHA256."""
        return self._subject.keys([normalise_id(text).encode() for text in id_numbers])

    def household_keys(self, numbers: list[str]) -> U64:
        """Return the key of each household number."""
        return self._subject.keys([b"household:" + text.strip().encode() for text in numbers])

    def employer_keys(self, names: list[str]) -> U64:
        """Return the keyed hash of each employer's credit code or name; 0 for the empty text."""
        return _zero_where_empty(
            siphash(self._employer, [t.strip().encode() for t in names]), names
        )

    def text_keys(self, texts: list[str]) -> U64:
        """Return the keyed hash of each text; 0 for the empty text."""
        return _zero_where_empty(siphash(self._text, [text.encode() for text in texts]), texts)

    def bytes_keys(self, values: list[bytes]) -> U64:
        """Return the keyed hash of each byte string."""
        return siphash(self._text, values)

    def fact_keys(self, sources: list[str], record_ids: list[str]) -> U64:
        """Return the identity of each fact from its source system and source record id."""
        pairs = [
            f"{source}\0{record}".encode()
            for source, record in zip(sources, record_ids, strict=True)
        ]
        return siphash(self._fact, pairs)

    def person_digests(self, id_numbers: list[str]) -> list[bytes]:
        """Return a second digest of each ID number, independent of its key, 16 bytes each."""
        return self._second.digests([normalise_id(text).encode() for text in id_numbers])

    def household_digests(self, numbers: list[str]) -> list[bytes]:
        """Return a second digest of each household number."""
        return self._second.digests([b"household:" + text.strip().encode() for text in numbers])

    def seal(self, content: bytes, about: bytes = b"") -> bytes:
        """Return the content encrypted and authenticated.

        Parameters
        ----------
        content
            Any bytes.
        about
            Where it will lie (table, column, key); the same is needed to open it, so a field that
            was copied to another place does not open there.
        """
        nonce = os.urandom(_NONCE_BYTES)
        return _FORM + nonce + self._cipher.encrypt(nonce, content, about)

    def open(self, sealed: bytes, about: bytes = b"") -> bytes:
        """Return the content of a sealed field.

        Raises
        ------
        SettingsError
            If it was sealed with another key, for another place, or was altered.
        """
        nonce, body = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
        try:
            return self._cipher.decrypt(nonce, body, about)
        except (InvalidTag, ValueError):
            raise SettingsError(["a sealed field does not open with this key"]) from None


class KeyedDigest:
    """HMAC-SHA256 of many short texts, with the padded key hashed once.

    Parameters
    ----------
    key
        At most 64 bytes.
    """

    def __init__(self, key: bytes) -> None:
        padded = key.ljust(64, b"\0")
        self._inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in padded))
        self._outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in padded))

    def keys(self, values: list[bytes]) -> U64:
        """Return the first 64 bits of each digest as a number, big endian; 0 is never given."""
        digests = b"".join([whole[:8] for whole in self._whole(values)])
        numbers = np.frombuffer(digests, dtype=">u8").astype(np.uint64)
        return np.maximum(numbers, np.uint64(1))  # 0 stands for "nobody" in every array

    def digests(self, values: list[bytes]) -> list[bytes]:
        """Return the first 16 bytes of each digest."""
        return [whole[:DIGEST_BYTES] for whole in self._whole(values)]

    def _whole(self, values: list[bytes]) -> list[bytes]:
        inner_copy, outer_copy = self._inner.copy, self._outer.copy
        out = []
        for value in values:
            inner: Any = inner_copy()
            inner.update(value)
            outer: Any = outer_copy()
            outer.update(inner.digest())
            out.append(outer.digest())
        return out


def load(path: Path) -> Keys:
    """Return the keys of a key file.

    Raises
    ------
    SettingsError
        If the file is missing, others may read it, or it does not hold 64 hex digits.
    """
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="ascii").strip()
        key = bytes.fromhex(text)
    except FileNotFoundError:
        raise SettingsError(
            [f"the key file {path} is missing; restore it from your backup"]
        ) from None
    except (OSError, ValueError):
        raise SettingsError([f"the key file {path} cannot be read as 64 hex digits"]) from None
    if mode & 0o007:
        raise SettingsError([f"others may read the key file {path}: chmod 600 it"])
    return Keys(key)


def load_or_create(path: Path, *, data_dir: Path | None = None) -> Keys:
    """Return the keys of a key file, which is made at the first start with mode 0600.

    Parameters
    ----------
    path
        The key file.
    data_dir
        When given, a file inside it is refused: a copy of the data must not carry its key.

    Raises
    ------
    SettingsError
        As `load`, or if the file lies inside the data directory.
    """
    if data_dir is not None and path.resolve().is_relative_to(data_dir.resolve()):
        raise SettingsError([f"the key file {path} must lie outside the data directory {data_dir}"])
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            _make(path)
    except OSError as error:
        raise SettingsError([f"the key file {path} cannot be made: {error.strerror}"]) from None
    return load(path)


def _make(path: Path) -> None:
    # Another process may be faster: then its key counts.
    with suppress(FileExistsError):
        write_private(path, secrets.token_hex(KEY_BYTES).encode() + b"\n")


def _subkey(key: bytes, purpose: bytes, length: int = KEY_BYTES) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=b"yujing/" + purpose).derive(key)


def _zero_where_empty(keys: U64, texts: list[str]) -> U64:
    empty = np.fromiter((not text.strip() for text in texts), dtype=bool, count=len(texts))
    keys[empty] = 0
    return keys
