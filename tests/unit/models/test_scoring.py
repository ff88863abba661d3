"""Scores of everybody, and of a part as of the whole."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.expert import expert_card
from models.features import EMPLOYED, JOBLESS, STALE
from models.features.tables import state_context
from models.scoring import Scores, score
from tests.unit.models.synthetic import AS_OF, FlatPolicy, FlatState, random_state

U90, P12 = (expert_card(kind, as_of=AS_OF) for kind in ("u90", "p12"))   # type: ignore[arg-type]


def scored(state: FlatState, rows: np.ndarray | None = None) -> Scores:
    return score(state, as_of=AS_OF, u90=U90, p12=P12, policy=FlatPolicy(), persons=rows)


def test_everybody_has_a_state_and_who_works_a_risk() -> None:
    scores = scored(random_state(2000, 1))

    employed = scores.work == EMPLOYED
    assert set(np.unique(scores.work)) == {0, EMPLOYED, JOBLESS, STALE}
    assert ((scores.u90[employed] > 0) & (scores.u90[employed] < 1)).all()
    assert np.isnan(scores.u90[~employed]).all()
    assert (~np.isnan(scores.jobless_days) <= (scores.work == JOBLESS)).all()
    assert ((scores.p12 > 0) & (scores.p12 < 1)).all()
    assert (scores.u90_id, scores.p12_id) == (U90.id, P12.id)


def test_losing_a_wage_never_lowers_the_household_risk() -> None:
    scores = scored(random_state(2000, 2))
    rows = np.flatnonzero(~np.isnan(scores.without_wage))

    assert len(rows) > 100
    before = scores.p12[scores.household_of[rows]]
    assert (scores.without_wage[rows] >= before - 1e-12).all()
    assert (scores.without_wage[rows] > before + 1e-6).mean() > 0.3


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10**6), st.lists(st.integers(0, 399), min_size=1, max_size=20))
def test_a_part_scores_as_in_the_whole_with_all_members_of_its_households(
    seed: int, some: list[int]
) -> None:
    state = random_state(400, seed)
    whole, part = scored(state), scored(state, np.array(some))

    assert set(some) <= set(part.members.tolist())
    np.testing.assert_array_equal(part.u90, whole.u90[part.members])
    np.testing.assert_array_equal(part.work, whole.work[part.members])
    np.testing.assert_array_equal(part.p12, whole.p12[part.households])
    np.testing.assert_array_equal(part.without_wage, whole.without_wage[part.members])
    homes = np.where(part.household_of >= 0, part.households[part.household_of], -1)
    wholes = whole.household_of[part.members]
    np.testing.assert_array_equal(homes, np.where(wholes >= 0, whole.households[wholes], -1))


def test_reasons_of_a_row_add_up_to_its_score() -> None:
    scores = scored(random_state(500, 3))
    row = int(np.flatnonzero(scores.work == EMPLOYED)[0])

    reasons = U90.reasons(scores.member_table, row)
    logit = sum(reason.points for reason in reasons) + U90.table.intercept

    assert 1 / (1 + np.exp(-logit)) == pytest.approx(scores.u90[row], abs=1e-12)


def test_a_context_computed_before_gives_the_same() -> None:
    state = random_state(500, 3)
    context = state_context(state, as_of=AS_OF, policy=FlatPolicy())

    again = score(state, as_of=AS_OF, u90=U90, p12=P12, policy=FlatPolicy(), context=context)

    np.testing.assert_array_equal(again.u90, scored(state).u90)
