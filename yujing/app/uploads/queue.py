"""The order in which uploads are delivered: who takes one, how far it is, how it ended.

A taken upload has a lease that its worker renews. A worker that died lets it run out, and the
upload is taken again; what the dead one still wrote under its attempt no longer counts. Uploads of
one source are delivered in the order in which they came, one at a time.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, delete, or_, select, update

from yujing.app.uploads.answer import Told
from yujing.app.uploads.store import (
    ASKING,
    CONTENT,
    DONE,
    EXPIRED,
    PIECE_BYTES,
    RECEIVING,
    REFUSED,
    RESULT,
    RUNNING,
    WAITING,
    Upload,
    Uploads,
    erase_pieces,
)
from yujing.app.uploads.tables import UPLOAD, UPLOAD_PIECE
from yujing.storage.sql import reading, take_turn, writing

LEASE_S = 60
RECEIVING_S = 3_600  # an upload that takes longer was broken off
ASKING_S = 7 * 86_400  # how long a question waits for the sender
FETCHED_S = 7 * 86_400  # how long a result is kept after it was fetched
UNFETCHED_S = 90 * 86_400
ROWS_S = 400 * 86_400  # the list of what was sent
MOST_CRASHES = 3
_TURN = "uploads"


class Queue:
    """The queue of uploads; any process may take from it.

    Parameters
    ----------
    uploads
        The uploaded files.
    """

    def __init__(self, uploads: Uploads) -> None:
        self._uploads = uploads
        self._engine = uploads.engine

    def take_back(self) -> int:
        """Let what was under way be taken at once; return how many.

        Only for the one process of an embedded county, when it starts: nobody else is at work.
        """
        with writing(self._engine) as connection:
            running = UPLOAD.c.state == RUNNING
            return connection.execute(update(UPLOAD).where(running).values(lease_until=0)).rowcount

    def claim(self, *, at: int) -> Upload | None:
        """Take the next upload that may be delivered, None when there is none."""
        query = (
            select(
                UPLOAD.c.id, UPLOAD.c.source, UPLOAD.c.username, UPLOAD.c.state,
                UPLOAD.c.lease_until, UPLOAD.c.not_before, UPLOAD.c.crashes,
            )
            .where(UPLOAD.c.state.in_((WAITING, RUNNING)))
            .order_by(UPLOAD.c.id)
        )  # fmt: skip
        with reading(self._engine) as connection:  # mostly nothing waits: take no lock for that
            if connection.execute(query.limit(1)).first() is None:
                return None
        with writing(self._engine) as connection:
            take_turn(connection, _TURN)
            chosen = self._next(connection.execute(query).mappings().all(), at)
            if chosen is None:
                return None
            row, again = chosen
            values = {
                "state": RUNNING, "attempt": UPLOAD.c.attempt + 1, "lease_until": at + LEASE_S,
                "crashes": row["crashes"] + again, "started_at": at, "rows_done": 0,
                "rows_total": None,
            }  # fmt: skip
            connection.execute(update(UPLOAD).where(UPLOAD.c.id == row["id"]).values(values))
        upload = self._uploads.get(row["id"])
        if upload is not None and row["crashes"] + again >= MOST_CRASHES:
            line = f"这个文件处理了 {MOST_CRASHES} 次都中断了，已停下。请联系管理员。"
            self.finish(upload, REFUSED, Told(zh=line), at=at)
            return self.claim(at=at)
        return upload

    @staticmethod
    def _next(rows: Sequence[Any], at: int) -> tuple[Any, int] | None:
        """Return the first upload whose source has no earlier one, and 1 if its worker died."""
        earlier = set()
        for row in rows:
            whose = row["source"] or f"account {row['username']}"
            if whose in earlier:
                continue
            earlier.add(whose)
            if row["state"] == RUNNING and row["lease_until"] <= at:
                return row, 1
            if row["state"] == WAITING and row["not_before"] <= at:
                return row, 0
        return None

    def renew(self, upload: Upload, *, at: int, rows: tuple[int, int | None] | None = None) -> bool:
        """Keep an upload for a while longer, and tell how far it is; False when it was lost."""
        values: dict[str, Any] = {"lease_until": at + LEASE_S}
        if rows is not None:
            values["rows_done"], values["rows_total"] = rows
        return self._write(upload, values)

    def put_back(self, upload: Upload, *, until: int) -> None:
        """Try an upload again later: a store refused."""
        self._write(upload, {"state": WAITING, "not_before": until, "lease_until": 0})

    def finish(
        self, upload: Upload, state: str, told: Told, result: Iterable[bytes] = (), *, at: int
    ) -> bool:
        """End an upload, or let it wait for its sender's answer; False when it was lost.

        What was sent is erased unless it is still needed.
        """
        values = {
            "state": state, "told": self._uploads.seal_told(upload.id, told), "lease_until": 0,
            "done_at": at, "crashes": 0,
        }  # fmt: skip
        if told.counts:
            values["rows_done"] = values["rows_total"] = told.counts.get("rows", 0)
        with writing(self._engine) as connection:
            if not self._write_in(connection, upload, values):
                return False
            erase_pieces(connection, [upload.id], RESULT)
            for n, piece in enumerate(_even(result)):
                self._uploads.add_piece(connection, upload.id, RESULT, n, piece)
            if state != ASKING:
                erase_pieces(connection, [upload.id], CONTENT)
        return True

    def purge(self, *, at: int) -> int:
        """Erase what was broken off, not answered, fetched long ago; return how many."""
        column = UPLOAD.c
        with writing(self._engine) as connection:
            broken = _ids(connection, column.state == RECEIVING,
                          column.received_at < at - RECEIVING_S)  # fmt: skip
            unanswered = _ids(connection, column.state == ASKING, column.done_at < at - ASKING_S)
            old = _ids(connection, column.state.in_((DONE, REFUSED, EXPIRED)),
                       column.done_at < at - ROWS_S)  # fmt: skip
            kept = select(UPLOAD_PIECE.c.upload).where(UPLOAD_PIECE.c.part == RESULT)
            fetched = _ids(
                connection,
                column.id.in_(kept),
                column.state.in_((DONE, REFUSED)),
                or_(column.fetched_at < at - FETCHED_S, column.done_at < at - UNFETCHED_S),
            )
            erase_pieces(connection, [*broken, *unanswered, *old])
            erase_pieces(connection, fetched, RESULT)
            for number in (*broken, *old):
                connection.execute(delete(UPLOAD).where(column.id == number))
            for number in unanswered:
                connection.execute(update(UPLOAD).where(column.id == number).values(state=EXPIRED))
        return len(broken) + len(unanswered) + len(old) + len(fetched)

    def _write(self, upload: Upload, values: dict[str, Any]) -> bool:
        with writing(self._engine) as connection:
            return self._write_in(connection, upload, values)

    @staticmethod
    def _write_in(connection: Connection, upload: Upload, values: dict[str, Any]) -> bool:
        mine = (
            (UPLOAD.c.id == upload.id)
            & (UPLOAD.c.attempt == upload.attempt)
            & (UPLOAD.c.state == RUNNING)
        )
        return connection.execute(update(UPLOAD).where(mine).values(values)).rowcount > 0


def _ids(connection: Connection, *clauses: Any) -> list[int]:
    return [int(n) for n in connection.execute(select(UPLOAD.c.id).where(*clauses)).scalars()]


def _even(pieces: Iterable[bytes]) -> Iterable[bytes]:
    """Cut any pieces into ones of the size that is kept."""
    held = bytearray()
    for piece in pieces:
        held += piece
        while len(held) >= PIECE_BYTES:
            yield bytes(held[:PIECE_BYTES])
            del held[:PIECE_BYTES]
    if held:
        yield bytes(held)
