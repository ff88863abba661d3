"""Random histories of every kind of event about a handful of subjects, stamped once each."""

from collections.abc import Sequence

import numpy as np
from hypothesis import strategies as st

from streams.content import content_hashes
from streams.fact import AREA, HOUSEHOLD, PERSON, FactArray, empty_facts
from streams.state.layout import base_month_of
from streams.wire.catalogue import BY_KIND
from streams.wire.event_type import Subject

BASE_MONTH = base_month_of(2026)
PERSONS = (11, 12, 13, 2**63 + 5, 2**64 - 2)
HOMES = (101, 102, 2**63 + 103)
PLACES = (520526101001, 520526101000, 520526000000)
_DAYS = (9000, 10957, 18993, 19000, 20000, 20001, 20400, 20454)  # from before the window to today
_OFTEN = (1, 1, 3, 3, 3, 21)  # claims of households, links and areas are where the traps lie
_FEN = (-(2**63), -5_000, 0, 99, 150_050, 700_000_000)

# An event version as drawn: fact, version, kind, place of its subject, seed of the rest, retracted
Drawn = tuple[int, int, int, int, int, bool]


def events(
    *,
    least: int = 0,
    most: int = 60,
    persons: int = 5,
    facts: int = 30,
    kinds: Sequence[int] = (*sorted(BY_KIND), *_OFTEN),
) -> st.SearchStrategy[list[Drawn]]:
    """Draw event versions; a fact may have several, also with one number and other contents."""
    one = st.tuples(
        st.integers(1, facts),
        st.integers(1, 3),
        st.sampled_from(kinds),
        st.integers(0, persons - 1),
        st.integers(0, 2**32 - 1),
        st.sampled_from((False,) * 4 + (True,)),
    )
    return st.lists(one, min_size=least, max_size=most)


def to_history(drawn: list[Drawn]) -> FactArray:
    """Return the stamped versions; an event and its copies carry the same stamp."""
    facts = empty_facts(len(drawn))
    for row, event in zip(facts, drawn, strict=True):
        _fill(row, event)
    return stamped(facts)


def stamped(facts: FactArray) -> FactArray:
    """Give versions the stamp of their contents, so that copies carry the same one."""
    facts["content"] = content_hashes(facts)
    facts["known_at"] = 1 + facts["content"] % 3  # ties are wanted
    return facts


def _fill(row: np.void, event: Drawn) -> None:
    fact, version, kind, place, seed, retracted = event
    rng = np.random.default_rng(seed)
    row["fact"] = fact * 0x9E3779B97F4A7C15 % 2**64
    row["version"], row["kind"], row["retracted"] = version, kind, retracted
    row["source"], row["role"] = rng.integers(0, 16), rng.integers(0, 4)
    _subject(row, BY_KIND[kind].subject, place, rng)
    row["region"] = rng.choice(PLACES)
    first, last = sorted(rng.choice(_DAYS, 2).tolist())
    row["occurred_from"], row["occurred_to"] = first, last if rng.random() < 0.3 else first
    row["month"] = BASE_MONTH + rng.integers(-3, 66)
    row["other"] = rng.choice(np.array(PERSONS if kind == 3 else HOMES, dtype=np.uint64))
    row["employer"], row["card"] = rng.integers(0, 3), rng.integers(0, 2**40)
    row["work_region"] = rng.choice((0, 520102, 440300, 530102))
    row["risks"], row["health"] = rng.integers(0, 2**11), rng.integers(0, 2**5)
    row["category"], row["service"] = rng.integers(0, 9), rng.integers(0, 6)
    row["insurance"] = rng.choice((6, 7)) if kind == 15 else rng.integers(0, 9)
    row["area"] = rng.integers(0, 6)
    for name in (
        "worked",
        "organised",
        "planned",
        "training_wish",
        "arrears",
        "contract",
        "relocation",
    ):
        row[name] = rng.integers(0, 3)
    for name in (
        "form",
        "industry",
        "channel",
        "reason",
        "intent",
        "contract_months",
        "n_members",
        "relation",
        "schooling",
        "student",
        "skill",
        "sex",
        "ethnicity",
        "household_type",
        "status",
        "payer",
        "warning",
        "measure",
        "result",
        "outcome",
        "disaster",
        "grade",
    ):
        row[name] = rng.integers(0, 5)
    for name in row.dtype.names or ():
        if name.endswith("_fen"):
            row[name] = rng.choice(np.array(_FEN, dtype=np.int64))


def _subject(row: np.void, about: Subject, place: int, rng: np.random.Generator) -> None:
    person = about is Subject.PERSON or (about is Subject.EITHER and rng.random() < 0.6)
    if about is Subject.AREA:
        row["subject_kind"], row["subject"] = AREA, PLACES[place % len(PLACES)]
    elif person:
        row["subject_kind"], row["subject"] = PERSON, PERSONS[place]
    else:
        row["subject_kind"], row["subject"] = HOUSEHOLD, HOMES[place % len(HOMES)]


def histories(*, most: int = 60) -> st.SearchStrategy[FactArray]:
    """Draw a history: versions out of order, contested contents, retractions before originals."""
    return events(most=most).map(to_history)
