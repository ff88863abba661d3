"""Sessions on the server's side: only a hash of the token is kept; idle and absolute limits."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, Engine, insert, select, update

from yujing.access.tables import SESSION
from yujing.storage.sql import reading, writing

SEEN_STEP_S = 60  # writing "seen" at every request would make each page a write


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a session lives.

    Parameters
    ----------
    idle
        Without a request.
    absolute
        From login, however busy.
    """

    idle: timedelta = timedelta(hours=12)  # a working day in the field without typing it again
    absolute: timedelta = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Session:
    """A login somewhere; `public_id` names it in lists without opening it."""

    public_id: str
    username: str
    created_at: datetime
    seen_at: datetime
    address: str
    browser: str


def token_hash(token: str) -> str:
    """Return what is stored of a random token; no salt needed, the token has 256 bits."""
    return hashlib.sha256(token.encode()).hexdigest()


class Sessions:
    """The sessions in the desk database.

    Parameters
    ----------
    engine
        Database that the migrations of this room were applied to.
    limits
        How long a session lives.
    """

    def __init__(self, engine: Engine, limits: Limits | None = None) -> None:
        self._engine = engine
        self.limits = limits or Limits()

    def begin(self, username: str, *, at: datetime, address: str, browser: str) -> str:
        """Begin a session and return its token, which is nowhere else."""
        token = secrets.token_urlsafe(32)
        now = int(at.timestamp())
        with writing(self._engine) as connection:
            connection.execute(
                insert(SESSION).values(
                    token_hash=token_hash(token),
                    public_id=secrets.token_hex(8),
                    username=username,
                    created_at=now,
                    seen_at=now,
                    address=address[:64],
                    browser=browser[:200],
                )
            )
        return token

    def find(self, token: str, *, at: datetime) -> Session | None:
        """Return the live session of a token, and remember that it was seen."""
        now = int(at.timestamp())
        key = token_hash(token)
        with reading(self._engine) as connection:
            row = (
                connection.execute(
                    select(SESSION).where(SESSION.c.token_hash == key, self._alive(now))
                )
                .mappings()
                .first()
            )
        if row is None:
            return None
        if now - row["seen_at"] >= SEEN_STEP_S:
            with writing(self._engine) as connection:
                connection.execute(
                    update(SESSION).where(SESSION.c.token_hash == key).values(seen_at=now)
                )
        return _session(dict(row))

    def list(self, username: str, *, at: datetime) -> list[Session]:
        """Return the live sessions of an account, the newest first."""
        query = (
            select(SESSION)
            .where(SESSION.c.username == username, self._alive(int(at.timestamp())))
            .order_by(SESSION.c.created_at.desc(), SESSION.c.public_id)
        )
        with reading(self._engine) as connection:
            return [_session(dict(row)) for row in connection.execute(query).mappings()]

    def end(self, username: str, public_id: str, *, at: datetime) -> None:
        """End one session of an account; a second time does nothing."""
        self._end(at, SESSION.c.username == username, SESSION.c.public_id == public_id)

    def end_all(self, username: str, *, at: datetime, but: str | None = None) -> None:
        """End every session of an account, all but one if its `public_id` is given."""
        clauses = [SESSION.c.username == username]
        if but is not None:
            clauses.append(SESSION.c.public_id != but)
        self._end(at, *clauses)

    def _end(self, at: datetime, *clauses: ColumnElement[bool]) -> None:
        with writing(self._engine) as connection:
            connection.execute(
                update(SESSION)
                .where(SESSION.c.ended_at.is_(None), *clauses)
                .values(ended_at=int(at.timestamp()))
            )

    def _alive(self, now: int) -> ColumnElement[bool]:
        return (
            SESSION.c.ended_at.is_(None)
            & (SESSION.c.seen_at > now - int(self.limits.idle.total_seconds()))
            & (SESSION.c.created_at > now - int(self.limits.absolute.total_seconds()))
        )


def _session(row: dict[str, object]) -> Session:
    return Session(
        public_id=str(row["public_id"]),
        username=str(row["username"]),
        created_at=_moment(row["created_at"]),
        seen_at=_moment(row["seen_at"]),
        address=str(row["address"]),
        browser=str(row["browser"]),
    )


def _moment(seconds: object) -> datetime:
    return datetime.fromtimestamp(int(str(seconds)), UTC)
