"""The laws of the state: order, copies, batches, corrections, links, losses."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.content import content_hashes
from streams.fact import FactArray, empty_facts
from streams.state.state import DUPLICATE, State
from tests.support.fakes.fact_source import MemoryLog
from tests.support.state_histories import BASE_MONTH, Drawn, events, histories, to_history

LAWS = settings(max_examples=150)
SEEDS = st.integers(0, 2**32 - 1)


def take(state: State, log: MemoryLog, batch: FactArray, *, defer: bool = False) -> None:
    verdicts = state.judge(batch, log)
    log.append(batch[verdicts != DUPLICATE])
    state.absorb(batch, verdicts, log, defer=defer)


def run(batches: list[FactArray], *, defer: bool = False) -> tuple[State, MemoryLog]:
    state, log = State(BASE_MONTH), MemoryLog()
    for batch in batches:
        take(state, log, batch, defer=defer)
    state.settle(log)
    return state, log


def shuffled(history: FactArray, seed: int) -> list[FactArray]:
    """Return batches that hold every version at least once, in any order, cut anywhere."""
    rng = np.random.default_rng(seed)
    if not len(history):
        return []
    copies = rng.integers(0, len(history), rng.integers(0, len(history) + 1))
    order = rng.permutation(np.concatenate([np.arange(len(history)), copies]))
    cuts = np.sort(rng.integers(0, len(order) + 1, rng.integers(0, 6)))
    return [history[part] for part in np.split(order, cuts)]


@LAWS
@given(history=histories(), seed=SEEDS, defer=st.booleans())
def test_any_order_copies_and_batches_give_the_same_state(
    history: FactArray, seed: int, defer: bool
) -> None:
    whole = State.build(history, BASE_MONTH)

    state, log = run(shuffled(history, seed), defer=defer)

    assert state.digest() == whole.digest() == State.build(log.rows, BASE_MONTH).digest()
    assert np.array_equal(state.sums(), whole.sums())
    assert np.array_equal(state.index.entries(), whole.index.entries())


@LAWS
@given(drawn=events(), gone=st.sets(st.integers(1, 30)), seed=SEEDS)
def test_what_is_retracted_never_happened(drawn: list[Drawn], gone: set[int], seed: int) -> None:
    withdrawn = [
        (fact, 9, kind, place, of, True) for fact, _, kind, place, of, _ in drawn if fact in gone
    ]
    left = to_history([event for event in drawn if event[0] not in gone])

    state, _ = run(shuffled(to_history(drawn + withdrawn), seed))

    assert state.digest() == State.build(left, BASE_MONTH).digest()


@LAWS
@given(history=histories(), seed=SEEDS)
def test_folding_anew_changes_nothing(history: FactArray, seed: int) -> None:
    state, log = run(shuffled(history, seed))
    before = state.digest()

    state.rebuild(np.unique(log.rows["subject"]), log)

    assert state.digest() == before


@LAWS
@given(history=histories(), seed=SEEDS)
def test_memory_and_log_sum_up_alike(history: FactArray, seed: int) -> None:
    state, log = run(shuffled(history, seed))

    assert len(state.compare(log.sums())) == 0


@LAWS
@given(history=histories(), seed=SEEDS)
def test_what_memory_lost_is_found_by_its_sums_and_comes_back(
    history: FactArray, seed: int
) -> None:
    new = to_history([(31 + k, 1, k, 0, seed, False) for k in (9, 4, 21, 3)])
    state, log = run(shuffled(history, seed))
    log.append(new)

    differing = state.compare(log.sums())
    state.rebuild(differing, log)

    assert len(differing) >= 3
    assert state.digest() == State.build(log.rows, BASE_MONTH).digest()
    assert state.judge(new, log).tolist() == [DUPLICATE] * len(new)


@LAWS
@given(history=histories(), seed=SEEDS, cut=st.integers(0, 60), overlap=st.integers(0, 9))
def test_rows_beyond_a_checkpoint_are_taken_from_the_log(
    history: FactArray, seed: int, cut: int, overlap: int
) -> None:
    state, log = run(shuffled(history, seed))
    late, _ = run([log.rows[:cut]])

    late.take_logged(log.rows[max(cut - overlap, 0) :], log)

    assert late.digest() == state.digest()


@LAWS
@given(history=histories(), seed=SEEDS)
def test_copies_known_earlier_decide_what_counts(history: FactArray, seed: int) -> None:
    state, log = run(shuffled(history, seed))
    rng = np.random.default_rng(seed)
    earlier = log.rows[rng.random(len(log.rows)) < 0.3]
    earlier["known_at"] = 0
    log.append(earlier)

    state.take_logged(earlier, log)

    whole = State.build(log.rows, BASE_MONTH)
    assert state.digest() == whole.digest()
    assert np.array_equal(state.index.entries(), whole.index.entries())


def fact(number: int, kind: int, subject: int, **columns: int) -> FactArray:
    row = empty_facts(1)
    row["fact"], row["kind"], row["subject"], row["version"] = number, kind, subject, 1
    row["source"], row["known_at"] = 4, 1_700_000_000
    row["occurred_from"] = row["occurred_to"] = 20500
    for name, value in columns.items():
        row[name] = value
    row["content"] = content_hashes(row)
    return row


def test_a_person_who_moves_takes_the_new_household_and_the_other_claim_is_kept() -> None:
    first = fact(1, 1, 11, other=101, occurred_from=20400)
    second = fact(2, 1, 11, other=102, occurred_from=20450)
    state, _ = run([np.concatenate([first, second])])

    member = state.members[state.person_rows(np.array([11], dtype=np.uint64))[0]]

    assert member["household"] == 102
    assert member["other_household"] == 101


def test_a_link_joins_two_keys_and_its_retraction_parts_them() -> None:
    keys = np.array([11, 12], dtype=np.uint64)
    own = [fact(1, 9, 11, month=24300, worked=2), fact(2, 9, 12, month=24301, worked=2)]
    link = fact(3, 3, 12, other=11)
    state, log = run([*own, link])
    joined = state.person_rows(keys)

    assert joined[0] == joined[1]
    assert state.members["n_facts"].sum() == state.members["n_facts"][joined[0]] == 3

    take(state, log, fact(3, 3, 12, other=11, version=2, retracted=1))
    parted = state.person_rows(keys)

    assert parted[0] != parted[1]
    assert state.digest() == run(own)[0].digest()


def test_a_corrected_subject_leaves_the_one_named_by_mistake() -> None:
    wrong = fact(1, 9, 11, month=24300, worked=2)
    right = fact(1, 9, 12, month=24300, worked=2, version=2)

    state, _ = run([wrong, right])

    assert state.digest() == run([right])[0].digest()


def test_every_subject_named_is_touched_even_by_a_duplicate() -> None:
    one = np.concatenate([fact(1, 9, 11, month=24300, worked=2), fact(2, 4, 101, subject_kind=1)])
    state, log = run([one])

    touched = state.absorb(one, state.judge(one, log), log)

    assert touched.persons.tolist() == [11]
    assert touched.households.tolist() == [101]


def test_a_load_without_corrections_asks_the_log_nothing() -> None:
    new = [fact(1, 9, 11, month=24300, worked=2), fact(2, 9, 11, month=24301, worked=1)]
    _, log = run([*new, *new])

    assert log.n_questions == 0


def test_a_higher_version_is_judged_without_a_question() -> None:
    state, log = run([fact(1, 9, 11, month=24300, worked=2)])

    state.judge(fact(1, 9, 11, month=24300, worked=1, version=2), log)

    assert log.n_questions == 0
