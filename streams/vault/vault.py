"""The identity vault: the only place where a key leads back to a name, an ID number or a text.

Every field is sealed for its own place (table, column, key). Who may ask, and the audit of what was
shown, belong to `yujing.access`; who searches gives the keys that he may see.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Column, Connection, Engine, delete, func, select

from streams.vault.identities import Identities
from streams.vault.keys import Keys
from streams.vault.place import place
from streams.vault.remembering import remember_all
from streams.vault.tables import EMPLOYERS, HOUSEHOLDS, NOTES, PERSONS, ROOM, VAULT_CHECK
from yujing.errors import SettingsError
from yujing.storage.revisions import migrate_sql
from yujing.storage.signed import from_signed, to_signed
from yujing.storage.sql import empty_write_ahead_log, insert_new, reading, writing

_CHECK = b"the key of this vault"
_KEYS_OF_A_QUERY = 500  # well below the number of parameters that SQLite takes


@dataclass(frozen=True)
class PersonRecord:
    """What the vault knows of a person; None where nobody said."""

    name: str | None
    phone: str | None
    id_number: str | None


@dataclass(frozen=True)
class Match:
    """A person or household that a search found."""

    kind: str
    key: int
    shown: str


class Vault:
    """Encrypted identities in SQL; any thread may call it.

    Parameters
    ----------
    engine
        The vault's database; missing tables are made.
    keys
        From the key file.

    Raises
    ------
    SettingsError
        If this vault was filled with another key.
    """

    def __init__(self, engine: Engine, keys: Keys) -> None:
        migrate_sql(engine, ROOM)
        self._engine = engine
        self._keys = keys
        self._check_key()

    def remember(self, identities: Identities) -> None:
        """Keep what a batch says about identities: all of it or nothing; again changes nothing.

        Raises
        ------
        InvalidEventError
            If two ID numbers, or two household numbers, have the same key: nothing is kept.
        StorageError
            If the database refuses or is full: nothing is kept.
        """
        if not identities:
            return
        with writing(self._engine) as connection:
            remember_all(connection, self._keys, identities)

    def person(self, key: int) -> PersonRecord | None:
        """Return the record of a person, None when the vault knows nothing of him or her."""
        with reading(self._engine) as connection:
            row = connection.execute(
                select(PERSONS.c.name, PERSONS.c.phone, PERSONS.c.id_number).where(
                    PERSONS.c.key == to_signed(key)
                )
            ).first()
        if row is None:
            return None
        columns = ("name", "phone", "id_number")
        return PersonRecord(
            *(
                self._open(sealed, "persons", column, key)
                for sealed, column in zip(row, columns, strict=True)
            )
        )

    def persons(self, keys: Iterable[int]) -> dict[int, str]:
        """Return the names of persons; a key without a name is left out."""
        return self._column(PERSONS.c.name, keys)

    def household_no(self, key: int) -> str | None:
        """Return the number of a household, None when unknown."""
        return self._column(HOUSEHOLDS.c.number, [key]).get(int(key))

    def household_nos(self, keys: Iterable[int]) -> dict[int, str]:
        """Return the numbers of households; unknown ones are left out."""
        return self._column(HOUSEHOLDS.c.number, keys)

    def employer(self, key: int) -> str | None:
        """Return the credit code or name of an employer, None when unknown."""
        return self._column(EMPLOYERS.c.name, [key]).get(int(key))

    def keep_note(self, owner: int, note: str) -> int:
        """Keep a free text about a fact or card, once, and return its number."""
        seen = to_signed(int(self._keys.text_keys([note])[0]))
        mine = (NOTES.c.owner == to_signed(owner)) & (NOTES.c.seen == seen)
        with writing(self._engine) as connection:
            remember_all(connection, self._keys, Identities(notes=[(owner, note)]))
            return int(connection.execute(select(NOTES.c.id).where(mine)).scalar_one())

    def notes(self, owner: int) -> list[str]:
        """Return the texts kept about a fact or a card, oldest first."""
        with reading(self._engine) as connection:
            rows = connection.execute(
                select(NOTES.c.content)
                .where(NOTES.c.owner == to_signed(owner))
                .order_by(NOTES.c.id)
            ).all()
        return [self._opened(row[0], "notes", "content", owner) for row in rows]

    def search(
        self, wanted: str, *, persons: Iterable[int] = (), households: Iterable[int] = ()
    ) -> list[Match]:
        """Return the persons whose name, and the households whose number, contains a text.

        Names are opened in memory and compared; nothing that would help to search is stored.

        Parameters
        ----------
        wanted
            Part of a name or of a household number; blank finds nothing.
        persons, households
            Keys within the scope of who asks.
        """
        wanted = wanted.strip()
        if not wanted:
            return []
        names = self.persons(persons)
        numbers = self.household_nos(households)
        return [
            *(Match("person", key, name) for key, name in names.items() if wanted in name),
            *(Match("household", key, no) for key, no in numbers.items() if wanted in no),
        ]

    def forget(self, person_key: int, *, owners: Sequence[int] = ()) -> bool:
        """Erase a person's identity, and the notes of the facts or cards named.

        Parameters
        ----------
        person_key
            Whom to forget.
        owners
            Facts and cards about the person whose notes go too.

        Returns
        -------
        Whether there was anything to forget.
        """
        n_gone = 0
        with writing(self._engine) as connection:
            gone = delete(PERSONS).where(PERSONS.c.key == to_signed(person_key))
            n_gone += connection.execute(gone).rowcount
            for owner in owners:
                gone = delete(NOTES).where(NOTES.c.owner == to_signed(owner))
                n_gone += connection.execute(gone).rowcount
        empty_write_ahead_log(self._engine)
        return n_gone > 0

    def count(self) -> tuple[int, int]:
        """Return the number of persons and of households that the vault knows."""
        with reading(self._engine) as connection:
            persons, households = (
                int(connection.execute(select(func.count()).select_from(table)).scalar_one())
                for table in (PERSONS, HOUSEHOLDS)
            )
        return persons, households

    def _check_key(self) -> None:
        with writing(self._engine) as connection:
            mine = {"id": 1, "sealed": self._keys.seal(_CHECK, b"vault_check")}
            if connection.execute(insert_new(connection, VAULT_CHECK), mine).rowcount:
                return
            sealed = connection.execute(select(VAULT_CHECK.c.sealed)).scalar_one()
        try:
            self._keys.open(sealed, b"vault_check")
        except SettingsError:
            raise SettingsError(
                [
                    "the key file does not belong to this vault; "
                    "restore the one that it was made with"
                ]
            ) from None

    def _column(self, wanted: Column[bytes], keys: Iterable[int]) -> dict[int, str]:
        with reading(self._engine) as connection:
            return {
                key: self._opened(sealed, wanted.table.name, wanted.name, key)
                for key, sealed in sealed_column(connection, wanted, keys)
            }

    def _opened(self, sealed: bytes, table: str, column: str, key: int) -> str:
        return self._keys.open(sealed, place(table, column, key)).decode()

    def _open(self, sealed: bytes | None, table: str, column: str, key: int) -> str | None:
        return None if sealed is None else self._opened(sealed, table, column, key)


def sealed_column(
    connection: Connection, wanted: Column[bytes], keys: Iterable[int]
) -> Iterator[tuple[int, bytes]]:
    """Yield (key, sealed field) of the rows that hold a column, some hundred keys a query."""
    signed = [to_signed(int(key)) for key in keys]
    key_column = wanted.table.c.key
    for start in range(0, len(signed), _KEYS_OF_A_QUERY):
        part = signed[start : start + _KEYS_OF_A_QUERY]
        query = select(key_column, wanted).where(wanted.is_not(None), key_column.in_(part))
        for key, sealed in connection.execute(query):
            yield from_signed(key), sealed
