"""The audit of reads: found by person and by account; no reason, no read."""

from datetime import datetime

import pytest

from yujing.access.access import Access
from yujing.access.accounts import Account
from yujing.access.roles import Role
from yujing.access.scope import Scope
from yujing.errors import UsageError

LEADER = Account("chen", "陈", Role.LEADER, Scope("520526"), must_change=False, disabled=False)


def test_a_read_is_found_by_person_and_by_account(access: Access, now: datetime) -> None:
    access.audit.note(
        LEADER, what="name", subject=0xABC, reason=" 群众来访 ", address="10.0.0.1", at=now
    )

    read = access.audit.of_subject(0xABC)[0]
    assert (read.username, read.role, read.what) == ("chen", "leader", "name")
    assert (read.subject, read.reason, read.at) == ("0000000000000abc", "群众来访", now)
    assert access.audit.of_account("chen") == [read]
    assert access.audit.of_subject(0xABD) == []


@pytest.mark.parametrize("reason", ["", "  ", "查"])
def test_without_a_reason_nothing_is_read(access: Access, now: datetime, reason: str) -> None:
    with pytest.raises(UsageError, match="原因"):
        access.audit.note(LEADER, what="name", subject=1, reason=reason, address="", at=now)

    assert access.audit.of_account("chen") == []
