"""Scopes: what lies inside, on single codes and on arrays, and who may do what."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yujing.access.roles import RIGHTS, ROLES_ZH, Right, Role
from yujing.access.scope import Scope, allows, covered, require
from yujing.errors import AccessDeniedError, UsageError

VILLAGE = 520526101203


@pytest.mark.parametrize("prefix", ["", "52", "5205", "520526", "520526101", "520526101203"])
def test_every_level_above_a_village_covers_it(prefix: str) -> None:
    assert Scope(prefix).covers(VILLAGE)


def test_a_neighbour_is_not_covered() -> None:
    assert not Scope("520526101203").covers(520526101204)
    assert not Scope("520526102").covers(VILLAGE)


def test_a_village_scope_does_not_cover_its_township() -> None:
    assert not Scope("520526101203").covers(520526101000)


def test_an_unknown_place_is_seen_by_the_widest_scope_alone() -> None:
    assert Scope("").covers(0)
    assert not Scope("52").covers(0)


@pytest.mark.parametrize("prefix", ["5", "520", "52052610120", "5205261012031", "52x5", "５２"])
def test_what_is_no_beginning_of_a_code_is_refused(prefix: str) -> None:
    with pytest.raises(UsageError):
        Scope(prefix)


def test_filled_up_codes_name_their_level() -> None:
    assert Scope.of("520500000000").prefix == "5205"
    assert Scope.of(520526101203).prefix == "520526101203"
    assert Scope.of("520526101").level == "乡镇"


@given(
    st.sampled_from(["", "52", "5205", "520526", "520526101", "520526101203"]),
    st.lists(st.integers(0, 10**12 - 1) | st.integers(520526101000, 520526101999), max_size=20),
)
def test_arrays_and_single_codes_agree(prefix: str, codes: list[int]) -> None:
    together = covered([prefix], np.array(codes, dtype=np.int64)).tolist()

    assert together == [Scope(prefix).covers(code) for code in codes]


def test_no_prefix_covers_nothing() -> None:
    assert not covered([], np.array([VILLAGE])).any()


def test_a_scope_contains_narrower_ones() -> None:
    assert Scope("520526").contains(Scope("520526101"))
    assert not Scope("520526101").contains(Scope("520526"))


def test_every_role_has_rights_and_a_name() -> None:
    assert set(RIGHTS) == set(Role) == set(ROLES_ZH)


def test_a_leader_sees_no_cards_and_a_worker_no_board() -> None:
    assert not allows(Role.LEADER, Scope("520526"), Right.CARDS)
    assert not allows(Role.WORKER, Scope("520526"), Right.BOARD)


def test_a_right_ends_at_the_scope() -> None:
    require(Role.WORKER, Scope("520526101203"), Right.RECORD, VILLAGE)
    with pytest.raises(AccessDeniedError):
        require(Role.WORKER, Scope("520526101204"), Right.RECORD, VILLAGE)
    with pytest.raises(AccessDeniedError):
        require(Role.OPERATOR, Scope(""), Right.RECORD, VILLAGE)
