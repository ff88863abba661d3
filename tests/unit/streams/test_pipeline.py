"""One batch through the core: who is registered, what is new, what waits."""

import numpy as np

from streams.content import content_hashes
from streams.fact import AREA, HOUSEHOLD, FactArray, empty_facts
from streams.pipeline import NO_KEYS, Outcome, Registered, step, with_households
from streams.state.state import State
from tests.support.fakes.fact_source import MemoryLog

BASE = 2022 * 12
MEMBER, JOB, REGISTER, DISASTER = 1, 7, 4, 21


def facts_of(*rows: tuple[int, int, int, int, int]) -> FactArray:
    """Return facts of (fact, kind, subject kind, subject, other)."""
    facts = empty_facts(len(rows))
    for name, column in zip(
        ("fact", "kind", "subject_kind", "subject", "other"), zip(*rows, strict=True), strict=True
    ):
        facts[name] = column
    facts["version"], facts["known_at"], facts["occurred_from"] = 1, 1, 20_000
    facts["content"] = content_hashes(facts)
    return facts


def keys(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.uint64)


def test_who_is_registered_by_the_same_batch_is_matched_and_others_wait() -> None:
    facts = facts_of((1, JOB, 0, 10, 0), (2, MEMBER, 0, 10, 90), (3, JOB, 0, 11, 0))

    stepped = step(facts, State(BASE), Registered(NO_KEYS, NO_KEYS), MemoryLog())

    assert stepped.outcomes.tolist() == [Outcome.ACCEPTED, Outcome.ACCEPTED, Outcome.UNMATCHED]
    assert stepped.newcomers.tolist() == [10, 90]
    assert stepped.to_append.tolist() == [0, 1]
    assert stepped.unmatched.tolist() == [2]


def test_a_household_is_registered_by_its_own_event_or_by_a_member() -> None:
    registered = Registered(keys(1), keys(5))
    registered.add(keys(7))
    facts = facts_of(
        (1, REGISTER, HOUSEHOLD, 6, 0), (2, 18, HOUSEHOLD, 7, 0), (3, 18, HOUSEHOLD, 8, 0)
    )

    assert registered.newcomers(facts).tolist() == [6]
    assert registered.covers(facts).tolist() == [False, True, False]
    assert len(registered) == 3


def test_who_is_registered_in_any_order_and_twice_is_registered_once() -> None:
    registered = Registered(keys(5, 20), NO_KEYS)

    registered.add(keys(30, 7, 1, 7))
    registered.add(keys(20, 30))
    registered.add(NO_KEYS)

    assert len(registered) == 5
    assert registered.holds(keys(1, 5, 7, 20, 30)).all()
    assert not registered.holds(keys(0, 6, 21, 31)).any()


def test_a_place_is_always_matched() -> None:
    facts = facts_of((1, DISASTER, AREA, 520_000_000_000, 0))

    stepped = step(facts, State(BASE), Registered(NO_KEYS, NO_KEYS), MemoryLog())

    assert stepped.outcomes.tolist() == [Outcome.ACCEPTED]


def test_a_batch_that_came_before_changes_nothing() -> None:
    state, log, registered = State(BASE), MemoryLog(), Registered(keys(10), NO_KEYS)
    facts = facts_of((1, MEMBER, 0, 10, 90), (2, JOB, 0, 10, 0))
    log.append(facts)
    state.absorb(facts, step(facts, state, registered, log).verdicts, log)
    other = facts.copy()
    other["area"][1] = 2
    other["content"] = content_hashes(other)

    stepped = step(np.concatenate([facts, other[1:]]), state, registered, log)

    assert [Outcome(outcome).word for outcome in stepped.outcomes] == [
        "duplicate",
        "duplicate",
        "conflict",
    ]
    assert stepped.to_append.tolist() == [2]


def test_facts_carry_the_household_of_their_subject_as_a_hint() -> None:
    state, log = State(BASE), MemoryLog()
    known = facts_of((1, MEMBER, 0, 10, 90))
    log.append(known)
    state.absorb(known, np.zeros(1, dtype=np.uint8), log)
    facts = facts_of(
        (2, JOB, 0, 10, 0), (3, MEMBER, 0, 11, 91), (4, 18, HOUSEHOLD, 92, 0), (5, JOB, 0, 12, 0)
    )

    with_households(facts, state)

    assert facts["household"].tolist() == [90, 91, 92, 0]
