import hashlib
import hmac
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.vault.keys import KeyedDigest, Keys, load, load_or_create, normalise_id
from yujing.errors import SettingsError

KEYS = Keys(bytes(32))
OTHER = Keys(bytes([1]) * 32)


@given(st.binary(max_size=64), st.lists(st.binary(max_size=80), max_size=5))
def test_the_digest_is_the_standard_library_s_hmac(key: bytes, values: list[bytes]) -> None:
    digest = KeyedDigest(key)
    whole = [hmac.new(key, value, hashlib.sha256).digest() for value in values]

    assert digest.digests(values) == [one[:16] for one in whole]
    assert digest.keys(values).tolist() == [max(int.from_bytes(one[:8], "big"), 1) for one in whole]


def test_one_person_has_one_key_however_the_number_is_written() -> None:
    written = [
        "52022119800101123x",
        " 52022119800101123X",
        "５２０２２１１９８００１０１１２３Ｘ",
        "52022119800101123X42",
    ]

    assert len(set(KEYS.person_keys(written).tolist())) == 1
    assert len(set(KEYS.person_digests(written))) == 1


def test_persons_households_and_secrets_never_share_keys() -> None:
    same = ["520221198001011234"]

    keys = {
        int(KEYS.person_keys(same)[0]),
        int(KEYS.household_keys(same)[0]),
        int(KEYS.employer_keys(same)[0]),
        int(KEYS.text_keys(same)[0]),
        int(KEYS.fact_keys(same, same)[0]),
        int(OTHER.person_keys(same)[0]),
        int.from_bytes(KEYS.person_digests(same)[0][:8], "big"),
    }

    assert len(keys) == 7


def test_a_fact_is_known_by_its_source_and_record_together() -> None:
    keys = KEYS.fact_keys(["a", "a", "ab", "a"], ["b1", "b2", "1", "b1"])

    assert keys[0] == keys[3]
    assert len(set(keys.tolist())) == 3


def test_the_empty_text_is_nothing() -> None:
    assert KEYS.text_keys(["", "x"])[0] == 0
    assert KEYS.employer_keys([" ", "x"])[0] == 0


@given(st.binary(max_size=200))
def test_a_sealed_field_opens_only_at_its_place_with_its_key(content: bytes) -> None:
    sealed = KEYS.seal(content, b"persons/name/1")

    assert KEYS.open(sealed, b"persons/name/1") == content
    assert KEYS.seal(content, b"persons/name/1") != sealed
    for keys, damaged, about in (
        (KEYS, sealed, b"persons/name/2"),
        (OTHER, sealed, b"persons/name/1"),
        (KEYS, sealed[:-1], b"persons/name/1"),
        (KEYS, b"", b"persons/name/1"),
    ):
        with pytest.raises(SettingsError):
            keys.open(damaged, about)


def test_the_key_file_is_made_once_and_private(tmp_path: Path) -> None:
    path = tmp_path / "below" / "yujing.key"

    first = load_or_create(path, data_dir=tmp_path / "data")
    second = load_or_create(path)

    assert path.stat().st_mode & 0o777 == 0o600
    assert second.open(first.seal(b"x")) == b"x"


def test_a_key_file_inside_the_data_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="outside the data directory"):
        load_or_create(tmp_path / "data" / "key", data_dir=tmp_path / "data")


@pytest.mark.parametrize(
    ("content", "mode", "message"),
    [
        (None, 0o600, "is missing"),
        (b"nonsense", 0o600, "64 hex digits"),
        (b"\xff\xfe", 0o600, "64 hex digits"),
        (b"00" * 16, 0o600, "32 bytes"),
        (b"00" * 32, 0o644, "chmod 600"),
    ],
)
def test_a_key_file_that_cannot_serve_is_refused(
    content: bytes | None, mode: int, message: str, tmp_path: Path
) -> None:
    path = tmp_path / "key"
    if content is not None:
        path.write_bytes(content)
        path.chmod(mode)

    with pytest.raises(SettingsError, match=message):
        load(path)


def test_a_place_where_no_key_can_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(SettingsError, match="cannot be made"):
        load_or_create(tmp_path / "file" / "key")


def test_an_id_number_is_its_first_eighteen_characters() -> None:
    assert normalise_id("520221 19800101 123x 43") == "52022119800101123X"
