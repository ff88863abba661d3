"""The manifest of a package: which parts there are, for whom, from whom; signed by the sender.

It names no file and no department: the list of contents is sealed with the key of the package.
"""

import hashlib

import msgspec

from streams.packages.address import Address, Identity
from yujing.errors import UnreadableFileError, UsageError

FORMAT = 1
SUFFIX = ".manifest"
MOST_PARTS = 9999
_MOST_BYTES = 2**22


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One part as it lies on the stick."""

    bytes: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The page that makes files a package.

    Parameters
    ----------
    format
        Form of the package.
    id
        Follows from sender, taker and contents: the same made again is the same package.
    made_at
        When, ISO.
    sender, taker
        Addresses.
    ephemeral, wrapped
        Public key for this package alone, and the package's key that only the taker unwraps; hex.
    contents
        The list of files, sealed with the package's key; hex.
    parts
        In their order.
    signature
        Of all the above by the sender; hex.
    """

    format: int
    id: str
    made_at: str
    sender: str
    taker: str
    ephemeral: str
    wrapped: str
    contents: str
    parts: tuple[Part, ...]
    signature: str = ""

    @property
    def stem(self) -> str:
        """How the files of the package begin."""
        return f"yujing-{self.id[:12]}"

    @property
    def file_name(self) -> str:
        """Name of the manifest's file."""
        return self.stem + SUFFIX

    def part_name(self, number: int) -> str:
        """Return the name of the file of a part, counted from 1."""
        return f"{self.stem}.{number:04}.part"


def signed(manifest: Manifest, identity: Identity) -> Manifest:
    """Return the manifest with the signature of its sender."""
    signature = identity.sign(_signed_content(manifest)).hex()
    return msgspec.structs.replace(manifest, signature=signature)


def to_bytes(manifest: Manifest) -> bytes:
    """Return a manifest as the file it is."""
    return msgspec.json.format(msgspec.json.encode(manifest), indent=1) + b"\n"


def read_manifest(content: bytes) -> Manifest:
    """Return the manifest in a file, its signature checked.

    Raises
    ------
    UnreadableFileError
        If it is damaged, was altered, or a later release made it.
    """
    if len(content) > _MOST_BYTES:
        raise UnreadableFileError("the manifest is damaged: it is too large")
    try:
        manifest = msgspec.json.decode(content, type=Manifest)
        sender, signature = Address.read(manifest.sender), bytes.fromhex(manifest.signature)
    except (msgspec.DecodeError, UnicodeDecodeError, ValueError, UsageError):
        raise UnreadableFileError("the manifest is damaged; copy this one file again") from None
    if manifest.format != FORMAT:
        raise UnreadableFileError(
            f"the package has format {manifest.format}; this release reads format {FORMAT}"
        )
    if not sender.verifies(signature, _signed_content(manifest)):
        raise UnreadableFileError("the manifest was altered after it was signed, or is damaged")
    if not _is_name(manifest.id) or not 0 < len(manifest.parts) <= MOST_PARTS:
        raise UnreadableFileError("the manifest is none of this program's")
    return manifest


def _is_name(text: str) -> bool:
    return len(text) == 32 and all(letter in "0123456789abcdef" for letter in text)


def _signed_content(manifest: Manifest) -> bytes:
    whole = msgspec.json.encode(msgspec.structs.replace(manifest, signature=""), order="sorted")
    return b"yujing package manifest" + hashlib.sha256(whole).digest()
