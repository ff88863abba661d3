"""Sessions: limits, lists, logging out everywhere; and the same through the door-keeper."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, text

from yujing.access.access import Access
from yujing.access.accounts import NewAccount
from yujing.access.roles import Role
from yujing.access.scope import Scope


@pytest.fixture
def password(access: Access, now: datetime) -> str:
    return access.accounts.add(
        NewAccount("wang", Role.WORKER, Scope("520526101203")), at=now, by="operator"
    )


def begin(access: Access, at: datetime) -> str:
    return access.sessions.begin("wang", at=at, address="10.0.0.1", browser="WeChat")


@pytest.mark.usefixtures("password")
def test_a_session_ends_when_idle(access: Access, now: datetime) -> None:
    token = begin(access, now)

    assert access.sessions.find(token, at=now + timedelta(hours=11)) is not None
    assert access.sessions.find(token, at=now + timedelta(hours=22)) is not None
    assert access.sessions.find(token, at=now + timedelta(hours=35)) is None


@pytest.mark.usefixtures("password")
def test_a_busy_session_ends_after_a_week(access: Access, now: datetime) -> None:
    token = begin(access, now)
    for hours in range(6, 24 * 7, 6):
        assert access.sessions.find(token, at=now + timedelta(hours=hours)) is not None

    assert access.sessions.find(token, at=now + timedelta(days=7, minutes=1)) is None


@pytest.mark.usefixtures("password")
def test_one_session_or_all_can_be_ended(access: Access, now: datetime) -> None:
    first, second = begin(access, now), begin(access, now + timedelta(minutes=1))
    sessions = access.sessions.list("wang", at=now + timedelta(minutes=2))
    assert len(sessions) == 2
    assert sessions[0].browser == "WeChat"

    access.sessions.end("wang", sessions[0].public_id, at=now + timedelta(minutes=2))
    assert access.sessions.find(second, at=now + timedelta(minutes=3)) is None
    assert access.sessions.find(first, at=now + timedelta(minutes=3)) is not None

    access.sessions.end_all("wang", at=now + timedelta(minutes=4))
    assert access.sessions.find(first, at=now + timedelta(minutes=5)) is None


@pytest.mark.usefixtures("password")
def test_nobody_ends_the_session_of_another(access: Access, now: datetime) -> None:
    token = begin(access, now)
    session = access.sessions.list("wang", at=now)[0]

    access.sessions.end("li", session.public_id, at=now)

    assert access.sessions.find(token, at=now) is not None


@pytest.mark.usefixtures("password")
def test_the_token_itself_is_not_stored(access: Access, engine: Engine, now: datetime) -> None:
    token = begin(access, now)

    with engine.connect() as connection:
        rows = connection.execute(text("SELECT * FROM session")).all()
    assert token not in str(rows)


def test_a_changed_password_ends_the_other_sessions(
    access: Access, password: str, now: datetime
) -> None:
    other = begin(access, now)
    login = access.log_in("wang", password, at=now, address="10.0.0.1", browser="")
    assert login.token is not None
    visitor = access.visitor(login.token, at=now, address="10.0.0.1")
    assert visitor is not None

    access.change_password(visitor, password, "shan-ping-26", at=now)

    assert access.visitor(other, at=now, address="") is None
    assert access.visitor(login.token, at=now, address="") is not None


def test_a_disabled_account_is_out_at_once(access: Access, password: str, now: datetime) -> None:
    login = access.log_in("wang", password, at=now, address="10.0.0.1", browser="")
    assert login.token is not None

    access.disable("wang", at=now, by="operator")

    assert access.visitor(login.token, at=now, address="") is None
    assert access.log_in("wang", password, at=now, address="", browser="").token is None
    access.disable("wang", at=now, by="operator", disabled=False)
    assert access.log_in("wang", password, at=now, address="", browser="").token is not None


def test_a_reset_ends_sessions_and_asks_for_a_change(
    access: Access, password: str, now: datetime
) -> None:
    token = begin(access, now)

    fresh = access.reset("wang", at=now, by="operator")

    assert access.visitor(token, at=now, address="") is None
    assert access.log_in("wang", password, at=now, address="", browser="").token is None
    login = access.log_in("wang", fresh, at=now, address="", browser="")
    assert login.account is not None
    assert login.account.must_change


def test_a_disabled_account_with_a_live_session_is_nobody(
    access: Access, password: str, now: datetime
) -> None:
    token = begin(access, now)
    access.accounts.disable("wang", at=now, by="operator")

    assert password
    assert access.visitor(token, at=now, address="") is None
