"""The throttle of logins: by account, by address, growing and ending."""

from datetime import datetime, timedelta

from yujing.access.access import Access
from yujing.access.accounts import NewAccount
from yujing.access.roles import Role
from yujing.access.scope import Scope


def attempt(access: Access, at: datetime, name: str = "wang", address: str = "10.0.0.1") -> int:
    return access.log_in(name, "wrong", at=at, address=address, browser="").wait_s


def test_the_sixth_wrong_password_waits_and_longer_each_time(access: Access, now: datetime) -> None:
    assert [attempt(access, now) for _ in range(5)] == [0] * 5

    assert attempt(access, now) == 15
    assert attempt(access, now + timedelta(seconds=16)) == 0
    assert attempt(access, now + timedelta(seconds=16)) == 30


def test_the_right_password_waits_too_while_throttled(access: Access, now: datetime) -> None:
    new = NewAccount("wang", Role.WORKER, Scope("520526101203"))
    password = access.accounts.add(new, at=now, by="operator")
    for _ in range(5):
        attempt(access, now)

    early = access.log_in("wang", password, at=now, address="10.0.0.9", browser="")
    later = now + timedelta(seconds=20)
    assert early.token is None
    assert early.wait_s == 15
    login = access.log_in("Wang", password, at=later, address="10.0.0.9", browser="")
    assert login.token is not None
    assert attempt(access, later) == 0


def test_an_address_that_tries_many_accounts_waits(access: Access, now: datetime) -> None:
    for i in range(30):
        assert attempt(access, now, name=f"name{i}") == 0

    assert attempt(access, now, name="another") > 0
    assert attempt(access, now, name="another", address="10.0.0.2") == 0


def test_no_wait_is_longer_than_a_quarter_of_an_hour_and_an_hour_forgives(
    access: Access, now: datetime
) -> None:
    for i in range(40):
        access.attempts.failed("wang", f"10.0.1.{i}", at=now)

    assert attempt(access, now, address="10.9.9.9") == 900
    assert attempt(access, now + timedelta(hours=1, seconds=1), address="10.9.9.9") == 0
