"""ZIP: what is checked before anything else reads it."""

import io
import struct
import zipfile
import zlib

import pytest

from streams.sheets.archive import open_archive, unpacked
from streams.sheets.limits import SheetLimits
from yujing.errors import UnreadableFileError


def packed(parts: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


def read(content: bytes, **limits: int) -> dict[str, bytes]:
    parts = open_archive(content, SheetLimits(**limits))
    return {name: b"".join(unpacked(content, part)) for name, part in parts.items()}


def refusal(content: bytes, **limits: int) -> str:
    with pytest.raises(UnreadableFileError) as refused:
        read(content, **limits)
    return refused.value.zh


def with_told_size(content: bytes, size: int) -> bytes:
    at = content.rfind(b"PK\x01\x02") + 24
    return content[:at] + struct.pack("<L", size) + content[at + 4 :]


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_parts_are_unpacked_as_they_were(method: int) -> None:
    parts = {"a.xml": b"", "b/c.bin": bytes(range(256)) * 9000, "d": b"x" * 3_000_000}
    assert read(packed(parts, method)) == parts


@pytest.mark.parametrize("cut", [4, 30, 60, -1, -22, -40])
def test_a_cut_archive_is_refused(cut: int) -> None:
    assert "不完整" in refusal(packed({"a": b"some text", "b": b"more"})[:cut])


def test_a_wrong_byte_is_found_by_the_checksum() -> None:
    content = bytearray(packed({"a": b"some text"}, zipfile.ZIP_STORED))
    content[content.index(b"some")] ^= 1
    assert "损坏" in refusal(bytes(content))


def test_a_broken_stream_is_damaged() -> None:
    content = packed({"a": b"some text" * 50})
    at = content.index(b"a", 30) + 1
    assert "损坏" in refusal(content[:at] + b"\xff" * 8 + content[at + 8 :])


def test_a_part_shorter_or_a_little_longer_than_told_is_damaged() -> None:
    content = packed({"a": b"some text"})
    assert "损坏" in refusal(with_told_size(content, 100))
    assert "损坏" in refusal(with_told_size(content, 3))


def test_told_sizes_beyond_the_limit_are_refused_before_unpacking() -> None:
    content = packed({"a": bytes(3000), "b": bytes(3000)})
    assert "拆成几个文件" in refusal(content, unpacked_bytes=5000)
    assert "新的工作簿" in refusal(content, unpacked_bytes=5000, ratio=9, ratio_from_bytes=10)
    assert read(content, unpacked_bytes=6000)


def test_a_told_size_that_lies_stops_the_unpacking() -> None:
    content = with_told_size(packed({"a": bytes(200 * 2**20)}), 1000)
    part = open_archive(content, SheetLimits())["a"]
    pieces = unpacked(content, part)
    with pytest.raises(UnreadableFileError, match="damaged"):
        next(pieces)  # of 200


def test_a_ratio_that_no_sheet_reaches_is_refused() -> None:
    content = packed({"a": bytes(2**20)})
    assert "过大" in refusal(content, ratio=100, ratio_from_bytes=2**16)
    assert read(content, ratio=100)


def test_too_long_shared_texts_are_refused() -> None:
    content = packed({"xl/sharedStrings.xml": bytes(5000)})
    assert "过大" in refusal(content, strings_bytes=4000)


def test_parts_that_share_their_bytes_are_refused() -> None:
    """A bomb of overlapping parts: each tells sizes that are right, all unpack the same bytes."""
    data = zlib.compress(bytes(10**6), 9)[2:-4]
    crc = zlib.crc32(bytes(10**6))
    local = struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, 0, 8, 0, 0, crc, len(data), 10**6, 1, 0)
    entries = b"".join(
        struct.pack(
            "<4s6H3L5H2L",
            b"PK\x01\x02", 20, 20, 0, 8, 0, 0, crc, len(data), 10**6, 1, 0, 0, 0, 0, 0, 0,
        )
        + bytes([65 + number])
        for number in range(20)
    )  # fmt: skip
    body = local + b"A" + data
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 20, 20, len(entries), len(body), 0)
    assert "过大" in refusal(body + entries + end) or "损坏" in refusal(body + entries + end)


def test_the_same_name_twice_is_refused() -> None:
    assert "损坏" in refusal(packed({"xl/a": b"1", "xl\\a": b"2"}))


def test_many_parts_are_refused() -> None:
    assert "过大" in refusal(packed({str(number): b"" for number in range(20)}), parts=10)


def test_other_packing_is_refused_with_how_to_save() -> None:
    assert "另存为" in refusal(packed({"a": b"x"}, zipfile.ZIP_LZMA))


def test_an_encrypted_archive_is_refused() -> None:
    content = bytearray(packed({"a": b"x"}))
    content[content.rfind(b"PK\x01\x02") + 8] |= 1
    assert "密码" in refusal(bytes(content))
