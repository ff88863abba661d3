"""Who lives where is known after every batch, whatever was corrected, linked or withdrawn."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.fact import FactArray
from streams.state.state import State
from tests.support.fakes.fact_source import MemoryLog
from tests.support.state_histories import BASE_MONTH, HOMES, histories


def everybody(state: State) -> dict[int, list[int]]:
    """Return the member rows of each household by looking at all of them."""
    households = state.members["household"]
    return {home: np.flatnonzero(households == home).tolist() for home in HOMES}


@settings(max_examples=150)
@given(history=histories(), seed=st.integers(0, 2**32 - 1), asked_first=st.booleans())
def test_members_are_found_by_household_after_every_batch(
    history: FactArray, seed: int, asked_first: bool
) -> None:
    rng = np.random.default_rng(seed)
    state, log = State(BASE_MONTH), MemoryLog()
    if asked_first:
        state.members_of(np.array(HOMES, dtype=np.uint64))
    for batch in np.array_split(history[rng.permutation(len(history))], 4):
        verdicts = state.judge(batch, log)
        log.append(batch)
        state.absorb(batch, verdicts, log)

        found = {
            home: state.members_of(np.array([home], dtype=np.uint64)).tolist() for home in HOMES
        }

        assert found == everybody(state)


def test_an_empty_state_has_nobody() -> None:
    assert len(State(BASE_MONTH).members_of(np.array([5, 0], dtype=np.uint64))) == 0
