"""The laws of the state: order, copies, batches, corrections, links, checkpoints."""

import random
import tempfile
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.content import content_hashes, fact_version_hash
from streams.fact import FactArray, empty_facts
from streams.state import checkpoint
from streams.state.effective import effective
from streams.state.layout import base_month_of
from streams.state.state import ACCEPTED, CONFLICT, DUPLICATE, State
from tests.fakes.fact_source import MemoryLog
from tests.unit.streams.state.histories import histories

BASE = base_month_of(2026)
LAWS = settings(max_examples=150, deadline=None)


def run(batches: list[FactArray], *, defer: bool = False) -> tuple[State, MemoryLog]:
    state, log = State(BASE), MemoryLog()
    for batch in batches:
        verdicts = state.judge(batch, log)
        log.append(batch[verdicts != DUPLICATE])
        state.absorb(batch, verdicts, log, defer=defer)
    state.settle(log)
    return state, log


def cut(rows: FactArray, rng: random.Random) -> list[FactArray]:
    batches, start = [], 0
    while start < len(rows):
        stop = start + rng.randint(1, 6)
        batches.append(rows[start:stop])
        start = stop
    return batches


@LAWS
@given(history=histories(), rng=st.randoms(use_true_random=False))
def test_any_order_copies_and_batches_give_the_same_state(
    history: FactArray, rng: random.Random
) -> None:
    order = list(range(len(history))) + [rng.randrange(len(history)) for _ in history[:5]]
    rng.shuffle(order)

    whole = State.build(history, BASE)
    state, _ = run(cut(history[order], rng))
    late, _ = run(cut(history[order], rng), defer=True)

    assert state.digest() == whole.digest() == late.digest()
    assert np.array_equal(state.sums(), whole.sums())
    assert np.array_equal(state.index.entries(), whole.index.entries())


@LAWS
@given(history=histories())
def test_memory_agrees_with_a_plain_sum_over_the_log(history: FactArray) -> None:
    state, log = run([history])
    standing = log.rows[effective(log.rows)]
    sums = np.zeros(len(standing), dtype=state.sums().dtype)
    sums["subject"], sums["n"] = standing["subject"], 1
    sums["xor"] = fact_version_hash(standing)

    assert len(state.compare(sums)) == 0
    if len(sums):
        assert len(state.compare(sums[1:])) == 1


@LAWS
@given(history=histories())
def test_a_fact_retracted_is_as_if_it_had_never_happened(history: FactArray) -> None:
    withdrawn = history.copy()
    withdrawn["version"] = 9
    withdrawn["retracted"] = 1
    withdrawn["content"] = content_hashes(withdrawn)

    state, _ = run([history, withdrawn])

    assert state.digest() == State(BASE).digest()
    assert not state.members["n_facts"].any()


@LAWS
@given(history=histories())
def test_a_checkpoint_comes_back_bit_for_bit_and_goes_on(history: FactArray) -> None:
    half = len(history) // 2
    state, log = run([history[:half]])
    with tempfile.TemporaryDirectory() as directory:
        checkpoint.save(state, Path(directory), 5)
        loaded = checkpoint.load(Path(directory))
    assert loaded is not None
    restored, position = loaded
    assert position == 5
    assert restored.digest() == state.digest()

    rest = history[half:]
    verdicts = restored.judge(rest, log)
    log.append(rest[verdicts != DUPLICATE])
    restored.take_logged(rest[verdicts != DUPLICATE], log)
    restored.take_logged(history, log)  # copies beyond the position do no harm

    assert restored.digest() == State.build(history, BASE).digest()


def test_a_damaged_checkpoint_is_passed_over(tmp_path: Path) -> None:
    assert checkpoint.load(tmp_path) is None
    checkpoint.save(State(BASE), tmp_path, 1)
    assert checkpoint.load(tmp_path) is not None
    file = next(tmp_path.glob("state-*.npz"))
    file.write_bytes(file.read_bytes()[:-7])

    assert checkpoint.load(tmp_path) is None


def fact(number: int, kind: int, subject: int, **columns: int) -> FactArray:
    row = empty_facts(1)
    row["fact"], row["kind"], row["subject"], row["version"] = number, kind, subject, 1
    row["source"], row["known_at"] = 4, 1_700_000_000
    row["occurred_from"] = row["occurred_to"] = 20500
    for name, value in columns.items():
        row[name] = value
    row["content"] = content_hashes(row)
    return row


def test_verdicts_name_duplicates_conflicts_and_stale_versions() -> None:
    state, log = run([fact(1, 9, 11, month=24300, worked=2, version=2)])
    batch = np.concatenate(
        [
            fact(1, 9, 11, month=24300, worked=2, version=2),
            fact(1, 9, 11, month=24300, worked=1, version=2),
            fact(1, 9, 11, month=24300, worked=1, version=1),
            fact(1, 9, 11, month=24300, worked=1, version=1),
            fact(2, 9, 11, month=24301, worked=2),
            fact(2, 9, 11, month=24301, worked=1),
        ]
    )

    verdicts = state.judge(batch, log)

    assert verdicts.tolist() == [DUPLICATE, CONFLICT, ACCEPTED, DUPLICATE, ACCEPTED, CONFLICT]


def test_a_person_who_moves_takes_the_new_household_and_the_other_claim_is_kept() -> None:
    state, _ = run(
        [
            np.concatenate(
                [
                    fact(1, 1, 11, other=101, occurred_from=20400),
                    fact(2, 1, 11, other=102, occurred_from=20450),
                ]
            )
        ]
    )

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
    assert state.members[joined[0]]["n_facts"] == 3

    withdrawn = fact(3, 3, 12, other=11, version=2, retracted=1)
    verdicts = state.judge(withdrawn, log)
    log.append(withdrawn)
    state.absorb(withdrawn, verdicts, log)
    parted = state.person_rows(keys)

    assert parted[0] != parted[1]
    assert state.digest() == run(own)[0].digest()


def test_a_batch_of_new_facts_asks_the_log_nothing() -> None:
    _, log = run([fact(1, 9, 11, month=24300, worked=2), fact(2, 9, 11, month=24301, worked=1)])

    assert log.n_questions == 0
