"""The door-keeper: accounts, sessions, throttle, audit and tokens together."""

from dataclasses import dataclass
from datetime import datetime

from argon2 import PasswordHasher
from sqlalchemy import Engine

from yujing.access.accounts import Account, Accounts
from yujing.access.audit import ReadAudit
from yujing.access.passwords import Passwords
from yujing.access.sessions import Limits, Session, Sessions
from yujing.access.tables import ROOM
from yujing.access.throttle import LoginAttempts, Throttle
from yujing.access.tokens import SourceTokens
from yujing.storage.revisions import migrate_sql


@dataclass(frozen=True, slots=True)
class Login:
    """The answer to an attempt: a token, or how long to wait, or neither when it was wrong."""

    token: str | None
    account: Account | None
    wait_s: int = 0


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who is behind a request, and through which session."""

    account: Account
    session: Session
    address: str


class Access:
    """Everything that decides who may enter, in one object.

    Parameters
    ----------
    engine
        Desk database that `prepare` was called on.
    hasher
        argon2's hasher; None for its own defaults.
    limits
        How long a session lives.
    throttle
        How fast one may guess.
    """

    def __init__(
        self,
        engine: Engine,
        *,
        hasher: PasswordHasher | None = None,
        limits: Limits | None = None,
        throttle: Throttle | None = None,
    ) -> None:
        self.accounts = Accounts(engine, Passwords(hasher))
        self.sessions = Sessions(engine, limits)
        self.attempts = LoginAttempts(engine, throttle)
        self.audit = ReadAudit(engine)
        self.tokens = SourceTokens(engine)

    @staticmethod
    def prepare(engine: Engine) -> None:
        """Make or extend the tables of this room."""
        migrate_sql(engine, ROOM)

    def log_in(
        self, username: str, password: str, *, at: datetime, address: str, browser: str
    ) -> Login:
        """Try a password; a throttled attempt is not even checked."""
        wait_s = self.attempts.wait_s(username, address, at=at)
        if wait_s:
            return Login(None, None, wait_s)
        account = self.accounts.check(username, password, at=at)
        if account is None:
            self.attempts.failed(username, address, at=at)
            return Login(None, None)
        self.attempts.succeeded(account.username)
        token = self.sessions.begin(account.username, at=at, address=address, browser=browser)
        return Login(token, account)

    def visitor(self, token: str, *, at: datetime, address: str) -> Visitor | None:
        """Return who holds a session token; nobody when it ended or the account was disabled."""
        session = self.sessions.find(token, at=at)
        if session is None:
            return None
        account = self.accounts.get(session.username)
        if account is None or account.disabled:
            return None
        return Visitor(account, session, address)

    def change_password(self, visitor: Visitor, old: str, new: str, *, at: datetime) -> None:
        """Change one's own password and end all other sessions.

        Raises
        ------
        UsageError
            A Chinese line that says what to mend.
        """
        username = visitor.account.username
        self.accounts.change_password(username, old, new, at=at)
        self.sessions.end_all(username, at=at, but=visitor.session.public_id)

    def reset(self, username: str, *, at: datetime, by: str) -> str:
        """Set and return a temporary password and end the sessions of the account."""
        secret = self.accounts.reset(username, at=at, by=by)
        self.sessions.end_all(username, at=at)
        return secret

    def disable(self, username: str, *, at: datetime, by: str, disabled: bool = True) -> None:
        """Close an account and end its sessions, or open it again."""
        self.accounts.disable(username, at=at, by=by, disabled=disabled)
        self.sessions.end_all(username, at=at)
