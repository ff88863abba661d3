"""Who sends and who takes packages: an identity of two key pairs, and its public address as text.

Both pairs come from the vault's key, so that nothing more has to be kept, and the recovery sheet
brings them back. The address is no secret; whoever types or copies it is told of a slip.
"""

import base64
import hashlib
from dataclasses import dataclass
from functools import cached_property

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from yujing.errors import UsageError

KEY_BYTES = 32
_MARK = "yj1"
_CHECK_BYTES = 6
_WRONG = "this is no address of a package: {}; copy it whole, as `yujing packages address` shows it"


@dataclass(frozen=True)
class Address:
    """The public half of an identity.

    Parameters
    ----------
    signing
        Ed25519 public key, 32 bytes.
    exchange
        X25519 public key, 32 bytes.
    """

    signing: bytes
    exchange: bytes

    @cached_property
    def text(self) -> str:
        """How it is written: letters and digits 2 to 7, with a check at its end."""
        body = self.signing + self.exchange
        return _MARK + base64.b32encode(body + _check(body)).decode().rstrip("=").lower()

    @classmethod
    def read(cls, text: str) -> "Address":
        """Return the address that somebody wrote; blanks, dashes and capitals do not matter.

        Raises
        ------
        UsageError
            If it is none, or a slip was made.
        """
        typed = "".join(text.replace("-", " ").split()).lower()
        if not typed.startswith(_MARK):
            raise UsageError(_WRONG.format(f"it does not begin with {_MARK}"))
        letters = typed.removeprefix(_MARK).upper()
        try:
            raw = base64.b32decode(letters + "=" * (-len(letters) % 8))
        except ValueError:
            raise UsageError(_WRONG.format("a letter is wrong or missing")) from None
        body, check = raw[:-_CHECK_BYTES], raw[-_CHECK_BYTES:]
        if len(body) != 2 * KEY_BYTES or check != _check(body):
            raise UsageError(_WRONG.format("a letter is wrong or missing"))
        return cls(body[:KEY_BYTES], body[KEY_BYTES:])

    def verifies(self, signature: bytes, content: bytes) -> bool:
        """Return whether a signature was made by this identity over this content."""
        try:
            Ed25519PublicKey.from_public_bytes(self.signing).verify(signature, content)
        except InvalidSignature:
            return False
        return True


class Identity:
    """A sender or taker with the private halves.

    Parameters
    ----------
    secret
        32 bytes that nobody else knows.
    """

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        self._signing = Ed25519PrivateKey.from_private_bytes(self.derive(b"signing"))
        self._exchange = X25519PrivateKey.from_private_bytes(self.derive(b"exchange"))
        self.address = Address(
            self._signing.public_key().public_bytes_raw(),
            self._exchange.public_key().public_bytes_raw(),
        )

    def derive(self, purpose: bytes) -> bytes:
        """Return 32 bytes for one purpose, the same every time."""
        return derived(self._secret, b"", purpose)

    def sign(self, content: bytes) -> bytes:
        """Return the signature of a content."""
        return self._signing.sign(content)

    def shared(self, public: bytes) -> bytes:
        """Return what this identity shares with the owner of an X25519 public key."""
        return self._exchange.exchange(X25519PublicKey.from_public_bytes(public))


def derived(secret: bytes, salt: bytes, purpose: bytes) -> bytes:
    """Return 32 bytes that follow from a secret for one purpose (HKDF with SHA-256)."""
    info = b"yujing/package/" + purpose
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=salt or None, info=info).derive(secret)


def _check(body: bytes) -> bytes:
    return hashlib.sha256(b"yujing package address" + body).digest()[:_CHECK_BYTES]
