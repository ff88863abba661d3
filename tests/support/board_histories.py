"""Random histories about the days and months that the leaders' page looks at, and its cards."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from hypothesis import strategies as st

from streams.fact import FactArray
from tests.support.state_histories import HOMES, Drawn, events, stamped, to_history
from yujing.domain.codes import Outcome, Student, number
from yujing.domain.days import NEVER, to_day, to_month

# Usual, month end, month start, and the first days of a year; all in the window of 2026
DAYS = (date(2026, 11, 24), date(2026, 3, 31), date(2026, 9, 1), date(2026, 1, 5))
VILLAGES = (520526111202, 520526111203, 520526113202, 520525101201)  # the last: another county
# Membership, exit, household, job end, month, measure, visit, service; seldom two keys of a person
_KINDS = (1, 1, 1, 1, 2, 4, 8, 9, 9, 9, 23, 24, 24, 25) * 2 + (3,)
_BACK = (-3, 0, 1, 20, 40, 89, 90, 91, 180, 395, 430)  # days before today; a visit counts 90 days
_MOVED = (-3, 0, 0, 40, 40, 400)  # who comes and goes on one day came back on it
_AGES = (15.99, 16.01, 41, 59.99, 60.01, 70)  # labour is 16 to 59

# A card as drawn: household, village, days since it was dealt, days until due, what was found today
Card = tuple[int, int, int, int, Outcome | None]


@dataclass(frozen=True)
class Drawing:
    """A day, the stamped versions known by then, and the cards dealt by then."""

    today: date
    facts: FactArray
    cards: Sequence[Card]


def drawings() -> st.SearchStrategy[Drawing]:
    """Draw a small county: moves, exits, links, corrections, conflicts, retractions, copies."""
    return st.builds(
        lambda today, drawn, cards: Drawing(today, near(drawn, today), cards),
        st.sampled_from(DAYS),
        events(most=6, kinds=_KINDS) | events(least=40, most=90, facts=80, kinds=_KINDS),
        st.lists(_CARDS, max_size=5),
    )


def near(drawn: list[Drawn], today: date) -> FactArray:
    """Return the stamped versions, with their days and months brought near to today."""
    facts = to_history(drawn)
    for row, event in zip(facts, drawn, strict=True):
        rng = np.random.default_rng((event[4], 1))
        row["occurred_from"] = to_day(today) - int(rng.choice(_MOVED if row["kind"] < 3 else _BACK))
        row["occurred_to"] = row["occurred_from"] + int(rng.choice((0, 0, 30)))
        row["month"] = to_month(today) - int(rng.integers(0, 5))
        age = float(rng.choice(_AGES))
        row["birth"] = NEVER if rng.random() < 0.1 else to_day(today) - int(age * 365.25)
        row["region"] = int(rng.choice(VILLAGES))
        row["outcome"] = rng.integers(0, len(Outcome))
        if rng.random() < 0.7:
            row["student"] = number(Student.NO)
    return stamped(facts)


_CARDS = st.tuples(
    st.sampled_from((*HOMES, 104)),  # the last: a household without members
    st.sampled_from(VILLAGES),
    st.sampled_from((0, 1, 2, 3, 4, 5, 6, 20, 40)),
    st.sampled_from((-4, -1, 0, 0, 3)),
    st.sampled_from((
        None, Outcome.CONFIRMED, Outcome.SOLVED, Outcome.UNFOUNDED, Outcome.NO_CONTACT,
    )),
)  # fmt: skip
