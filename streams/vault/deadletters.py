"""Dead letters: rows that the door refused, kept sealed until somebody mends and replays them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Engine, bindparam, delete, null, select, update

from streams.vault.keys import Keys
from streams.vault.place import place
from streams.vault.tables import DEAD_LETTERS, ROOM
from yujing.storage.revisions import migrate_sql
from yujing.storage.signed import from_signed, to_signed
from yujing.storage.sql import reading, upsert, writing


@dataclass(frozen=True)
class Refused:
    """A row to keep: where it came from, why it was refused, and its bytes as they came."""

    source: str
    file: str
    row: int
    reason: str
    raw: bytes


@dataclass(frozen=True)
class DeadLetter:
    """A row that is kept; `raw` only when it was asked for by number."""

    id: int
    source: str
    file: str
    row: int
    reason: str
    kept_at: int
    replayed_at: int | None
    raw: bytes | None = None


Letters = list[DeadLetter]  # inside the class below, `list` is a method

_FILE = b"dead_letters/file"
_NAMES = ("id", "source", "file", "row", "reason", "kept_at", "replayed_at")
_COLUMNS = [DEAD_LETTERS.c[name] for name in _NAMES]


class DeadLetters:
    """The refused rows beside the vault; any thread may call it.

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

    def keep(self, source: str, file: str, row: int, reason: str, raw: bytes, *, at: int) -> None:
        """Keep one refused row; see `keep_all`."""
        self.keep_all([Refused(source, file, row, reason, raw)], at=at)

    def keep_all(self, letters: Iterable[Refused], *, at: int) -> None:
        """Keep refused rows, all or none; bytes that a source sent before are kept once.

        Parameters
        ----------
        letters
            The rows; `reason` holds no personal data.
        at
            Now, seconds since 1970.
        """
        rows = [self._sealed(letter, at) for letter in letters]
        if not rows:
            return
        with writing(self._engine) as connection:
            again = upsert(
                connection,
                DEAD_LETTERS,
                key=("source", "seen"),
                columns={
                    "file": lambda _, new: new.file,
                    "row": lambda _, new: new.row,
                    "reason": lambda _, new: new.reason,
                    "kept_at": lambda _, new: new.kept_at,
                    "replayed_at": lambda *_: null(),
                },
            )
            connection.execute(again, rows)

    def list(
        self, *, source: str | None = None, waiting: bool = True, limit: int | None = None
    ) -> Letters:
        """Return what is kept, oldest first, without the bytes.

        Parameters
        ----------
        source
            Only what this source sent.
        waiting
            Leave out what was replayed.
        limit
            Most letters to return.
        """
        query = select(*_COLUMNS).order_by(DEAD_LETTERS.c.id)
        if source is not None:
            query = query.where(DEAD_LETTERS.c.source == source)
        if waiting:
            query = query.where(DEAD_LETTERS.c.replayed_at.is_(None))
        if limit is not None:
            query = query.limit(limit)
        with reading(self._engine) as connection:
            rows = connection.execute(query).all()
        return [self._letter(row) for row in rows]

    def show(self, number: int) -> DeadLetter | None:
        """Return one letter with its bytes, None when there is no such number."""
        with reading(self._engine) as connection:
            row = connection.execute(
                select(*_COLUMNS, DEAD_LETTERS.c.raw, DEAD_LETTERS.c.seen).where(
                    DEAD_LETTERS.c.id == number
                )
            ).first()
        if row is None:
            return None
        *fields, raw, seen = row
        opened = self._keys.open(raw, place("dead_letters", "raw", from_signed(seen)))
        return replace(self._letter(fields), raw=opened)

    def mark_replayed(self, numbers: Iterable[int], *, at: int) -> None:
        """Record that these letters went through the door again and were taken."""
        rows = [{"number": number} for number in numbers]
        if rows:
            mark = update(DEAD_LETTERS).where(DEAD_LETTERS.c.id == bindparam("number"))
            with writing(self._engine) as connection:
                connection.execute(mark.values(replayed_at=at), rows)

    def purge(self, before: int) -> int:
        """Erase what was kept before a moment (seconds since 1970) and return how many."""
        with writing(self._engine) as connection:
            return connection.execute(
                delete(DEAD_LETTERS).where(DEAD_LETTERS.c.kept_at < before)
            ).rowcount

    def _sealed(self, letter: Refused, at: int) -> dict[str, Any]:
        seen = int(self._keys.bytes_keys([letter.raw])[0])
        return {
            "source": letter.source,
            "seen": to_signed(seen),
            "file": self._keys.seal(letter.file.encode(), _FILE),
            "row": letter.row,
            "reason": letter.reason,
            "kept_at": at,
            "raw": self._keys.seal(letter.raw, place("dead_letters", "raw", seen)),
        }

    def _letter(self, row: Any) -> DeadLetter:
        number, source, file, line, reason, kept_at, replayed_at = row
        name = self._keys.open(file, _FILE).decode()  # a file may be called after a person
        return DeadLetter(number, source, name, line, reason, kept_at, replayed_at)
