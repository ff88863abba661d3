import pytest
from sqlalchemy import Engine

from streams.vault.deadletters import DeadLetters, Refused
from streams.vault.keys import Keys


@pytest.fixture
def letters(sql_engine: Engine) -> DeadLetters:
    return DeadLetters(sql_engine, Keys(bytes(32)))


def test_a_refused_row_can_be_shown_with_its_bytes(letters: DeadLetters) -> None:
    letters.keep("social_insurance", "王小明.json", 4, "not JSON", b"{\xff", at=100)

    (listed,) = letters.list()

    assert (listed.source, listed.file, listed.row) == ("social_insurance", "王小明.json", 4)
    assert (listed.reason, listed.kept_at, listed.raw) == ("not JSON", 100, None)
    shown = letters.show(listed.id)
    assert shown is not None
    assert shown.raw == b"{\xff"
    assert letters.show(listed.id + 1) is None


def test_the_same_bytes_of_a_source_are_kept_once_and_wait_again(letters: DeadLetters) -> None:
    letters.keep("a", "1.json", 1, "old reason", b"x", at=1)
    letters.mark_replayed([1], at=2)
    assert letters.list() == []
    assert letters.list(waiting=False)[0].replayed_at == 2

    letters.keep_all([Refused("a", "2.json", 7, "new reason", b"x")], at=3)

    (again,) = letters.list()
    assert (again.file, again.row, again.reason, again.kept_at) == ("2.json", 7, "new reason", 3)


def test_letters_are_listed_by_source_and_up_to_a_number(letters: DeadLetters) -> None:
    letters.keep_all([Refused(s, "f", i, "r", b"%d" % i) for i, s in enumerate("aab")], at=1)
    letters.keep_all([], at=1)
    letters.mark_replayed([], at=1)

    assert [letter.row for letter in letters.list(source="a")] == [0, 1]
    assert len(letters.list(limit=2)) == 2


def test_old_letters_are_purged(letters: DeadLetters) -> None:
    letters.keep("a", "f", 1, "r", b"1", at=1)
    letters.keep("a", "f", 2, "r", b"2", at=5)

    assert letters.purge(before=5) == 1
    assert [letter.row for letter in letters.list()] == [2]
