"""The scanner finds personal data that is planted in every kind of store."""

import bz2
import gzip
import json
import lzma
import sqlite3
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zstandard

from streams.log.log import EventLog
from streams.vault.deadletters import DeadLetters
from streams.vault.identities import Identities
from streams.vault.keys import Keys
from streams.vault.vault import Vault
from tests.support.engines import engine
from tests.support.histories import some_facts
from tests.support.personal_data_scan import Needles, scan
from yujing.storage.sql import open_sqlite

pytestmark = pytest.mark.integration

ID = "52022119800101123X"
PHONE = "13812345678"
NAME = "王小明"
NEEDLES = [ID, PHONE, NAME]
TEXT = f"白云 {ID} 电话{PHONE} {NAME}。".encode()


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Any]:
    with engine(tmp_path) as opened:
        yield opened


def found(directory: Path, client: Any | None = None) -> set[tuple[str, str]]:
    return {(place.where, place.needle) for place in scan(directory, client, NEEDLES)}


@pytest.mark.parametrize("needle", NEEDLES)
def test_the_log_and_its_part_files_are_searched(tmp_path: Path, client: Any, needle: str) -> None:
    log = EventLog(client)
    log.append(some_facts(3), ["clean", f"2026-{needle}-7", "clean"])

    places = [place.where for place in scan(tmp_path, client, NEEDLES) if place.needle == needle]

    assert "engine yujing.events.record_id" in places
    assert any(where.startswith("log/store/") for where in places)


def test_every_kind_of_string_column_is_searched(tmp_path: Path, client: Any) -> None:
    client.command(
        "CREATE TABLE odd (a LowCardinality(String), b Nullable(String), c Array(String), "
        "d FixedString(20), e Map(String, UInt8)) ENGINE = MergeTree ORDER BY tuple()"
    )
    client.command(
        f"INSERT INTO odd VALUES ('{ID}', '{PHONE}', ['{NAME}'], '{PHONE}', {{'{ID}': 1}})"
    )

    engine_places = {where for where, _ in found(tmp_path, client) if where.startswith("engine")}

    assert engine_places == {f"engine yujing.odd.{column}" for column in "abcde"}


def test_rows_that_were_deleted_from_the_log_are_still_found_in_its_files(
    tmp_path: Path, client: Any
) -> None:
    log = EventLog(client)
    log.append(some_facts(1), [ID])
    client.command("ALTER TABLE events DELETE WHERE 1 SETTINGS mutations_sync = 1")

    assert any(where.startswith("log/store/") for where, _ in found(tmp_path, client))


def test_texts_and_blobs_of_sqlite_and_its_log_are_searched(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "desk.sqlite")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("CREATE TABLE card (id INTEGER, note TEXT, row BLOB, n INTEGER)")
    connection.execute("INSERT INTO card VALUES (1, ?, ?, 13812345678)", (f"见{NAME}", ID.encode()))
    connection.commit()

    places = found(tmp_path)
    connection.close()

    assert {
        ("desk.sqlite card.note", NAME),
        ("desk.sqlite card.row", ID),
        ("desk.sqlite card.n", PHONE),
        ("desk.sqlite-wal", NAME),
    } <= places


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("yujing.log", TEXT),
        ("log.json", json.dumps({"event": TEXT.decode()}).encode()),
        ("tmp/left.native", b"\0\1" + TEXT),
        ("wide.npy", np.array([ID, PHONE, NAME]).tobytes()),
        ("sheet.txt", ID.encode("utf-16-le") + PHONE.encode("utf-16-le") + TEXT),
        ("events.ndjson.gz", gzip.compress(TEXT)),
        ("cut.gz", gzip.compress(TEXT + np.random.default_rng(1).bytes(9_000))[:-200]),
        ("events.zst", zstandard.compress(TEXT)),
        ("two_frames.zst", zstandard.compress(b"x") + zstandard.compress(TEXT)),
        ("events.bz2", bz2.compress(TEXT)),
        ("events.xz", lzma.compress(TEXT)),
        ("twice.gz", gzip.compress(zstandard.compress(TEXT))),
    ],
    ids=lambda value: value if isinstance(value, str) else "",   # gzip writes the time of day
)
def test_files_are_searched_also_when_compressed(name: str, content: bytes, tmp_path: Path) -> None:
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)

    assert {needle for _, needle in found(tmp_path)} == set(NEEDLES)


def test_archives_and_names_of_files_are_searched(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "sheet.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", TEXT)
    (tmp_path / f"{NAME}.txt").touch()

    places = found(tmp_path)

    assert ("sheet.xlsx!xl/sharedStrings.xml", ID) in places
    assert (f"name of {NAME}.txt", NAME) in places


def test_a_needle_across_the_edge_of_two_reads_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.support.personal_data_scan._CHUNK", 64)
    (tmp_path / "a").write_bytes(b"x" * (64 + 64 - 9) + ID.encode() + b"y" * 500)

    assert found(tmp_path) == {("a", ID)}


def test_links_are_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_bytes(TEXT)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "link").symlink_to(outside)

    assert found(tmp_path / "data") == set()


def test_a_short_needle_is_refused_rather_than_found_by_chance() -> None:
    with pytest.raises(ValueError, match="8 bytes"):
        Needles(["王明"])


def test_many_needles_and_random_bytes_give_no_false_places() -> None:
    rng = np.random.default_rng(1)
    many = Needles(f"{number:018}" for number in range(10**17, 10**17 + 20_000))

    assert many.within(rng.bytes(3_000_000)) == set()
    assert many.within(b"7" + str(10**17 + 77).encode()) == {str(10**17 + 77)}


def test_a_filled_vault_and_its_dead_letters_hold_nothing_readable(
    tmp_path: Path, client: Any
) -> None:
    keys = Keys(bytes(32))
    vault_engine = open_sqlite(tmp_path / "vault.sqlite")
    vault = Vault(vault_engine, keys)
    person = int(keys.person_keys([ID])[0])
    log = EventLog(client)

    vault.remember(
        Identities(
            persons=[(person, ID, NAME, PHONE)],
            households=[(int(keys.household_keys([ID])[0]), ID)],
            employers=[(int(keys.employer_keys([NAME])[0]), NAME)],
            notes=[(1, TEXT.decode())],
        )
    )
    DeadLetters(vault_engine, keys).keep("a", f"{NAME}.json", 1, "not JSON", TEXT, at=1)
    facts = some_facts(1)
    facts["subject"] = person
    log.append(facts, ["7"])

    assert found(tmp_path, client) == set()
    assert vault.person(person) is not None
