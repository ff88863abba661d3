"""Uploads are kept sealed, belong to who sent them, can be taken back until they are begun."""

from pathlib import Path

import pytest
from sqlalchemy import text

from streams.vault.keys import Keys
from tests.support.upload_room import CLERK, KEYS, sent
from yujing.app.uploads.store import CONTENT, MOST_OPEN, PIECE_BYTES, RESULT, Sender, Uploads
from yujing.errors import SettingsError, UsageError
from yujing.storage.sql import open_sqlite, reading, writing

SECRET = "赵建军,52052619850501001X".encode()


def test_a_file_comes_back_as_it_was_sent(uploads: Uploads) -> None:
    number = sent(uploads, "10月.csv", SECRET)

    upload = uploads.get(number)
    assert upload is not None
    assert (upload.name, upload.size, upload.state) == ("10月.csv", len(SECRET), "waiting")
    assert uploads.content(number) == SECRET
    assert upload.sender == CLERK


def test_neither_name_nor_content_stands_in_the_database(uploads: Uploads) -> None:
    sent(uploads, "赵建军的表.csv", SECRET)

    with reading(uploads.engine) as connection:
        rows = [
            *connection.execute(text("SELECT * FROM upload")).all(),
            *connection.execute(text("SELECT * FROM upload_piece")).all(),
        ]
    held = "".join(str(bytes(v) if isinstance(v, memoryview) else v) for row in rows for v in row)
    for secret in ("赵建军", "52052619850501001X", str(SECRET[:4])[2:-1]):
        assert secret not in held


def test_a_piece_opens_only_where_it_belongs(uploads: Uploads) -> None:
    first, second = sent(uploads, content=b"aaaa"), sent(uploads, content=b"bbbb")
    with writing(uploads.engine) as connection:
        connection.execute(
            text(
                "UPDATE upload_piece SET sealed = (SELECT p.sealed FROM upload_piece p"
                f" WHERE p.upload = {first}) WHERE upload = {second}"
            )
        )

    with pytest.raises(SettingsError, match="does not open"):
        uploads.content(second)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("C:\\表\\10月.xlsx", "10月.xlsx"),
        ("../../etc/passwd", "passwd"),
        ("a\0b\n.csv", "ab.csv"),
        ("", "未命名"),
    ],
)
def test_a_name_is_a_name_and_no_path(uploads: Uploads, given: str, kept: str) -> None:
    upload = uploads.get(sent(uploads, given))

    assert upload is not None
    assert upload.name == kept


def test_a_long_name_keeps_its_ending(uploads: Uploads) -> None:
    upload = uploads.get(sent(uploads, "长" * 300 + ".xlsx"))

    assert upload is not None
    assert len(upload.name) <= 120
    assert upload.name.endswith(".xlsx")


def test_everybody_sees_their_own_and_the_newest_first(uploads: Uploads) -> None:
    mine = [sent(uploads, f"{n}月.csv") for n in (8, 9)]
    sent(uploads, sender=Sender("other", "civil_affairs", "520526"))

    assert [one.id for one in uploads.of_account("liu")] == mine[::-1]


def test_what_is_still_coming_is_in_no_list_and_can_be_given_up(uploads: Uploads) -> None:
    incoming = uploads.begin(CLERK, "a.csv", at=0)
    incoming.add(b"abc")
    assert uploads.of_account("liu") == []

    incoming.abandon()
    assert uploads.get(incoming.id) is None
    assert list(uploads.pieces(incoming.id, CONTENT)) == []


def test_a_waiting_file_can_be_taken_back_by_its_sender_alone(uploads: Uploads) -> None:
    number = sent(uploads)

    assert not uploads.withdraw(number, "other")
    assert uploads.withdraw(number, "liu")
    assert uploads.get(number) is None
    assert list(uploads.pieces(number, CONTENT)) == []
    assert not uploads.withdraw(number, "liu")


def test_nobody_fills_the_queue_without_end(uploads: Uploads) -> None:
    for _ in range(MOST_OPEN):
        sent(uploads, content=b"a")

    with pytest.raises(UsageError, match="等它们处理完"):
        uploads.begin(CLERK, "a.csv", at=0)
    uploads.begin(Sender("other", "", ""), "a.csv", at=0)


def test_a_number_is_never_given_twice(uploads: Uploads) -> None:
    first = sent(uploads)
    uploads.withdraw(first, "liu")

    assert sent(uploads) > first


def test_memory_holds_a_piece_at_a_time(uploads: Uploads) -> None:
    incoming = uploads.begin(CLERK, "a.csv", at=0)
    for n in range(3):
        incoming.add(bytes([n]) * PIECE_BYTES)
    incoming.complete()

    pieces = uploads.pieces(incoming.id, CONTENT)
    assert next(pieces) == b"\0" * PIECE_BYTES
    assert [piece[0] for piece in pieces] == [1, 2]
    assert list(uploads.pieces(incoming.id, RESULT)) == []


def test_another_key_opens_nothing(tmp_path: Path) -> None:
    engine = open_sqlite(tmp_path / "other.sqlite")
    number = sent(Uploads(engine, KEYS))

    with pytest.raises(SettingsError):
        Uploads(engine, Keys(b"o" * 32)).content(number)
    engine.dispose()
