"""Accounts: first password, change, reset, disabling."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, text

from yujing.access.access import Access
from yujing.access.accounts import NewAccount
from yujing.access.roles import Role
from yujing.access.scope import Scope
from yujing.domain.codes import Source
from yujing.errors import UsageError

WANG = NewAccount("wang", Role.WORKER, Scope("520526101203"), "王勇")


def test_a_new_account_gets_a_temporary_password_that_must_be_changed(
    access: Access, now: datetime
) -> None:
    password = access.accounts.add(WANG, at=now, by="operator")

    account = access.accounts.check("wang", password, at=now)
    assert account is not None
    assert account.must_change
    assert account.scope == Scope("520526101203")
    assert access.accounts.check("wang", password + "x", at=now) is None


def test_a_temporary_password_runs_out(access: Access, now: datetime) -> None:
    password = access.accounts.add(WANG, at=now, by="operator")

    assert access.accounts.check("wang", password, at=now + timedelta(days=15)) is None


def test_a_changed_password_does_not_run_out(access: Access, now: datetime) -> None:
    password = access.accounts.add(WANG, at=now, by="operator")
    access.accounts.change_password("wang", password, "shan-ping-26", at=now)

    account = access.accounts.check("WANG ", "shan-ping-26", at=now + timedelta(days=400))
    assert account is not None
    assert not account.must_change
    assert access.accounts.check("wang", password, at=now) is None


@pytest.mark.parametrize(
    "new", ["kurz7", "1234567890", "aaaaaaaa11", "wang-2026-x", "password77", "x" * 201]
)
def test_weak_passwords_are_refused_in_words(access: Access, now: datetime, new: str) -> None:
    password = access.accounts.add(WANG, at=now, by="operator")

    with pytest.raises(UsageError, match="密码"):
        access.accounts.change_password("wang", password, new, at=now)


def test_the_old_password_is_asked_for_and_must_differ(access: Access, now: datetime) -> None:
    password = access.accounts.add(WANG, at=now, by="operator")

    with pytest.raises(UsageError, match="原密码"):
        access.accounts.change_password("wang", "wrong", "shan-ping-26", at=now)
    with pytest.raises(UsageError, match="一样"):
        access.accounts.change_password("wang", password, password, at=now)
    with pytest.raises(UsageError, match="原密码"):
        access.accounts.change_password("nobody", "wrong", "shan-ping-26", at=now)


def test_names_are_checked_and_unique(access: Access, now: datetime) -> None:
    access.accounts.add(WANG, at=now, by="operator")

    with pytest.raises(UsageError, match="exists"):
        access.accounts.add(WANG, at=now, by="operator")
    with pytest.raises(UsageError, match="account"):
        access.accounts.add(NewAccount("王勇", Role.WORKER, Scope("")), at=now, by="operator")


def test_an_import_takes_all_or_none(access: Access, now: datetime) -> None:
    more = NewAccount("li", Role.SUPERVISOR, Scope("520526101"))

    with pytest.raises(UsageError):
        access.accounts.add_many([more, WANG, WANG], at=now, by="operator")

    assert access.accounts.list() == []
    assert len(access.accounts.add_many([more, WANG], at=now, by="operator")) == 2
    assert [a.username for a in access.accounts.list()] == ["li", "wang"]


def test_a_given_password_can_be_final(access: Access, now: datetime) -> None:
    access.accounts.add(WANG, at=now, by="demo", password="shan-ping-26", must_change=False)

    account = access.accounts.get("wang")
    assert account is not None
    assert not account.must_change
    with pytest.raises(UsageError, match="密码"):
        access.accounts.add(
            NewAccount("li", Role.LEADER, Scope("")), at=now, by="demo", password="short"
        )


def test_reset_and_disable_need_an_account(access: Access, now: datetime) -> None:
    with pytest.raises(UsageError, match="no account"):
        access.reset("wang", at=now, by="operator")
    with pytest.raises(UsageError, match="no account"):
        access.disable("wang", at=now, by="operator")


def test_no_password_is_stored(access: Access, engine: Engine, now: datetime) -> None:
    password = access.accounts.add(WANG, at=now, by="operator")
    access.accounts.change_password("wang", password, "shan-ping-26", at=now)

    with engine.connect() as connection:
        rows = connection.execute(text("SELECT * FROM account")).all()
        changes = connection.execute(text("SELECT what, by_whom FROM account_change")).all()
    assert password not in str(rows)
    assert "shan-ping-26" not in str(rows)
    assert [tuple(c) for c in changes] == [("created", "operator"), ("password changed", "wang")]


def test_a_department_speaks_for_one_source_and_nobody_else_does(
    access: Access, now: datetime
) -> None:
    sheets = NewAccount("rsj", Role.DEPARTMENT, Scope("520526"), "人社局", Source.SOCIAL_INSURANCE)
    access.accounts.add(sheets, at=now, by="operator")

    found = access.accounts.get("rsj")
    assert found is not None
    assert found.source is Source.SOCIAL_INSURANCE
    with pytest.raises(UsageError, match="only a department"):
        access.accounts.add(
            NewAccount("li", Role.WORKER, Scope(""), source=Source.EDUCATION), at=now, by="operator"
        )
