"""Packages: what goes in comes out, whatever is lost on the way is named, and nobody else reads."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.packages.address import Address, Identity
from streams.packages.making import LEAST_PART_BYTES, Made, Source, make
from streams.packages.manifest import Manifest, read_manifest, signed, to_bytes
from streams.packages.opening import Package, look, read_part
from yujing.errors import UnreadableFileError, UsageError

OFFICE, COUNTY, OTHER = Identity(b"a" * 32), Identity(b"b" * 32), Identity(b"c" * 32)
AT = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
SECRET = b"52052619850501123X"


def noise(n: int, seed: int = 1) -> bytes:
    return random.Random(seed).randbytes(n)


def made(
    directory: Path, files: Sequence[bytes], cuts: Sequence[int] = (97,), part_bytes: int = 1024
) -> Made:
    sources = [
        Source(f"f{place}.ndjson", "events", partial(pieces, content, cuts))
        for place, content in enumerate(files)
    ]
    return make(directory, sources, OFFICE, COUNTY.address, at=AT, part_bytes=part_bytes)


def pieces(content: bytes, cuts: Sequence[int]) -> list[bytes]:
    found, start, place = [], 0, 0
    while start < len(content):
        size = cuts[place % len(cuts)]
        found.append(content[start : start + size])
        start, place = start + size, place + 1
    return found


def opened(manifest: Manifest, directory: Path, taker: Identity = COUNTY) -> dict[str, bytes]:
    def read(number: int) -> bytes:
        content = read_part(manifest, number, directory / manifest.part_name(number))
        assert content is not None
        return content

    return {entry.name: b"".join(got) for entry, got in Package(manifest, taker).entries(read)}


CONTENTS = st.lists(
    st.one_of(st.binary(max_size=300), st.integers(0, 9000).map(noise)), min_size=1, max_size=4
)


@settings(max_examples=40, deadline=None)
@given(
    files=CONTENTS, cuts=st.lists(st.integers(1, 700), min_size=1, max_size=4),
    part_bytes=st.integers(LEAST_PART_BYTES, 6000), chance=st.randoms(use_true_random=False),
)  # fmt: skip
def test_whatever_is_lost_or_damaged_is_named_made_again_alone_and_then_all_is_there(
    files: list[bytes], cuts: list[int], part_bytes: int, chance: random.Random
) -> None:
    with TemporaryDirectory() as folder:
        directory = Path(folder)
        first = made(directory, files, cuts, part_bytes)
        manifest = first.manifest
        numbers = list(range(1, len(manifest.parts) + 1))
        assert first.written == tuple(numbers)
        lost = {number for number in numbers if chance.random() < 0.3}
        bad = {number for number in numbers if chance.random() < 0.3} - lost
        for number in sorted(lost | bad, key=lambda _: chance.random()):
            path = directory / manifest.part_name(number)
            content = bytearray(path.read_bytes())
            path.unlink()
            if number in bad:
                place = chance.randrange(len(content))
                content[place] ^= 1 << chance.randrange(8)
                path.write_bytes(content[: chance.choice([len(content), place])])

        looked = look(manifest, directory)
        assert (set(looked.missing), set(looked.damaged)) == (lost, bad)
        again = made(directory, files, cuts[::-1], part_bytes)  # other pieces, the same contents

        assert again.manifest == manifest
        assert set(again.written) == lost | bad
        assert look(manifest, directory).whole
        assert opened(manifest, directory) == {f"f{n}.ndjson": f for n, f in enumerate(files)}


def test_parts_may_come_on_several_sticks_in_any_order(tmp_path: Path) -> None:
    whole = tmp_path / "whole"
    whole.mkdir()
    manifest = made(whole, [noise(5000)]).manifest
    sticks = [tmp_path / "one", tmp_path / "two"]
    for place, stick in enumerate(sticks):
        stick.mkdir()
        for number in range(1, len(manifest.parts) + 1):
            name = manifest.part_name(number)
            content = (whole / name).read_bytes()
            (stick / name).write_bytes(content if number % 2 == place else b"broken")

    assert look(manifest, sticks[0]).damaged
    assert look(manifest, *sticks).whole


def test_a_stick_says_nothing_to_whom_it_is_not_for(tmp_path: Path) -> None:
    manifest = made(tmp_path, [SECRET * 50, noise(3000)]).manifest

    everything = b"".join(path.read_bytes() for path in sorted(tmp_path.iterdir()))
    assert SECRET not in everything
    assert b"ndjson" not in everything
    with pytest.raises(UnreadableFileError, match="not made for this installation"):
        Package(manifest, OTHER)
    readdressed = signed(msgspec.structs.replace(manifest, taker=OTHER.address.text), OFFICE)
    with pytest.raises(UnreadableFileError, match="not made for this installation"):
        Package(readdressed, OTHER)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_an_altered_manifest_is_refused(data: st.DataObject) -> None:
    with TemporaryDirectory() as folder:
        good = to_bytes(made(Path(folder), [b"x"]).manifest)
    place = data.draw(st.integers(0, len(good) - 1))
    altered = bytearray(good)
    altered[place] ^= 1 << data.draw(st.integers(0, 7))

    try:
        assert read_manifest(bytes(altered)) == read_manifest(good)  # only white space differs
    except UnreadableFileError:
        return


def test_a_manifest_signed_by_another_does_not_pass_for_the_senders(tmp_path: Path) -> None:
    manifest = made(tmp_path, [b"x"]).manifest
    forged = msgspec.structs.replace(signed(manifest, OTHER), sender=manifest.sender)

    with pytest.raises(UnreadableFileError, match="altered after it was signed"):
        read_manifest(to_bytes(forged))
    for wrong in (b"", b"{}", b"\xff", b" " * 2**23):
        with pytest.raises(UnreadableFileError, match="damaged"):
            read_manifest(wrong)
    later = signed(msgspec.structs.replace(manifest, format=2), OFFICE)
    with pytest.raises(UnreadableFileError, match="format 2"):
        read_manifest(to_bytes(later))
    strange = signed(msgspec.structs.replace(manifest, id="../../etc"), OFFICE)
    with pytest.raises(UnreadableFileError, match="none of this program's"):
        read_manifest(to_bytes(strange))


def test_a_part_of_another_package_or_place_does_not_open(tmp_path: Path) -> None:
    one, two = tmp_path / "1", tmp_path / "2"
    one.mkdir()
    two.mkdir()
    manifest = made(one, [noise(3000)]).manifest
    other = made(two, [noise(3000, seed=2)]).manifest
    assert manifest.id != other.id
    mine = [(one / manifest.part_name(n)).read_bytes() for n in (1, 2, 3)]
    theirs = (two / other.part_name(1)).read_bytes()
    package = Package(manifest, COUNTY)
    for parts in ([theirs, *mine[1:]], [mine[1], mine[0], mine[2]]):
        (_, got) = next(package.entries(dict(enumerate(parts, 1)).__getitem__))
        with pytest.raises(UnreadableFileError, match="does not open"):
            b"".join(got)


def test_contents_that_change_while_they_are_packed_are_refused(tmp_path: Path) -> None:
    turn = iter([[b"one"], [b"two"]])
    source = Source("a", "events", lambda: next(turn))

    with pytest.raises(UnreadableFileError, match="changed while it was packed"):
        make(tmp_path, [source], OFFICE, COUNTY.address, at=AT)
    assert not list(tmp_path.glob("*.manifest"))


def test_wrong_orders_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="at least one"):
        make(tmp_path, [], OFFICE, COUNTY.address, at=AT)
    with pytest.raises(UsageError, match="bytes"):
        made(tmp_path, [b"x"], part_bytes=10)


@given(st.binary(min_size=32, max_size=32))
def test_an_address_reads_as_it_is_written(secret: bytes) -> None:
    address = Identity(secret).address
    spaced = " ".join(address.text[i : i + 4] for i in range(0, len(address.text), 4)).upper()

    assert Address.read(address.text) == Address.read(spaced) == address


@given(st.integers(0, 113), st.sampled_from("abcdefghijklmnopqrstuvwxyz234567"))
def test_a_slip_in_an_address_is_told(place: int, letter: str) -> None:
    right = OFFICE.address.text
    typed = right[:place] + letter + right[place + 1 :]

    if typed != right:
        with pytest.raises(UsageError, match="no address"):
            Address.read(typed)


def test_what_is_no_address_is_told() -> None:
    for typed in ("", "yj1", "yj1!!!!", "xx" + OFFICE.address.text, OFFICE.address.text[:-3]):
        with pytest.raises(UsageError, match="no address"):
            Address.read(typed)
