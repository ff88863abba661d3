"""Answers of the HTTP door, kept so that a request sent again gets the same one."""

import hashlib
from dataclasses import dataclass

from sqlalchemy import Engine, delete, select

from yujing.app.tables import DOOR_ANSWER
from yujing.storage.sql import reading, upsert, writing

KEPT_S = 7 * 86_400  # judgement: a sender that was cut off for a week asks anew


@dataclass(frozen=True)
class KeptAnswer:
    """One answer."""

    body_hash: str
    status: int
    answer: bytes


class Answers:
    """The answers in the desk database.

    Parameters
    ----------
    engine
        Database that the migrations of the application were applied to.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def find(self, token: str, key: str) -> KeptAnswer | None:
        """Return the answer that a token got for a key."""
        query = select(DOOR_ANSWER.c.body_hash, DOOR_ANSWER.c.status, DOOR_ANSWER.c.answer).where(
            DOOR_ANSWER.c.token_hash == _hash(token), DOOR_ANSWER.c.key == key
        )
        with reading(self._engine) as connection:
            row = connection.execute(query).first()
        return None if row is None else KeptAnswer(row[0], int(row[1]), bytes(row[2]))

    def keep(
        self, token: str, key: str, body_hash: str, status: int, answer: bytes, *, at: int
    ) -> None:
        """Keep an answer and drop those that are too old."""
        row = {
            "token_hash": _hash(token),
            "key": key,
            "body_hash": body_hash,
            "status": status,
            "answer": answer,
            "answered_at": at,
        }
        with writing(self._engine) as connection:
            connection.execute(delete(DOOR_ANSWER).where(DOOR_ANSWER.c.answered_at < at - KEPT_S))
            put = upsert(
                connection,
                DOOR_ANSWER,
                key=("token_hash", "key"),
                columns=("body_hash", "status", "answer", "answered_at"),
            )
            connection.execute(put, row)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
