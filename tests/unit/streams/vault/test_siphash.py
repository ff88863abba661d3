import pytest

from streams.vault.siphash import siphash

# Reference vectors of the paper's appendix and the authors' vectors.h: key 00..0f, text 00, 01, ...
KEY = bytes(range(16))


@pytest.mark.parametrize(
    ("length", "expected"),
    [
        (0, 0x726FDB47DD0E0E31),
        (1, 0x74F839C593DC67FD),
        (8, 0x93F5F5799A932462),
        (15, 0xA129CA6149BE45E5),
    ],
)
def test_the_reference_vectors_come_out(length: int, expected: int) -> None:
    assert siphash(KEY, [bytes(range(length))]).tolist() == [expected]


def test_each_value_is_hashed_for_itself() -> None:
    values = [b"a", b"", b"bcd" * 9, b"a"]

    together = siphash(KEY, values)

    assert together.tolist() == [int(siphash(KEY, [value])[0]) for value in values]
    assert len(siphash(KEY, [])) == 0


def test_a_key_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        siphash(b"short", [b"a"])
