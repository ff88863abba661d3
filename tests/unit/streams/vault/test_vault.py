import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from streams.vault.identities import Identities
from streams.vault.keys import Keys
from streams.vault.tables import EMPLOYERS, HOUSEHOLDS, NOTES, PERSONS
from streams.vault.vault import Match, PersonRecord, Vault
from yujing.errors import InvalidEventError, SettingsError
from yujing.storage.sql import open_sqlite, reading

KEYS = Keys(bytes(32))
ID = "52022119800101123X"
PERSON = int(KEYS.person_keys([ID])[0])
HOUSEHOLD = int(KEYS.household_keys(["H-0001"])[0])
EMPLOYER = int(KEYS.employer_keys(["贵州某某服装厂"])[0])


@pytest.fixture
def engine(sql_engine: Engine) -> Engine:
    return sql_engine


@pytest.fixture
def vault(engine: Engine) -> Vault:
    return Vault(engine, KEYS)


def everything() -> Identities:
    return Identities(
        persons=[(PERSON, ID, "王小明", "13812345678")],
        households=[(HOUSEHOLD, "H-0001")],
        employers=[(EMPLOYER, "贵州某某服装厂")],
        notes=[(2**64 - 1, "老板欠薪三个月")],
    )


def test_what_was_said_is_remembered(vault: Vault) -> None:
    vault.remember(everything())

    assert vault.person(PERSON) == PersonRecord("王小明", "13812345678", ID)
    assert vault.persons([PERSON, 5]) == {PERSON: "王小明"}
    assert vault.household_no(HOUSEHOLD) == "H-0001"
    assert vault.employer(EMPLOYER) == "贵州某某服装厂"
    assert vault.notes(2**64 - 1) == ["老板欠薪三个月"]
    assert vault.count() == (1, 1)


def test_what_nobody_said_is_unknown(vault: Vault) -> None:
    vault.remember(Identities.empty())

    assert vault.person(1) is None
    assert vault.household_no(1) is None
    assert vault.employer(1) is None
    assert vault.notes(1) == []


def test_saying_it_again_writes_nothing(engine: Engine, vault: Vault) -> None:
    vault.remember(everything())
    before = rows(engine)

    vault.remember(everything())
    vault.remember(Identities(persons=[(PERSON, ID, None, None)]))

    assert rows(engine) == before


def rows(engine: Engine) -> list[object]:
    with reading(engine) as connection:
        return [
            connection.execute(select(table)).all()
            for table in (PERSONS, HOUSEHOLDS, EMPLOYERS, NOTES)
        ]


def test_a_new_phone_keeps_the_name(vault: Vault) -> None:
    vault.remember(everything())

    vault.remember(Identities(persons=[(PERSON, ID, None, "13900000000")]))

    assert vault.person(PERSON) == PersonRecord("王小明", "13900000000", ID)


def test_a_batch_that_speaks_twice_of_a_person_is_joined(vault: Vault) -> None:
    vault.remember(
        Identities(persons=[(PERSON, ID, None, "13900000000"), (PERSON, None, "王小明", None)])
    )

    assert vault.person(PERSON) == PersonRecord("王小明", "13900000000", ID)


def test_two_people_with_one_key_are_refused_and_nothing_is_kept(vault: Vault) -> None:
    vault.remember(everything())
    colliding = Identities(
        persons=[
            (7, "520221198001011111", None, None),
            (PERSON, "520221198001012222", "李某某", None),
        ]
    )

    with pytest.raises(InvalidEventError, match=f"{PERSON:016x}") as caught:
        vault.remember(colliding)

    assert "520221" not in str(caught.value)
    assert vault.person(PERSON) == PersonRecord("王小明", "13812345678", ID)
    assert vault.person(7) is None


def test_two_people_with_one_key_in_one_batch_are_refused(vault: Vault) -> None:
    with pytest.raises(InvalidEventError):
        vault.remember(
            Identities(persons=[(7, "520221198001011111", None, None), (7, ID, None, None)])
        )


def test_two_households_with_one_key_are_refused(vault: Vault) -> None:
    vault.remember(everything())

    with pytest.raises(InvalidEventError, match="household"):
        vault.remember(Identities(households=[(HOUSEHOLD, "H-0002")]))


def test_search_sees_only_the_keys_it_was_given(vault: Vault) -> None:
    vault.remember(everything())
    vault.remember(Identities(persons=[(9, "520221198001011111", "王小红", None)]))

    assert vault.search("王小", persons=[PERSON]) == [Match("person", PERSON, "王小明")]
    assert vault.search("0001", persons=[PERSON], households=[HOUSEHOLD]) == [
        Match("household", HOUSEHOLD, "H-0001")
    ]
    assert vault.search("王小") == []
    assert vault.search(" ", persons=[PERSON]) == []


def test_search_over_more_keys_than_a_query_takes(vault: Vault) -> None:
    vault.remember(everything())

    assert vault.search("王小明", persons=[*range(1, 1200), PERSON]) == [
        Match("person", PERSON, "王小明")
    ]


def test_a_note_is_kept_once_and_has_one_number(vault: Vault) -> None:
    first = vault.keep_note(3, "联系不上")

    assert vault.keep_note(3, "联系不上") == first
    assert vault.keep_note(3, "已回家") != first
    assert vault.keep_note(4, "联系不上") != first
    assert vault.notes(3) == ["联系不上", "已回家"]


def test_a_person_can_be_forgotten(vault: Vault) -> None:
    vault.remember(everything())

    assert vault.forget(PERSON, owners=[2**64 - 1])
    assert not vault.forget(PERSON)
    assert vault.person(PERSON) is None
    assert vault.notes(2**64 - 1) == []


def test_another_key_is_refused_before_anything_is_read(engine: Engine, vault: Vault) -> None:
    with pytest.raises(SettingsError, match="does not belong to this vault"):
        Vault(engine, Keys(bytes([1]) * 32))

    Vault(engine, KEYS)


def test_nothing_of_a_forgotten_person_stays_in_the_files(tmp_path: Path) -> None:
    engine = open_sqlite(tmp_path / "vault.sqlite")
    vault = Vault(engine, KEYS)
    vault.remember(everything())
    connection = sqlite3.connect(tmp_path / "vault.sqlite")
    sealed = connection.execute("SELECT id_number, name, phone FROM persons").fetchone()
    connection.close()

    vault.forget(PERSON)

    files = [path.read_bytes() for path in tmp_path.iterdir()]
    assert not any(field in content for field in sealed for content in files)
    engine.dispose()
