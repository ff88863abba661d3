"""What partitions say about the county, told by bytes, is what the county says."""

from datetime import date

import numpy as np
import pytest

from models.features.context import Context
from models.features.tables import state_context
from streams.state.state import State
from tests.support.neighbours import card_of_the_neighbours
from tests.support.simulated_state import simulated_state
from yujing.app.contexts import context_of_all, contexts_of
from yujing.app.ordered import OrderedState, of_buckets
from yujing.app.picture import Picture
from yujing.domain.policy import Policy

DAY, POLICY, CARD = date(2026, 11, 24), Policy.load(), card_of_the_neighbours()


def told(shares: list[list[int]], n: int, state: State) -> Context:
    contents: dict[int, bytes] = {}
    for share in shares:
        seen = Picture(OrderedState(state, of_buckets(n, share)), DAY, POLICY, CARD, CARD)
        contents |= contexts_of(seen, share, n)
    assert sorted(contents) == list(range(n))
    return context_of_all([contents[p] for p in range(n)])


@pytest.mark.parametrize("shares", [[[0, 1, 2, 3, 4]], [[4, 0], [2], [1, 3]]])
def test_the_partitions_tell_the_context_of_the_county(shares: list[list[int]]) -> None:
    state = simulated_state()
    found = told(shares, 5, state)
    whole = state_context(OrderedState(state), as_of=DAY, policy=POLICY)

    for name in vars(whole):
        ours, theirs = getattr(found, name), getattr(whole, name)
        assert ours.keys.tolist() == theirs.keys.tolist(), name
        assert np.array_equal(ours.values, theirs.values), name
        assert len(ours.keys), name


def test_partitions_without_anybody_say_nothing() -> None:
    found = told([[0], [1]], 2, State(2022 * 12))

    assert [len(getattr(found, name).keys) for name in vars(found)] == [0] * len(vars(found))
