"""Histories of event versions for tests: small, random, with every case that a log must absorb."""

from typing import Any

import numpy as np
from hypothesis import strategies as st

from streams.fact import FACT, PERSON, FactArray, empty_facts

# One event version as a test sees it: fact, version, content, known_at, subject, retracted
Version = tuple[int, int, int, int, int, int]


def versions(*, most: int = 40) -> st.SearchStrategy[list[Version]]:
    """Draw versions of few facts about few subjects: copies, conflicts, retractions in any order.

    A content decides all that it is the hash of: here the subject and whether it is retracted.
    """

    def version(drawn: tuple[int, int, int, int]) -> Version:
        fact, number, content, known_at = drawn
        return fact, number, content, known_at, 1 + (fact + content // 2) % 4, content % 2

    one = st.tuples(st.integers(1, 6), st.integers(1, 3), st.integers(1, 6), st.integers(1, 5))
    return st.lists(one.map(version), max_size=most)


def to_facts(history: list[Version]) -> FactArray:
    """Return rows of `FACT`; keys fill all 64 bits, so that nothing may take them for signed."""
    facts = empty_facts(len(history))
    if history:
        columns = np.array(history, dtype=np.uint64).T
        high = np.uint64(2**63)
        facts["fact"] = columns[0] | high
        facts["version"] = columns[1]
        facts["content"] = columns[2] | high
        facts["known_at"] = columns[3]
        facts["subject"] = columns[4] | high
        facts["retracted"] = columns[5]
    facts["subject_kind"] = PERSON
    facts["kind"] = 13
    return facts


def record_ids(facts: FactArray) -> list[str]:
    """Return a record id a fact, as a source would give it."""
    return [f"r-{fact}" for fact in facts["fact"].tolist()]


def oracle(facts: FactArray, known_before: int | None = None) -> dict[int, tuple[int, int, int]]:
    """Return (version, known_at, content) of the effective facts, by fact, in plain Python."""
    by_fact: dict[int, list[Any]] = {}
    for row in facts:
        if known_before is None or row["known_at"] < known_before:
            by_fact.setdefault(int(row["fact"]), []).append(row)
    effective = {}
    for fact, rows in by_fact.items():
        highest = max(row["version"] for row in rows)
        winner = min(
            (row for row in rows if row["version"] == highest),
            key=lambda row: (row["known_at"], row["content"]),
        )
        if not winner["retracted"]:
            effective[fact] = (
                int(winner["version"]),
                int(winner["known_at"]),
                int(winner["content"]),
            )
    return effective


def some_facts(n: int, *, seed: int = 1, first: int = 1) -> FactArray:
    """Return `n` different facts with every column filled at random within its type.

    Parameters
    ----------
    n
        How many.
    seed
        Of the random numbers.
    first
        Added to the number of a fact, so that batches do not overlap.
    """
    rng = np.random.default_rng(seed)
    facts = empty_facts(n)
    for name in FACT.names or ():
        limits = np.iinfo(FACT[name])
        facts[name] = rng.integers(limits.min, limits.max, n, dtype=FACT[name], endpoint=True)
    facts["fact"] = np.arange(first, first + n, dtype=np.uint64)
    facts["position"] = 0
    facts["retracted"] = 0
    return facts
