"""Source tokens: shown once, found by hash, revoked."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, text

from yujing.access.access import Access
from yujing.access.tokens import TokenGrant
from yujing.domain.codes import Source
from yujing.errors import UsageError

GRANT = TokenGrant(Source.SOCIAL_INSURANCE, ("insurance.status",), ("520526",), backfill=True)


def test_a_token_opens_what_it_grants(access: Access, engine: Engine, now: datetime) -> None:
    token = access.tokens.create(GRANT, label="社保局", at=now, by="operator")

    assert access.tokens.find(token, at=now) == GRANT
    assert access.tokens.find(token + "x", at=now) is None
    with engine.connect() as connection:
        assert token not in str(connection.execute(text("SELECT * FROM source_token")).all())


def test_a_revoked_token_opens_nothing(access: Access, now: datetime) -> None:
    token = access.tokens.create(GRANT, label="社保局", at=now, by="operator")
    access.tokens.find(token, at=now)
    access.tokens.find(token, at=now + timedelta(seconds=5))
    listed = access.tokens.list()[0]
    assert listed.used_at == now

    access.tokens.revoke(listed.id, at=now)
    access.tokens.revoke(listed.id, at=now + timedelta(days=1))

    assert access.tokens.find(token, at=now) is None
    assert access.tokens.list()[0].revoked_at == now
    with pytest.raises(UsageError, match="no token"):
        access.tokens.revoke(99, at=now)


def test_a_token_needs_regions_that_are_codes(access: Access, now: datetime) -> None:
    with pytest.raises(UsageError, match="region"):
        access.tokens.create(TokenGrant(Source.EDUCATION, (), ()), label="", at=now, by="x")
    with pytest.raises(UsageError, match="scope"):
        access.tokens.create(TokenGrant(Source.EDUCATION, (), ("123",)), label="", at=now, by="x")
