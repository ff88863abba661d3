"""The key of a package and what it seals: the list of contents and every part by itself.

The key follows from the sender's secret and the package's id, and the id from the contents: no key
ever seals two different contents, so a nonce may be the number of the part.
"""

import hashlib
import hmac
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from streams.packages.address import Address, Identity, derived
from yujing.errors import UnreadableFileError

TAG_BYTES = 16
_ID_BYTES = 16
_CONTENTS = 0  # parts are counted from 1


@dataclass(frozen=True)
class Wrapped:
    """The key of a package as its taker gets it."""

    ephemeral: bytes
    wrapped: bytes


class Sealer:
    """Seals and opens what belongs to one package.

    Parameters
    ----------
    package
        Id of the package.
    key
        Its key, 32 bytes.
    """

    def __init__(self, package: str, key: bytes) -> None:
        self._about, self._cipher = package.encode(), AESGCM(key)

    def seal_part(self, number: int, content: bytes) -> bytes:
        """Return a part, counted from 1, sealed."""
        return self._cipher.encrypt(_nonce(number), content, self._about)

    def open_part(self, number: int, sealed: bytes) -> bytes:
        """Return the content of a part.

        Raises
        ------
        UnreadableFileError
            If it was altered, or belongs elsewhere.
        """
        try:
            return self._cipher.decrypt(_nonce(number), sealed, self._about)
        except InvalidTag:
            raise UnreadableFileError("the package does not open with its key") from None

    def seal_contents(self, content: bytes) -> bytes:
        """Return the list of contents sealed."""
        return self.seal_part(_CONTENTS, content)

    def open_contents(self, sealed: bytes) -> bytes:
        """Return the list of contents."""
        return self.open_part(_CONTENTS, sealed)


def package_id(sender: Identity, taker: Address, contents: bytes, part_bytes: int) -> str:
    """Return the id of a package: it says nothing about the contents to whoever lacks the secret.

    Parameters
    ----------
    contents
        The list of contents, with the hash of each.
    part_bytes
        Size of a part.
    """
    whole = part_bytes.to_bytes(8, "big") + taker.signing + taker.exchange + contents
    digest = hmac.new(sender.derive(b"id"), whole, hashlib.sha256).digest()
    return digest[:_ID_BYTES].hex()


def package_key(sender: Identity, package: str) -> bytes:
    """Return the key of a package, as its sender knows it."""
    return derived(sender.derive(b"key"), bytes.fromhex(package), b"content")


def wrap(sender: Identity, taker: Address, package: str, key: bytes) -> Wrapped:
    """Return the key so that only the taker can unwrap it."""
    own = derived(sender.derive(b"ephemeral"), bytes.fromhex(package), b"pair")
    private = X25519PrivateKey.from_private_bytes(own)
    public = private.public_key().public_bytes_raw()
    shared = private.exchange(X25519PublicKey.from_public_bytes(taker.exchange))
    cipher = AESGCM(_wrapping_key(shared, public, taker, package))
    return Wrapped(public, cipher.encrypt(_nonce(0), key, package.encode()))


def unwrap(taker: Identity, package: str, wrapped: Wrapped) -> bytes:
    """Return the key of a package, as its taker gets it.

    Raises
    ------
    UnreadableFileError
        If it was wrapped for somebody else.
    """
    try:
        shared = taker.shared(wrapped.ephemeral)
        cipher = AESGCM(_wrapping_key(shared, wrapped.ephemeral, taker.address, package))
        return cipher.decrypt(_nonce(0), wrapped.wrapped, package.encode())
    except (InvalidTag, ValueError):
        raise UnreadableFileError("the package was not made for this installation") from None


def _wrapping_key(shared: bytes, public: bytes, taker: Address, package: str) -> bytes:
    return derived(shared + public + taker.exchange, bytes.fromhex(package), b"wrap")


def _nonce(number: int) -> bytes:
    return number.to_bytes(12, "big")
