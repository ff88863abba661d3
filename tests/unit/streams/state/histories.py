"""Random histories of versions about a handful of people, households and places."""

import numpy as np
from hypothesis import strategies as st

from streams.content import content_hashes
from streams.fact import AREA, FACT, HOUSEHOLD, PERSON, FactArray, empty_facts
from streams.wire.catalogue import EVENT_TYPES
from streams.wire.event_type import Subject
from yujing.domain.days import months_of_days

PERSONS = (11, 12, 13, 14)
HOUSEHOLDS = (101, 102, 103)
PLACES = (522632000000, 522632001000)
SMALL = {
    "area": 5,
    "form": 6,
    "industry": 12,
    "channel": 7,
    "reason": 7,
    "intent": 5,
    "worked": 2,
    "contract": 2,
    "organised": 2,
    "planned": 2,
    "training_wish": 2,
    "arrears": 2,
    "relocation": 2,
    "sex": 2,
    "relation": 9,
    "ethnicity": 10,
    "schooling": 6,
    "student": 5,
    "health": 31,
    "skill": 5,
    "disability": 4,
    "household_type": 5,
    "category": 8,
    "insurance": 8,
    "status": 4,
    "payer": 4,
    "disaster": 7,
    "warning": 10,
    "measure": 12,
    "service": 5,
    "result": 4,
    "outcome": 5,
    "risks": 4095,
    "grade": 4,
    "n_members": 6,
    "contract_months": 36,
    "card": 9,
}
MONEY = ("wage_fen", "amount_fen", "self_pay_fen", "income_wage_fen", "expense_fen", "claim_fen")


def version_row(seed: int, fact: int, version: int, variant: int) -> FactArray:
    """Return one version; the same arguments give the same row."""
    shape = np.random.default_rng([seed, fact])
    rng = np.random.default_rng([seed, fact, version, variant])
    row = empty_facts(1)
    event = EVENT_TYPES[int(shape.integers(len(EVENT_TYPES)))]
    row["fact"], row["version"], row["kind"] = fact, version, event.kind
    row["known_at"] = 1_700_000_000 + int(rng.integers(3))
    row["retracted"] = rng.random() < 0.2
    row["source"] = rng.integers(1, 6)
    of_household = event.subject is Subject.HOUSEHOLD or (
        event.subject is Subject.EITHER and shape.random() < 0.5
    )
    if event.subject is Subject.AREA:
        row["subject_kind"], row["subject"] = AREA, rng.choice(PLACES)
        row["region"] = row["subject"]
    elif of_household:
        row["subject_kind"], row["subject"] = HOUSEHOLD, rng.choice(HOUSEHOLDS)
    else:
        row["subject_kind"], row["subject"] = PERSON, rng.choice(PERSONS)
    row["other"] = rng.choice(HOUSEHOLDS if event.name == "member.upsert" else PERSONS)
    row["occurred_from"] = rng.integers(19800, 20700)
    row["occurred_to"] = row["occurred_from"] + rng.integers(0, 5)
    row["month"] = months_of_days(row["occurred_from"])
    row["work_region"] = rng.choice((0, 522632, 440300))
    row["employer"] = rng.integers(0, 3)
    row["birth"] = rng.integers(0, 9000)
    for name, largest in SMALL.items():
        row[name] = rng.integers(0, largest + 1)
    for name in MONEY:
        row[name] = rng.integers(-2, 9_000_000)
    row["content"] = content_hashes(row)
    return row


@st.composite
def histories(draw: st.DrawFn) -> FactArray:
    """Draw a history: versions out of order, contested contents, retractions before originals."""
    seed = draw(st.integers(0, 2**20))
    one = st.tuples(st.integers(1, 9), st.integers(1, 3), st.integers(0, 1))
    versions = draw(st.lists(one, max_size=25))
    rows = [version_row(seed, *version) for version in versions]
    return np.concatenate(rows) if rows else np.empty(0, dtype=FACT)
