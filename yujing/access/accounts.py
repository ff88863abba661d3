"""Accounts: made with a temporary password that the first login must change; reset, disabled."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, RowMapping, insert, select, update

from yujing.access.passwords import Passwords, temporary_password, weakness
from yujing.access.roles import Role
from yujing.access.scope import Scope
from yujing.access.tables import ACCOUNT, ACCOUNT_CHANGE
from yujing.domain.codes import Source
from yujing.errors import UsageError
from yujing.storage.sql import reading, writing

TEMPORARY_VALID = timedelta(days=14)  # judgement: two weeks to reach every village on paper
_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may enter; never holds the password. A department speaks for one source."""

    username: str
    name: str
    role: Role
    scope: Scope
    must_change: bool
    disabled: bool
    source: Source | None = None
    created_at: int = 0


@dataclass(frozen=True, slots=True)
class NewAccount:
    """What is needed to make an account."""

    username: str
    role: Role
    scope: Scope
    name: str = ""
    source: Source | None = None


def _account(row: RowMapping) -> Account:
    return Account(
        username=row["username"],
        name=row["name"],
        role=Role(row["role"]),
        scope=Scope(row["scope"]),
        must_change=bool(row["must_change"]),
        disabled=bool(row["disabled"]),
        source=Source(row["source"]) if row["source"] is not None else None,
        created_at=row["created_at"],
    )


def _checked_username(username: str) -> str:
    lowered = username.strip().lower()
    if not _USERNAME.fullmatch(lowered):
        raise UsageError(
            f"account {username!r}: 2 to 40 of a-z 0-9 . _ -, beginning with a letter or digit"
        )
    return lowered


class Accounts:
    """The accounts in the desk database.

    Parameters
    ----------
    engine
        Database that the migrations of this room were applied to.
    passwords
        Hashing.
    """

    def __init__(self, engine: Engine, passwords: Passwords) -> None:
        self._engine = engine
        self._passwords = passwords

    def add(
        self,
        new: NewAccount,
        *,
        at: datetime,
        by: str,
        password: str | None = None,
        must_change: bool = True,
    ) -> str:
        """Make an account and return its password.

        Parameters
        ----------
        new
            The account.
        at
            Now.
        by
            Who makes it.
        password
            The password; None draws a temporary one, valid for two weeks.
        must_change
            Whether the first login must change it.

        Raises
        ------
        UsageError
            If the name is taken or malformed, the password too weak, or somebody who is no
            department has a source.
        """
        return self.add_many([new], at=at, by=by, password=password, must_change=must_change)[0]

    def add_many(
        self,
        accounts: Iterable[NewAccount],
        *,
        at: datetime,
        by: str,
        password: str | None = None,
        must_change: bool = True,
    ) -> list[str]:
        """Make many accounts in one transaction, all or none; return their passwords in order."""
        drawn: list[str] = []
        with writing(self._engine) as connection:
            for new in accounts:
                username = _checked_username(new.username)
                if new.source is not None and new.role is not Role.DEPARTMENT:
                    raise UsageError(f"account {username!r}: only a department has a source")
                problem = weakness(password, username) if password is not None else None
                if problem:
                    raise UsageError(problem)
                if self._row(connection, username) is not None:
                    raise UsageError(f"account {username!r} exists already")
                secret = password if password is not None else temporary_password()
                drawn.append(secret)
                connection.execute(
                    insert(ACCOUNT).values(
                        username=username,
                        name=new.name or username,
                        role=new.role.value,
                        scope=new.scope.prefix,
                        password_hash=self._passwords.hash(secret),
                        must_change=must_change,
                        valid_until=_valid_until(at) if must_change else None,
                        disabled=False,
                        created_at=int(at.timestamp()),
                        changed_at=int(at.timestamp()),
                        source=new.source.value if new.source is not None else None,
                    )
                )
                _note(connection, username, "created", at, by)
        return drawn

    def get(self, username: str) -> Account | None:
        """Return an account, also a disabled one."""
        with reading(self._engine) as connection:
            row = self._row(connection, username.strip().lower())
        return _account(row) if row is not None else None

    def list(self) -> list[Account]:
        """Return all accounts by name."""
        with reading(self._engine) as connection:
            rows = connection.execute(select(ACCOUNT).order_by(ACCOUNT.c.username)).mappings()
            return [_account(row) for row in rows]

    def check(self, username: str, password: str, *, at: datetime) -> Account | None:
        """Return the account if name and password fit, it is not disabled and not run out."""
        with reading(self._engine) as connection:
            row = self._row(connection, username.strip().lower())
        usable = row is not None and not row["disabled"] and not _ran_out(row, at)
        stored = row["password_hash"] if row is not None and usable else None
        if not self._passwords.fits(stored, password) or row is None:
            return None
        return _account(row)

    def change_password(self, username: str, old: str, new: str, *, at: datetime) -> None:
        """Set a password of one's own.

        Raises
        ------
        UsageError
            If the old one is wrong or the new one is too weak or the same; a Chinese line.
        """
        with writing(self._engine) as connection:
            row = self._row(connection, username)
            if row is None or not self._passwords.fits(row["password_hash"], old):
                raise UsageError("原密码不对，请再试一次。")
            if old == new:
                raise UsageError("新密码和原密码一样，请换一个。")
            problem = weakness(new, username)
            if problem:
                raise UsageError(problem)
            self._set(connection, username, new, must_change=False, at=at, by=username)

    def reset(self, username: str, *, at: datetime, by: str) -> str:
        """Set and return a new temporary password; the next login must change it."""
        secret = temporary_password()
        with writing(self._engine) as connection:
            self._existing(connection, username)
            self._set(connection, username, secret, must_change=True, at=at, by=by)
        return secret

    def disable(self, username: str, *, at: datetime, by: str, disabled: bool = True) -> None:
        """Close an account, or open it again; whoever calls also ends its sessions."""
        with writing(self._engine) as connection:
            self._existing(connection, username)
            connection.execute(
                update(ACCOUNT).where(ACCOUNT.c.username == username).values(disabled=disabled)
            )
            _note(connection, username, "disabled" if disabled else "enabled", at, by)

    def _existing(self, connection: Connection, username: str) -> None:
        if self._row(connection, username) is None:
            raise UsageError(f"no account {username!r}")

    def _set(
        self,
        connection: Connection,
        username: str,
        password: str,
        *,
        must_change: bool,
        at: datetime,
        by: str,
    ) -> None:
        connection.execute(
            update(ACCOUNT)
            .where(ACCOUNT.c.username == username)
            .values(
                password_hash=self._passwords.hash(password),
                must_change=must_change,
                valid_until=_valid_until(at) if must_change else None,
                changed_at=int(at.timestamp()),
            )
        )
        _note(connection, username, "reset" if must_change else "password changed", at, by)

    @staticmethod
    def _row(connection: Connection, username: str) -> RowMapping | None:
        query = select(ACCOUNT).where(ACCOUNT.c.username == username)
        return connection.execute(query).mappings().first()


def _valid_until(at: datetime) -> int:
    return int((at + TEMPORARY_VALID).timestamp())


def _ran_out(row: RowMapping, at: datetime) -> bool:
    return row["valid_until"] is not None and at.timestamp() > row["valid_until"]


def _note(connection: Connection, username: str, what: str, at: datetime, by: str) -> None:
    connection.execute(
        insert(ACCOUNT_CHANGE).values(
            at=int(at.timestamp()), username=username, what=what, by_whom=by
        )
    )
