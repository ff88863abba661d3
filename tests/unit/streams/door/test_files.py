import gzip
import os
import zlib
from pathlib import Path

import pytest
import zstandard

from streams.door.decoding import MOST_LINE_BYTES
from streams.door.files import Limits, read_lines
from yujing.errors import UnreadableFileError

LINES = [b'{"n":%d}' % n for n in range(1000)]
TEXT = b"\n".join(LINES) + b"\n"


def all_lines(path: Path, **limits: int) -> list[bytes]:
    return [line for _, lines in read_lines(path, limits=Limits(**limits)) for line in lines]


def until_fault(path: Path, **limits: int) -> tuple[list[bytes], str]:
    got: list[bytes] = []
    try:
        for _, lines in read_lines(path, limits=Limits(**limits)):
            got += lines
    except UnreadableFileError as fault:
        return got, str(fault)
    raise AssertionError("the file was read to its end")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "events.ndjson"


@pytest.mark.parametrize(
    "packed",
    [
        TEXT,
        TEXT.rstrip(b"\n"),
        b"\xef\xbb\xbf" + TEXT,
        TEXT.replace(b"\n", b"\n\n  \n"),
        gzip.compress(TEXT),
        gzip.compress(TEXT[:500]) + gzip.compress(TEXT[500:]) + b"\0\0\0",
        zstandard.compress(TEXT),
        zstandard.compress(TEXT[:500]) + zstandard.compress(TEXT[500:]),
    ],
    ids=["plain", "no last newline", "bom", "blank lines", "gzip", "members", "zstd", "frames"],
)
def test_every_form_gives_the_same_lines(path: Path, packed: bytes) -> None:
    path.write_bytes(packed)

    assert all_lines(path) == LINES


def test_batches_say_how_many_rows_came_before(path: Path) -> None:
    path.write_bytes(TEXT)

    by_rows = [(first, len(got)) for first, got in read_lines(path, limits=Limits(batch_rows=300))]
    by_bytes = list(read_lines(path, limits=Limits(batch_bytes=5)))

    assert by_rows == [(0, 300), (300, 300), (600, 300), (900, 100)]
    assert sum(len(got) for _, got in by_bytes) == 1000


@pytest.mark.parametrize("compress", [gzip.compress, zstandard.compress])
def test_of_a_file_that_is_cut_off_the_whole_lines_are_given_and_the_cut_is_said(
    path: Path, compress
) -> None:
    text = b"".join(
        b'{"n":%d,"x":"%s"}\n' % (n, os.urandom(40).hex().encode()) for n in range(9000)
    )
    packed = compress(text)
    path.write_bytes(packed[: len(packed) * 2 // 3])

    got, why = until_fault(path)

    assert 0 < len(got) < 9000
    assert got == text.split(b"\n")[: len(got)]
    assert "cut off" in why


def test_a_cut_before_the_first_row_gives_no_row(path: Path) -> None:
    path.write_bytes(gzip.compress(TEXT)[:8])

    assert until_fault(path) == ([], "it is cut off: the whole rows before the cut were read")


@pytest.mark.parametrize("compress", [gzip.compress, zstandard.compress])
def test_a_bomb_is_not_unpacked(path: Path, compress) -> None:
    path.write_bytes(compress((b" " * 99 + b"\n") * 2_000_000))  # 200 MB

    by_ratio = until_fault(path)
    by_size = until_fault(path, ratio=10**9, unpacked_bytes=10**6)

    assert by_ratio[1] == by_size[1] == "it unpacks to far more than its size allows; not read on"


@pytest.mark.parametrize("start", [b"\x1f\x8b", b"\x28\xb5\x2f\xfd"])
def test_broken_compressed_data_is_said(path: Path, start: bytes) -> None:
    path.write_bytes(start + os.urandom(5000))

    assert "broken" in until_fault(path)[1]


def test_a_broken_middle_keeps_what_was_before(path: Path) -> None:
    path.write_bytes(gzip.compress(TEXT) + b"no gzip")

    got, why = until_fault(path)

    assert got == LINES
    assert "broken" in why


def test_a_long_line_is_cut_and_does_not_hide_the_next(path: Path) -> None:
    path.write_bytes(b'{"a":1}\n' + b"x" * 10_000_000 + b'\n{"b":2}\n' + b"y" * 3_000_000)

    first, long, second, last = all_lines(path)

    assert (first, second) == (b'{"a":1}', b'{"b":2}')
    assert MOST_LINE_BYTES < len(long) < 2 * MOST_LINE_BYTES
    assert MOST_LINE_BYTES < len(last) < 2 * MOST_LINE_BYTES


@pytest.mark.parametrize("text", [b"", b"\n\n  \n"])
def test_a_file_without_rows_is_said(path: Path, text: bytes) -> None:
    path.write_bytes(text)

    assert until_fault(path) == ([], "it holds no rows")


def test_what_is_no_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "sheet.xlsx").write_bytes(b"PK\x03\x04...")
    (tmp_path / "plain.gz").write_bytes(TEXT)

    assert until_fault(tmp_path)[1] == "it is a directory"
    assert until_fault(tmp_path / "absent")[1] == "there is no such file"
    assert "Excel" in until_fault(tmp_path / "sheet.xlsx")[1]
    assert "not compressed" in until_fault(tmp_path / "plain.gz")[1]


def test_a_pipe_is_refused_without_waiting_for_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")

    assert until_fault(tmp_path / "pipe")[1] == "it is no regular file"


@pytest.mark.parametrize("change", ["grow", "touch", "replace", "remove"])
def test_a_file_that_changes_while_it_is_read_is_said(path: Path, change: str) -> None:
    path.write_bytes(TEXT)
    reading = read_lines(path, limits=Limits(batch_rows=10))
    next(reading)
    if change == "grow":
        with path.open("ab") as file:
            file.write(b'{"late":1}\n')
    elif change == "touch":
        os.utime(path, ns=(1, 1))
    elif change == "replace":
        path.rename(path.with_suffix(".old"))
        path.write_bytes(TEXT)
    else:
        path.unlink()

    with pytest.raises(UnreadableFileError, match="changed"):
        list(reading)


def test_output_that_ends_exactly_with_a_piece_is_complete(path: Path) -> None:
    text = (b"a" * 1023 + b"\n") * 1024
    path.write_bytes(zlib.compress(text, wbits=31))

    assert len(all_lines(path)) == 1024
