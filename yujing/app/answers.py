"""Answers of the HTTP door, kept so that a request sent again gets the same one."""

import hashlib
from dataclasses import dataclass

from sqlalchemy import Engine, text

from yujing.storage.sqlite import reading, writing

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
        with reading(self._engine) as connection:
            row = connection.execute(
                text(
                    "SELECT body_hash, status, answer FROM door_answer "
                    "WHERE token_hash = :token AND key = :key"
                ),
                {"token": _hash(token), "key": key},
            ).first()
        return None if row is None else KeptAnswer(row[0], int(row[1]), bytes(row[2]))

    def keep(
        self, token: str, key: str, body_hash: str, status: int, answer: bytes, *, at: int
    ) -> None:
        """Keep an answer and drop those that are too old."""
        with writing(self._engine) as connection:
            connection.execute(
                text("DELETE FROM door_answer WHERE answered_at < :before"), {"before": at - KEPT_S}
            )
            connection.execute(
                text(
                    "INSERT OR REPLACE INTO door_answer VALUES "
                    "(:token, :key, :body_hash, :status, :answer, :at)"
                ),
                {
                    "token": _hash(token),
                    "key": key,
                    "body_hash": body_hash,
                    "status": status,
                    "answer": answer,
                    "at": at,
                },
            )


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
