"""An XLSX is a ZIP: what is in it, checked before anything reads it.

Sizes that the directory tells may lie, so every part is also unpacked here, in pieces, up to the
limits, and its checksum compared. The same pass finds how far each sheet reaches (`extent`).
"""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from streams.sheets.limits import SheetLimits
from yujing.errors import UnreadableFileError

_PIECE = 2**20
_LOCAL_HEADER = struct.Struct("<4s5H3L2H")
_ENCRYPTED = 0x1
SAVE_AS = "请用 Excel 或 WPS 打开，选择“另存为”，类型选“Excel 工作簿 (*.xlsx)”，再发送新文件。"


@dataclass(frozen=True, slots=True)
class Part:
    """One file inside an archive.

    Parameters
    ----------
    name
        Inside the archive.
    start, packed, unpacked
        Where its packed bytes begin, and its sizes as the directory tells them.
    stored
        Whether it is not compressed.
    checksum
        CRC-32 of the unpacked bytes.
    """

    name: str
    start: int
    packed: int
    unpacked: int
    stored: bool
    checksum: int


def open_archive(content: bytes, limits: SheetLimits) -> dict[str, Part]:
    """Return the parts of an archive by their names.

    Parameters
    ----------
    content
        The whole file.
    limits
        How much may be unpacked.

    Raises
    ------
    UnreadableFileError
        If it is cut off, damaged, encrypted or would unpack to too much.
    """
    if content.count(b"PK\x01\x02") > limits.parts:
        raise _bomb("it holds very many parts")  # before an object is made of each
    try:
        infos = zipfile.ZipFile(io.BytesIO(content)).infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error):
        raise damaged() from None
    parts: dict[str, Part] = {}
    for info in infos:
        if info.flag_bits & _ENCRYPTED:
            raise password()
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise UnreadableFileError(
                "it is packed in a way that Excel does not use",
                f"文件的压缩方式不是 Excel 的；{SAVE_AS}",
            )
        name = info.filename.replace("\\", "/").removeprefix("/")
        if name in parts:
            raise damaged()
        parts[name] = Part(
            name,
            _start(content, info),
            info.compress_size,
            info.file_size,
            info.compress_type == zipfile.ZIP_STORED,
            info.CRC,
        )
    _check_told_sizes(parts, len(content), limits)
    return parts


def _start(content: bytes, info: zipfile.ZipInfo) -> int:
    at = info.header_offset
    if at < 0 or at + _LOCAL_HEADER.size > len(content):
        raise damaged()
    fields = _LOCAL_HEADER.unpack_from(content, at)
    start = at + _LOCAL_HEADER.size + int(fields[9]) + int(fields[10])
    if fields[0] != b"PK\x03\x04" or start + info.compress_size > len(content):
        raise damaged()
    return start


def _check_told_sizes(parts: dict[str, Part], n_bytes: int, limits: SheetLimits) -> None:
    if sum(part.packed for part in parts.values()) > n_bytes:
        raise _bomb("its parts overlap")
    told = sum(part.unpacked for part in parts.values())
    _check_size(told, n_bytes, limits)
    for part in parts.values():
        if part.name.lower().endswith("sharedstrings.xml") and part.unpacked > limits.strings_bytes:
            raise _bomb(f"its texts unpack to {part.unpacked:,} bytes")


def _check_size(unpacked: int, n_bytes: int, limits: SheetLimits) -> None:
    if unpacked > limits.ratio_from_bytes and unpacked > limits.ratio * n_bytes:
        raise _bomb(f"it unpacks to {unpacked:,} bytes")
    if unpacked > limits.unpacked_bytes:
        raise UnreadableFileError(
            f"it unpacks to {unpacked:,} bytes, more than {limits.unpacked_bytes:,}",
            f"表格内容过大（解压后 {unpacked // 2**20} MB，最多"
            f" {limits.unpacked_bytes // 2**20} MB）；"
            "请按乡镇或月份拆成几个文件再发。",
        )


def unpacked(content: bytes, part: Part) -> Iterator[bytes]:
    """Unpack a part in pieces of at most a megabyte.

    Parameters
    ----------
    content
        The whole file.
    part
        One of `open_archive`.

    Yields
    ------
    Pieces.

    Raises
    ------
    UnreadableFileError
        If it is damaged, or longer than the directory tells: it is not unpacked beyond that.
    """
    packed = memoryview(content)[part.start : part.start + part.packed]
    size = checksum = 0
    for piece in _stored(packed) if part.stored else _inflated(packed):
        size += len(piece)
        if size > part.unpacked:
            raise damaged()  # one wrong byte may do that, and a lie of the directory too
        checksum = zlib.crc32(piece, checksum)
        yield piece
    if size != part.unpacked or checksum != part.checksum:
        raise damaged()


def _stored(packed: memoryview) -> Iterator[bytes]:
    for at in range(0, len(packed), _PIECE):
        yield bytes(packed[at : at + _PIECE])


def _inflated(packed: memoryview) -> Iterator[bytes]:
    inflater = zlib.decompressobj(wbits=-15)
    try:
        for at in range(0, len(packed), _PIECE):
            rest: bytes | memoryview = packed[at : at + _PIECE]
            while rest:
                if piece := inflater.decompress(rest, _PIECE):
                    yield piece
                rest = inflater.unconsumed_tail
            if inflater.eof:
                break
        while not inflater.eof and (piece := inflater.decompress(b"", _PIECE)):
            yield piece
    except zlib.error:
        raise damaged() from None
    if not inflater.eof:
        raise damaged()


def damaged() -> UnreadableFileError:
    """Return the refusal of a file that is cut off or damaged."""
    return UnreadableFileError(
        "it is cut off or damaged",
        "文件不完整或已损坏（可能没有传完）；请先确认能用 Excel 或 WPS 打开，再重新发送。",
    )


def password() -> UnreadableFileError:
    """Return the refusal of a file that is locked with a password."""
    return UnreadableFileError(
        "it is locked with a password",
        "文件设有打开密码，无法读取；请在 Excel 或 WPS 中取消密码（文件 → 信息 → 保护工作簿），"
        "保存后再发送。",
    )


def _bomb(what: str) -> UnreadableFileError:
    return UnreadableFileError(
        f"{what}, far more than its size allows; not read on",
        "文件解压后过大，与正常表格不符，未读取；请把数据复制到新的工作簿中，保存为 xlsx 再发送。",
    )
