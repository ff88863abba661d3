"""Uploaded files in the vault's database: sealed piece by piece while they come, shown to who sent.

A piece is sealed for its place (upload, part, number): it opens nowhere else.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine, delete, func, insert, select, update

from streams.vault.keys import Keys
from yujing.app.uploads.answer import Told
from yujing.app.uploads.tables import ROOM, UPLOAD, UPLOAD_PIECE
from yujing.errors import UsageError
from yujing.storage.revisions import migrate_sql
from yujing.storage.sql import insert_row, reading, writing

PIECE_BYTES = 512 * 1024
RECEIVING, WAITING, RUNNING, ASKING = "receiving", "waiting", "running", "asking"
DONE, REFUSED, EXPIRED = "done", "refused", "expired"
OPEN = (WAITING, RUNNING, ASKING)
CONTENT, RESULT = "content", "result"
MOST_OPEN = 40  # of one account: a year of sheets and some more
_LONGEST_NAME = 120


@dataclass(frozen=True)
class Sender:
    """Who sends: the account, the only source that it may speak for ("" for any), and where."""

    username: str
    source: str
    region: str


@dataclass(frozen=True)
class Upload:
    """One uploaded file as its row says."""

    id: int
    sender: Sender
    name: str
    size: int
    sha256: str
    received_at: int
    state: str
    month: int | None
    confirmed: bool
    attempt: int
    started_at: int | None
    rows_done: int
    rows_total: int | None
    told: Told
    done_at: int | None
    fetched_at: int | None
    has_result: bool = False

    @property
    def active(self) -> bool:
        """Whether something will happen by itself."""
        return self.state in (WAITING, RUNNING)


class Uploads:
    """The uploaded files; any thread may call it.

    Parameters
    ----------
    engine
        The vault's database; missing tables are made.
    keys
        The vault's keys.
    """

    def __init__(self, engine: Engine, keys: Keys) -> None:
        migrate_sql(engine, ROOM)
        self.engine = engine
        self._keys = keys

    # --- receiving

    def begin(self, sender: Sender, name: str, *, at: int) -> "Incoming":
        """Make room for a file that is on its way.

        Raises
        ------
        UsageError
            If too many files of this account are waiting; a Chinese line.
        """
        mine = UPLOAD.c.username == sender.username
        with writing(self.engine) as connection:
            n_open = connection.execute(
                select(func.count()).select_from(UPLOAD).where(mine, UPLOAD.c.state.in_(OPEN))
            ).scalar_one()
            if n_open >= MOST_OPEN:
                raise UsageError(f"还有 {n_open} 个文件没有处理完，请等它们处理完再传。")
            row = {
                "username": sender.username, "source": sender.source, "region": sender.region,
                "name": b"", "received_at": at, "state": RECEIVING,
            }  # fmt: skip
            number = insert_row(connection, UPLOAD, row)
            sealed = self._seal(_plain_name(name).encode(), number, "name")
            connection.execute(update(UPLOAD).where(UPLOAD.c.id == number).values(name=sealed))
        return Incoming(self, number)

    def add_piece(self, connection: Connection, upload: int, part: str, n: int, b: bytes) -> None:
        """Keep a piece of a file."""
        sealed = self._keys.seal(b, _place(upload, f"{part}/{n}"))
        row = {"upload": upload, "part": part, "number": n, "sealed": sealed}
        connection.execute(insert(UPLOAD_PIECE), row)

    # --- reading

    def get(self, number: int) -> Upload | None:
        """Return an upload, None when there is none of this number."""
        found = self._rows(UPLOAD.c.id == number, limit=1)
        return found[0] if found else None

    def of_account(self, username: str, *, limit: int = 30) -> list[Upload]:
        """Return what an account sent, the newest first."""
        mine = (UPLOAD.c.username == username) & (UPLOAD.c.state != RECEIVING)
        return self._rows(mine, limit=limit)

    def pieces(self, number: int, part: str) -> Iterator[bytes]:
        """Yield the content of a part, a piece at a time."""
        n = 0
        while True:
            with reading(self.engine) as connection:
                sealed = connection.execute(
                    select(UPLOAD_PIECE.c.sealed).where(_piece(number, part, n))
                ).scalar()
            if sealed is None:
                return
            yield self._keys.open(sealed, _place(number, f"{part}/{n}"))
            n += 1

    def content(self, number: int) -> bytes:
        """Return the whole file that was sent."""
        return b"".join(self.pieces(number, CONTENT))

    # --- the sender's later words

    def answer(
        self, number: int, username: str, *, month: int | None = None, confirmed: bool = False
    ) -> bool:
        """Take the answer of the sender; the file goes on; False when nothing was asked of it."""
        values: dict[str, Any] = {"state": WAITING, "not_before": 0}
        if month is not None:
            values["month"] = month
        if confirmed:
            values["confirmed"] = True
        with writing(self.engine) as connection:
            asked = (
                (UPLOAD.c.id == number)
                & (UPLOAD.c.username == username)
                & (UPLOAD.c.state == ASKING)
            )
            return connection.execute(update(UPLOAD).where(asked).values(values)).rowcount > 0

    def withdraw(self, number: int, username: str) -> bool:
        """Erase a file that was not begun or waits for an answer; False when it is too late."""
        with writing(self.engine) as connection:
            still = (
                (UPLOAD.c.id == number)
                & (UPLOAD.c.username == username)
                & UPLOAD.c.state.in_((WAITING, ASKING))
                & (UPLOAD.c.crashes == 0)  # a part of it may have entered
            )
            if connection.execute(select(UPLOAD.c.id).where(still)).first() is None:
                return False
            _erase(connection, [number])
            connection.execute(delete(UPLOAD).where(UPLOAD.c.id == number))
        return True

    def fetched(self, number: int, *, at: int) -> None:
        """Note that the result was fetched; the first time counts."""
        first = (UPLOAD.c.id == number) & UPLOAD.c.fetched_at.is_(None)
        with writing(self.engine) as connection:
            connection.execute(update(UPLOAD).where(first).values(fetched_at=at))

    # --- sealing

    def seal_told(self, number: int, told: Told) -> bytes:
        """Return what the sender is told, as it is kept."""
        return self._seal(msgspec.json.encode(told), number, "told")

    def _seal(self, content: bytes, number: int, column: str) -> bytes:
        return self._keys.seal(content, _place(number, column))

    def _rows(self, clause: Any, *, limit: int) -> list[Upload]:
        held = (
            select(UPLOAD_PIECE.c.upload)
            .where(UPLOAD_PIECE.c.upload == UPLOAD.c.id, UPLOAD_PIECE.c.part == RESULT)
            .exists()
        )
        query = (
            select(UPLOAD, held.label("has_result"))
            .where(clause)
            .order_by(UPLOAD.c.id.desc())
            .limit(limit)
        )
        with reading(self.engine) as connection:
            rows = connection.execute(query).mappings().all()
        return [self._upload(row) for row in rows]

    def _upload(self, row: Any) -> Upload:
        number = row["id"]
        told = Told()
        if row["told"] is not None:
            opened = self._keys.open(row["told"], _place(number, "told"))
            told = msgspec.json.decode(opened, type=Told)
        return Upload(
            sender=Sender(row["username"], row["source"], row["region"]),
            name=self._keys.open(row["name"], _place(number, "name")).decode(),
            told=told,
            has_result=bool(row["has_result"]),
            confirmed=bool(row["confirmed"]),
            **{name: row[name] for name in _PLAIN},
        )


class Incoming:
    """A file while it comes: hashed, sealed and kept piece by piece.

    Parameters
    ----------
    uploads
        Where it is kept.
    id
        Number of the upload.
    """

    def __init__(self, uploads: Uploads, number: int) -> None:
        self.id = number
        self.size = 0
        self._uploads = uploads
        self._whole = hashlib.sha256()
        self._n = 0

    def add(self, piece: bytes) -> None:
        """Keep the next piece."""
        self._whole.update(piece)
        with writing(self._uploads.engine) as connection:
            self._uploads.add_piece(connection, self.id, CONTENT, self._n, piece)
        self._n += 1
        self.size += len(piece)

    def complete(self) -> None:
        """Put the whole file into the queue."""
        values = {"state": WAITING, "size": self.size, "sha256": self._whole.hexdigest()}
        with writing(self._uploads.engine) as connection:
            connection.execute(update(UPLOAD).where(UPLOAD.c.id == self.id).values(values))

    def abandon(self) -> None:
        """Erase what came."""
        with writing(self._uploads.engine) as connection:
            _erase(connection, [self.id])
            connection.execute(delete(UPLOAD).where(UPLOAD.c.id == self.id))


_PLAIN = (
    "id", "size", "sha256", "received_at", "state", "month", "attempt", "started_at", "rows_done",
    "rows_total", "done_at", "fetched_at",
)  # fmt: skip


def erase_pieces(connection: Connection, numbers: Iterable[int], part: str | None = None) -> None:
    """Erase what was sent, what goes back, or both."""
    _erase(connection, list(numbers), part)


def _erase(connection: Connection, numbers: list[int], part: str | None = None) -> None:
    for number in numbers:
        gone = delete(UPLOAD_PIECE).where(UPLOAD_PIECE.c.upload == number)
        connection.execute(gone if part is None else gone.where(UPLOAD_PIECE.c.part == part))


def _piece(number: int, part: str, n: int) -> Any:
    piece = UPLOAD_PIECE.c
    return (piece.upload == number) & (piece.part == part) & (piece.number == n)


def _place(number: int, what: str) -> bytes:
    return f"uploads/{number}/{what}".encode()


def _plain_name(name: str) -> str:
    """Return the last part of a name without what no name has; kept short at its beginning."""
    last = name.replace("\\", "/").rpartition("/")[2]
    clean = "".join(c for c in last if c.isprintable()).strip() or "未命名"
    if len(clean) <= _LONGEST_NAME:
        return clean
    stem, dot, ending = clean.rpartition(".")
    return stem[: _LONGEST_NAME - len(ending) - 1] + dot + ending[:10]
