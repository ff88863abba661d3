"""Slowing down of logins: failures of one account and of one address are counted apart."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine, delete, func, insert, select

from yujing.access.tables import LOGIN_ATTEMPT
from yujing.storage.sql import reading, writing

ACCOUNT, ADDRESS = "account", "address"


@dataclass(frozen=True, slots=True)
class Throttle:
    """How many failures are free and for how long they count.

    Parameters
    ----------
    free_account
        Failures of one account before it waits.
    free_address
        Failures of one address before it waits; many workers share one address.
    window
        How long a failure counts.
    first_wait
        The first wait; every further failure doubles it.
    longest_wait
        No wait is longer, so that nobody can shut somebody else out for a day.
    """

    free_account: int = 5
    free_address: int = 30
    window: timedelta = timedelta(hours=1)
    first_wait: timedelta = timedelta(seconds=15)
    longest_wait: timedelta = timedelta(minutes=15)


class LoginAttempts:
    """The failures in the desk database.

    Parameters
    ----------
    engine
        Database that the migrations of this room were applied to.
    throttle
        The limits.
    """

    def __init__(self, engine: Engine, throttle: Throttle | None = None) -> None:
        self._engine = engine
        self.throttle = throttle or Throttle()

    def wait_s(self, username: str, address: str, *, at: datetime) -> int:
        """Return the whole seconds to wait before the next attempt, 0 if it is free."""
        free = self.throttle.free_account
        account = self._wait(ACCOUNT, username.lower(), free, at)
        return max(account, self._wait(ADDRESS, address, self.throttle.free_address, at))

    def failed(self, username: str, address: str, *, at: datetime) -> None:
        """Count a failure, and forget those that no longer count."""
        now = int(at.timestamp())
        old = now - int(self.throttle.window.total_seconds())
        with writing(self._engine) as connection:
            connection.execute(delete(LOGIN_ATTEMPT).where(LOGIN_ATTEMPT.c.at < old))
            connection.execute(
                insert(LOGIN_ATTEMPT),
                [
                    {"kind": ACCOUNT, "subject": username.lower()[:64], "at": now},
                    {"kind": ADDRESS, "subject": address[:64], "at": now},
                ],
            )

    def succeeded(self, username: str) -> None:
        """Forget the failures of an account; those of the address stay."""
        with writing(self._engine) as connection:
            connection.execute(
                delete(LOGIN_ATTEMPT).where(
                    LOGIN_ATTEMPT.c.kind == ACCOUNT, LOGIN_ATTEMPT.c.subject == username.lower()
                )
            )

    def _wait(self, kind: str, subject: str, free: int, at: datetime) -> int:
        now = int(at.timestamp())
        query = select(func.count(), func.max(LOGIN_ATTEMPT.c.at)).where(
            LOGIN_ATTEMPT.c.kind == kind,
            LOGIN_ATTEMPT.c.subject == subject[:64],
            LOGIN_ATTEMPT.c.at > now - int(self.throttle.window.total_seconds()),
        )
        with reading(self._engine) as connection:
            n, latest = connection.execute(query).one()
        if n < free:
            return 0
        longest = int(self.throttle.longest_wait.total_seconds())
        doublings = min(int(n) - free, 20)
        wait = min(int(self.throttle.first_wait.total_seconds()) << doublings, longest)
        return max(0, int(latest) + wait - now)
