"""A sender may send the event types of its source's purposes."""

import pytest

from streams.wire.catalogue import BY_NAME
from yujing.access.tokens import TokenGrant
from yujing.app.http_door import grant_of
from yujing.app.purposes import grant_for, kinds_of, refuse_beyond_purpose
from yujing.domain.codes import Source
from yujing.domain.sources import SourceRegister
from yujing.errors import UsageError

REGISTER = SourceRegister.load()
PAYMENT, STATUS = BY_NAME["insurance.payment"].kind, BY_NAME["employment.monthly_status"].kind


def of_token(*kinds: str, beyond: bool = False) -> frozenset[int] | None:
    token = TokenGrant(Source.SOCIAL_INSURANCE, kinds, ("520526",), beyond_purpose=beyond)
    return grant_of(token, REGISTER).kinds


def test_a_token_for_all_kinds_means_those_of_its_purposes() -> None:
    allowed = of_token()
    assert allowed is not None
    assert PAYMENT in allowed
    assert STATUS not in allowed


def test_named_kinds_beyond_the_purpose_are_cut_unless_the_operator_said_so() -> None:
    both = ("insurance.payment", "employment.monthly_status")

    assert of_token(*both) == {PAYMENT}
    assert of_token(*both, beyond=True) == {PAYMENT, STATUS}
    assert of_token(beyond=True) is None


def test_an_account_of_a_department_gets_the_same_rights() -> None:
    grant = grant_for(REGISTER, Source.SOCIAL_INSURANCE, ("520526",))

    assert grant.kinds == kinds_of(REGISTER, Source.SOCIAL_INSURANCE)
    assert (grant.source, grant.regions, grant.backfill) == (
        Source.SOCIAL_INSURANCE, ("520526",), False
    )  # fmt: skip


def test_the_refusal_names_what_is_beyond_and_what_is_allowed() -> None:
    refuse_beyond_purpose(REGISTER, Source.SOCIAL_INSURANCE, ["insurance.payment"])
    with pytest.raises(UsageError, match=r"no purpose for employment\.monthly_status; it may send"):
        refuse_beyond_purpose(REGISTER, Source.SOCIAL_INSURANCE, ["employment.monthly_status"])
