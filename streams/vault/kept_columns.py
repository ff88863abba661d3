"""Columns of sheets that no mapping knows: kept as they came, sealed, until they are purged."""

import msgspec
import zstandard
from sqlalchemy import Engine, delete, select

from streams.vault.keys import Keys
from streams.vault.place import place
from streams.vault.tables import KEPT_COLUMNS, ROOM
from yujing.storage.revisions import migrate_sql
from yujing.storage.signed import from_signed, to_signed
from yujing.storage.sql import insert_new, reading, writing

KEPT_DAYS = 365  # long enough that a mapping which learns a column can be given the past year
_LEVEL = 6


class KeptColumn(msgspec.Struct, frozen=True, array_like=True):
    """A column: the sheet, its header, and the text of each data row."""

    sheet: str
    header: str
    cells: list[str]


class KeptColumns:
    """The unknown columns beside the vault; any thread may call it.

    Parameters
    ----------
    engine
        The vault's database.
    keys
        The vault's keys.
    """

    def __init__(self, engine: Engine, keys: Keys) -> None:
        migrate_sql(engine, ROOM)
        self._engine = engine
        self._keys = keys

    def keep(self, delivery: int, columns: list[KeptColumn], *, at: int) -> None:
        """Keep columns of a delivery; the same ones again change nothing.

        Parameters
        ----------
        delivery
            Number of the delivery.
        columns
            At least one.
        at
            Now, seconds since 1970.
        """
        content = zstandard.compress(msgspec.msgpack.encode(columns), _LEVEL)
        seen = int(self._keys.bytes_keys([content])[0])
        row = {
            "delivery": delivery,
            "seen": to_signed(seen),
            "kept_at": at,
            "content": self._keys.seal(content, place("kept_columns", "content", seen)),
        }
        with writing(self._engine) as connection:
            connection.execute(insert_new(connection, KEPT_COLUMNS), row)

    def of(self, delivery: int) -> list[KeptColumn]:
        """Return the columns that are kept of a delivery."""
        query = (
            select(KEPT_COLUMNS.c.seen, KEPT_COLUMNS.c.content)
            .where(KEPT_COLUMNS.c.delivery == delivery)
            .order_by(KEPT_COLUMNS.c.id)
        )
        with reading(self._engine) as connection:
            rows = connection.execute(query).all()
        columns: list[KeptColumn] = []
        for seen, sealed in rows:
            about = place("kept_columns", "content", from_signed(seen))
            content = zstandard.decompress(self._keys.open(sealed, about))
            columns += msgspec.msgpack.decode(content, type=list[KeptColumn])
        return columns

    def purge(self, before: int) -> int:
        """Erase what was kept before a moment (seconds since 1970) and return how many."""
        with writing(self._engine) as connection:
            return connection.execute(
                delete(KEPT_COLUMNS).where(KEPT_COLUMNS.c.kept_at < before)
            ).rowcount
