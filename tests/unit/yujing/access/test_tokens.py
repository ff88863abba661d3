"""Source tokens: shown once, found by hash, revoked."""

from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
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


def test_a_rotated_token_and_its_follower_both_hold_until_the_overlap_is_over(
    access: Access, now: datetime
) -> None:
    old = access.tokens.create(GRANT, label="社保局", at=now, by="operator")
    number = access.tokens.list()[0].id

    new = access.tokens.rotate(number, overlap=timedelta(days=7), at=now, by="operator")

    last = now + timedelta(days=7) - timedelta(seconds=1)
    assert access.tokens.find(old, at=last) == access.tokens.find(new, at=last) == GRANT
    assert access.tokens.find(old, at=now + timedelta(days=7)) is None
    assert access.tokens.find(new, at=now + timedelta(days=700)) == GRANT
    first, second = access.tokens.list()
    assert (first.follows, first.label, first.valid_until) == (number, "社保局", None)
    assert (second.follows, second.valid_until) == (None, now + timedelta(days=7))
    assert second.holds(last)
    assert not second.holds(now + timedelta(days=7))


def test_what_is_over_is_not_rotated(access: Access, now: datetime) -> None:
    access.tokens.create(GRANT, label="", at=now, by="operator")
    number, week = access.tokens.list()[0].id, timedelta(days=7)
    for overlap in (timedelta(0), timedelta(days=91)):
        with pytest.raises(UsageError, match="overlap"):
            access.tokens.rotate(number, overlap=overlap, at=now, by="x")
    with pytest.raises(UsageError, match="no token"):
        access.tokens.rotate(99, overlap=week, at=now, by="x")
    access.tokens.rotate(number, overlap=week, at=now, by="x")
    with pytest.raises(UsageError, match="rotated already"):
        access.tokens.rotate(number, overlap=week, at=now, by="x")
    access.tokens.revoke(number + 1, at=now)
    with pytest.raises(UsageError, match="revoked"):
        access.tokens.rotate(number + 1, overlap=week, at=now, by="x")


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(st.tuples(st.integers(0, 40), st.integers(1, 90)), min_size=1, max_size=6),
    used_after=st.integers(0, 400),
)
def test_at_every_moment_a_sender_who_changes_within_the_overlap_gets_in(
    access: Access, now: datetime, steps: list[tuple[int, int]], used_after: int
) -> None:
    tokens, at = [access.tokens.create(GRANT, label="", at=now, by="x")], now
    made = [now]
    for wait_days, overlap in steps:
        at += timedelta(days=wait_days)
        number = access.tokens.list()[0].id
        tokens.append(access.tokens.rotate(number, overlap=timedelta(days=overlap), at=at, by="x"))
        made.append(at)
        both = [access.tokens.find(token, at=at) for token in tokens[-2:]]
        assert both == [GRANT, GRANT]  # the sender may go on with the one that he has
    moment = now + timedelta(days=used_after)
    known = [token for token, since in zip(tokens, made, strict=True) if since <= moment]
    assert GRANT in [access.tokens.find(token, at=moment) for token in known]
    assert access.tokens.find(tokens[-1], at=at + timedelta(days=4000)) == GRANT
