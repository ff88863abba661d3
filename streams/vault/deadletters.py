"""Dead letters: rows that the door refused, kept sealed until somebody mends and replays them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Engine, text

from streams.vault.keys import Keys
from streams.vault.place import place
from streams.vault.vault import vault_migrations
from yujing.storage.migration import SqliteStore, migrate
from yujing.storage.signed import from_signed, to_signed
from yujing.storage.sqlite import reading, writing


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
_COLUMNS = "id, source, file, row, reason, kept_at, replayed_at"


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
        migrate(SqliteStore(engine), vault_migrations())
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
            connection.execute(
                text(
                    "INSERT INTO dead_letters (source, seen, file, row, reason, kept_at, raw) "
                    "VALUES (:source, :seen, :file, :row, :reason, :at, :raw) "
                    "ON CONFLICT (source, seen) DO UPDATE SET file = excluded.file, "
                    "row = excluded.row, reason = excluded.reason, kept_at = excluded.kept_at, "
                    "replayed_at = NULL"
                ),
                rows,
            )

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
        with reading(self._engine) as connection:
            rows = connection.execute(
                text(
                    f"SELECT {_COLUMNS} FROM dead_letters "
                    "WHERE (:source IS NULL OR source = :source) "
                    "AND (NOT :waiting OR replayed_at IS NULL) ORDER BY id LIMIT :most"
                ),
                {"source": source, "waiting": waiting, "most": -1 if limit is None else limit},
            ).all()
        return [self._letter(row) for row in rows]

    def show(self, number: int) -> DeadLetter | None:
        """Return one letter with its bytes, None when there is no such number."""
        with reading(self._engine) as connection:
            row = connection.execute(
                text(f"SELECT {_COLUMNS}, raw, seen FROM dead_letters WHERE id = :id"),
                {"id": number},
            ).first()
        if row is None:
            return None
        *fields, raw, seen = row
        opened = self._keys.open(raw, place("dead_letters", "raw", from_signed(seen)))
        return replace(self._letter(fields), raw=opened)

    def mark_replayed(self, numbers: Iterable[int], *, at: int) -> None:
        """Record that these letters went through the door again and were taken."""
        rows = [{"id": number, "at": at} for number in numbers]
        if rows:
            with writing(self._engine) as connection:
                connection.execute(
                    text("UPDATE dead_letters SET replayed_at = :at WHERE id = :id"), rows
                )

    def purge(self, before: int) -> int:
        """Erase what was kept before a moment (seconds since 1970) and return how many."""
        with writing(self._engine) as connection:
            return connection.execute(
                text("DELETE FROM dead_letters WHERE kept_at < :before"), {"before": before}
            ).rowcount

    def _sealed(self, letter: Refused, at: int) -> dict[str, Any]:
        seen = int(self._keys.bytes_keys([letter.raw])[0])
        return {
            "source": letter.source,
            "seen": to_signed(seen),
            "file": self._keys.seal(letter.file.encode(), _FILE),
            "row": letter.row,
            "reason": letter.reason,
            "at": at,
            "raw": self._keys.seal(letter.raw, place("dead_letters", "raw", seen)),
        }

    def _letter(self, row: Any) -> DeadLetter:
        number, source, file, line, reason, kept_at, replayed_at = row
        name = self._keys.open(file, _FILE).decode()  # a file may be called after a person
        return DeadLetter(number, source, name, line, reason, kept_at, replayed_at)
