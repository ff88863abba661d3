"""The identity vault: the only place where a key leads back to a name, an ID number or a text.

Every field is sealed for its own place (table, column, key). Who may ask, and the audit of what was
shown, belong to `yujing.access`; who searches gives the keys that he may see.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, text

from streams.vault.identities import Identities
from streams.vault.keys import Keys
from streams.vault.place import place
from streams.vault.remembering import remember_all
from yujing.errors import SettingsError
from yujing.storage.migration import Migration, SqliteStore, migrate, read_migrations
from yujing.storage.signed import from_signed, to_signed
from yujing.storage.sqlite import empty_write_ahead_log, reading, writing

ROOM = "vault"
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


def vault_migrations() -> list[Migration]:
    """Return the migrations of the vault."""
    return read_migrations(ROOM, "streams.vault")


class Vault:
    """Encrypted identities in SQLite; any thread may call it.

    Parameters
    ----------
    engine
        From `yujing.storage.sqlite.open_engine`; missing tables are made.
    keys
        From the key file.

    Raises
    ------
    SettingsError
        If this vault was filled with another key.
    """

    def __init__(self, engine: Engine, keys: Keys) -> None:
        migrate(SqliteStore(engine), vault_migrations())
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
                text("SELECT name, phone, id_number FROM persons WHERE key = :key"),
                {"key": to_signed(key)},
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
        return self._column("persons", "name", keys)

    def household_no(self, key: int) -> str | None:
        """Return the number of a household, None when unknown."""
        return self._column("households", "number", [key]).get(int(key))

    def household_nos(self, keys: Iterable[int]) -> dict[int, str]:
        """Return the numbers of households; unknown ones are left out."""
        return self._column("households", "number", keys)

    def employer(self, key: int) -> str | None:
        """Return the credit code or name of an employer, None when unknown."""
        return self._column("employers", "name", [key]).get(int(key))

    def keep_note(self, owner: int, note: str) -> int:
        """Keep a free text about a fact or card, once, and return its number."""
        with writing(self._engine) as connection:
            remember_all(connection, self._keys, Identities(notes=[(owner, note)]))
            return int(
                connection.execute(
                    text("SELECT id FROM notes WHERE owner = :owner AND seen = :seen"),
                    {
                        "owner": to_signed(owner),
                        "seen": to_signed(int(self._keys.text_keys([note])[0])),
                    },
                ).scalar_one()
            )

    def notes(self, owner: int) -> list[str]:
        """Return the texts kept about a fact or a card, oldest first."""
        with reading(self._engine) as connection:
            rows = connection.execute(
                text("SELECT content FROM notes WHERE owner = :owner ORDER BY id"),
                {"owner": to_signed(owner)},
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
            n_gone += connection.execute(
                text("DELETE FROM persons WHERE key = :key"), {"key": to_signed(person_key)}
            ).rowcount
            for owner in owners:
                n_gone += connection.execute(
                    text("DELETE FROM notes WHERE owner = :owner"), {"owner": to_signed(owner)}
                ).rowcount
        empty_write_ahead_log(self._engine)
        return n_gone > 0

    def count(self) -> tuple[int, int]:
        """Return the number of persons and of households that the vault knows."""
        with reading(self._engine) as connection:
            row = connection.execute(
                text("SELECT (SELECT count(*) FROM persons), (SELECT count(*) FROM households)")
            ).one()
        return int(row[0]), int(row[1])

    def _check_key(self) -> None:
        with writing(self._engine) as connection:
            sealed = connection.execute(text("SELECT sealed FROM vault_check")).scalar()
            if sealed is None:
                connection.execute(
                    text("INSERT INTO vault_check VALUES (1, :sealed)"),
                    {"sealed": self._keys.seal(_CHECK, b"vault_check")},
                )
                return
        try:
            self._keys.open(sealed, b"vault_check")
        except SettingsError:
            raise SettingsError(
                [
                    "the key file does not belong to this vault; "
                    "restore the one that it was made with"
                ]
            ) from None

    def _column(self, table: str, column: str, keys: Iterable[int]) -> dict[int, str]:
        with reading(self._engine) as connection:
            return {
                key: self._opened(sealed, table, column, key)
                for key, sealed in sealed_column(connection, table, column, keys)
            }

    def _opened(self, sealed: bytes, table: str, column: str, key: int) -> str:
        return self._keys.open(sealed, place(table, column, key)).decode()

    def _open(self, sealed: bytes | None, table: str, column: str, key: int) -> str | None:
        return None if sealed is None else self._opened(sealed, table, column, key)


def sealed_column(
    connection: Connection, table: str, column: str, keys: Iterable[int]
) -> Iterator[tuple[int, bytes]]:
    """Yield (key, sealed field) of the rows that hold the column, some hundred keys a query."""
    wanted = [to_signed(int(key)) for key in keys]
    for start in range(0, len(wanted), _KEYS_OF_A_QUERY):
        part = wanted[start : start + _KEYS_OF_A_QUERY]
        marks = ", ".join("?" * len(part))
        rows = connection.exec_driver_sql(
            f"SELECT key, {column} FROM {table} WHERE {column} IS NOT NULL AND key IN ({marks})",
            tuple(part),
        )
        for key, sealed in rows:
            yield from_signed(key), sealed
