"""The state against a slow second opinion, and the laws of order, copies and withdrawal."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from streams.content import fact_version_hash
from streams.fact import FactArray
from streams.state.effective import effective
from streams.state.state import ACCEPTED, CONFLICT, DUPLICATE, State
from tests.fakes.fact_source import MemoryLog
from tests.plain_state import as_row, plain_state
from tests.state_histories import BASE_MONTH, Drawn, events, to_history

quick = settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))


def sums_of(log: MemoryLog) -> npt.NDArray[np.void]:
    """Return what `EventLog.sums` would."""
    facts = log.rows[effective(log.rows)]
    subjects, place = np.unique(facts["subject"], return_inverse=True)
    sums = np.zeros(len(subjects), [("subject", "u8"), ("n", "u4"), ("xor", "u8")])
    sums["subject"] = subjects
    np.add.at(sums["n"], place, 1)
    np.bitwise_xor.at(sums["xor"], place, fact_version_hash(facts))
    return sums


def take(state: State, log: MemoryLog, batch: FactArray, *, defer: bool = False) -> Any:
    verdicts = state.judge(batch, log)
    log.append(batch[verdicts != DUPLICATE])
    state.absorb(batch, verdicts, log, defer=defer)
    return verdicts


def shuffled(history: FactArray, seed: int) -> list[FactArray]:
    """Return batches with every version at least once, in any order, cut anywhere."""
    rng = np.random.default_rng(seed)
    if not len(history):
        return []
    copies = rng.integers(0, len(history), rng.integers(0, len(history) + 1))
    order = rng.permutation(np.concatenate([np.arange(len(history)), copies]))
    cuts = np.sort(rng.integers(0, len(order) + 1, rng.integers(0, 6)))
    return [history[part] for part in np.split(order, cuts)]


def folded(history: FactArray, seed: int, *, defer: bool = False) -> tuple[State, MemoryLog]:
    state, log = State(BASE_MONTH), MemoryLog()
    for batch in shuffled(history, seed):
        take(state, log, batch, defer=defer)
    state.settle(log)
    return state, log


@quick
@given(drawn=events(), seed=st.integers(0, 2**32 - 1))
def test_the_state_agrees_with_the_second_opinion(drawn: list[Drawn], seed: int) -> None:
    history = to_history(drawn)
    state, _ = folded(history, seed)
    told = plain_state(history, BASE_MONTH)

    for rows, expected in (
        (state.members, told["members"]),
        (state.households, told["households"]),
    ):
        held = {int(row["key"]): as_row(row) for row in rows if row["n_facts"]}
        assert held == expected
    areas = {int(row["fact"]): as_row(row) for row in state.areas}
    assert areas.keys() == told["areas"].keys()
    for fact, row in areas.items():
        for name in ("occurred_from", "disaster", "grade"):
            assert row[name] == told["areas"][fact][name]


@quick
@given(drawn=events(), seed=st.integers(0, 2**32 - 1), defer=st.booleans())
def test_order_copies_and_batches_play_no_part(drawn: list[Drawn], seed: int, defer: bool) -> None:
    history = to_history(drawn)

    state, log = folded(history, seed, defer=defer)

    assert state.digest() == State.build(history, BASE_MONTH).digest()
    assert state.digest() == State.build(log.rows, BASE_MONTH).digest()


@quick
@given(drawn=events(), gone=st.sets(st.integers(1, 30)), seed=st.integers(0, 2**32 - 1))
def test_what_is_retracted_never_happened(drawn: list[Drawn], gone: set[int], seed: int) -> None:
    retractions = [
        (fact, 9, kind, place, of, True) for fact, _, kind, place, of, _ in drawn if fact in gone
    ]
    state, _ = folded(to_history(drawn + retractions), seed)

    left = to_history([event for event in drawn if event[0] not in gone])

    assert state.digest() == State.build(left, BASE_MONTH).digest()


@quick
@given(drawn=events(), seed=st.integers(0, 2**32 - 1))
def test_folding_anew_changes_nothing(drawn: list[Drawn], seed: int) -> None:
    state, log = folded(to_history(drawn), seed)
    before = state.digest()

    state.rebuild(np.unique(log.rows["subject"]), log)

    assert state.digest() == before


@quick
@given(drawn=events(), seed=st.integers(0, 2**32 - 1))
def test_memory_and_log_sum_up_alike(drawn: list[Drawn], seed: int) -> None:
    state, log = folded(to_history(drawn), seed)

    assert len(state.compare(sums_of(log))) == 0


@quick
@given(drawn=events(), seed=st.integers(0, 2**32 - 1))
def test_what_was_not_folded_is_found_and_mended(drawn: list[Drawn], seed: int) -> None:
    history = to_history(drawn)
    state, log = folded(history, seed)
    whole = state.digest()
    missed = to_history([(31 + kind, 1, kind, 0, seed, False) for kind in (9, 4, 21)])
    log.append(missed)

    differing = state.compare(sums_of(log))
    state.rebuild(differing, log)

    assert len(differing) == 3
    assert state.digest() == State.build(log.rows, BASE_MONTH).digest() != whole


@pytest.mark.parametrize("together", [True, False])
def test_verdicts(together: bool) -> None:
    first = to_history([(1, 1, 9, 0, 1, False)])
    other = to_history([(1, 1, 9, 0, 2, False)])
    second = to_history([(1, 2, 9, 0, 3, False)])
    rows = [first, first, other, other, second, first, second]
    state, log = State(BASE_MONTH), MemoryLog()

    if together:
        verdicts = take(state, log, np.concatenate(rows)).tolist()
    else:
        verdicts = [int(take(state, log, batch)[0]) for batch in rows]

    assert verdicts == [ACCEPTED, DUPLICATE, CONFLICT, DUPLICATE, ACCEPTED, DUPLICATE, DUPLICATE]


@quick
@given(drawn=events(), seed=st.integers(0, 2**32 - 1), cut=st.integers(0, 60))
def test_rows_beyond_a_checkpoint_are_taken_from_the_log(
    drawn: list[Drawn], seed: int, cut: int
) -> None:
    history = to_history(drawn)
    state, log = State(BASE_MONTH), MemoryLog()
    batches = shuffled(history, seed)
    for batch in batches:
        take(state, log, batch)
    late = State(BASE_MONTH)
    early = MemoryLog()
    take(late, early, log.rows[:cut])

    late.take_logged(log.rows[max(cut - 3, 0) :], log)

    assert late.digest() == state.digest()
