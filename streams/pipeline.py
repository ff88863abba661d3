"""One batch through the core: who is registered, what is new; nothing is written here.

`step` is pure but for the questions that `log` answers. The caller writes what it returns, in this
order: vault, log, state, unmatched (see `yujing.app.ingest`).
"""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from streams.fact import AREA, HOUSEHOLD, PERSON, FactArray
from streams.state.source import FactSource
from streams.state.state import ACCEPTED, CONFLICT, DUPLICATE, State

MEMBER_UPSERT, HOUSEHOLD_UPSERT = 1, 4

Keys = npt.NDArray[np.uint64]
NO_KEYS: Keys = np.empty(0, dtype=np.uint64)


class Outcome(IntEnum):
    """What became of a row; `word` is how the answer says it."""

    ACCEPTED = 0
    DUPLICATE = 1
    CONFLICT = 2
    UNMATCHED = 3
    REJECTED = 4

    @property
    def word(self) -> str:
        """The word on the wire."""
        return self.name.lower()


_OF_VERDICT = {ACCEPTED: Outcome.ACCEPTED, DUPLICATE: Outcome.DUPLICATE, CONFLICT: Outcome.CONFLICT}


class Registered:
    """The persons and households that some accepted event registered; both sorted."""

    def __init__(self, persons: Keys, households: Keys) -> None:
        self._keys = np.union1d(persons, households)

    def __len__(self) -> int:
        return len(self._keys)

    def covers(self, facts: FactArray) -> npt.NDArray[np.bool_]:
        """Return which facts are about somebody registered; places always are."""
        covered: npt.NDArray[np.bool_] = facts["subject_kind"] == AREA
        return covered | self.holds(facts["subject"])

    def holds(self, keys: Keys) -> npt.NDArray[np.bool_]:
        """Return which of these keys are registered."""
        if not len(self._keys):
            return np.zeros(len(keys), dtype=bool)
        place = np.minimum(np.searchsorted(self._keys, keys), len(self._keys) - 1)
        found: npt.NDArray[np.bool_] = self._keys[place] == keys
        return found

    def newcomers(self, facts: FactArray) -> Keys:
        """Return the keys that these facts register and that were not registered."""
        keys = registering(facts)
        return keys[~self.holds(keys)]

    def add(self, keys: Keys) -> None:
        """Register keys."""
        new = np.unique(keys[~self.holds(keys)])
        if len(new):  # sorting all of them anew took an eighth of the load of a large county
            self._keys = np.insert(self._keys, np.searchsorted(self._keys, new), new)


def registering(facts: FactArray) -> Keys:
    """Return the keys that these facts register, whether they were registered before or not."""
    members = facts["kind"] == MEMBER_UPSERT
    households = facts["kind"] == HOUSEHOLD_UPSERT
    named = np.concatenate([facts["subject"][members | households], facts["other"][members]])
    keys: Keys = np.unique(named[named != 0])
    return keys


@dataclass(frozen=True)
class Step:
    """What a batch means.

    Parameters
    ----------
    outcomes
        `Outcome` of each fact, shape (n_facts,).
    newcomers
        Keys that the batch registers.
    matched
        Indices of the facts about registered subjects, rising.
    verdicts
        Verdict of the state on each matched fact.
    """

    outcomes: npt.NDArray[np.uint8]
    newcomers: Keys
    matched: npt.NDArray[np.int64]
    verdicts: npt.NDArray[np.uint8]

    @property
    def unmatched(self) -> npt.NDArray[np.int64]:
        """Indices of the facts about unregistered subjects."""
        return np.flatnonzero(self.outcomes == Outcome.UNMATCHED)

    @property
    def to_append(self) -> npt.NDArray[np.int64]:
        """Indices of the facts that the log does not hold yet; contested contents are kept too."""
        fresh: npt.NDArray[np.int64] = self.matched[self.verdicts != DUPLICATE]
        return fresh


def step(facts: FactArray, state: State, registered: Registered, log: FactSource) -> Step:
    """Return what a batch of stamped facts means to a state.

    Parameters
    ----------
    facts
        From the door, in the order of their rows.
    state
        As it stands; not changed.
    registered
        As it stands; not changed.
    log
        Answers what the state asks about known facts.
    """
    newcomers = registered.newcomers(facts)
    matched = registered.covers(facts) | np.isin(facts["subject"], newcomers)
    places = np.flatnonzero(matched)
    verdicts = state.judge(facts.take(places), log)  # indexing copies field by field
    outcomes = np.full(len(facts), Outcome.UNMATCHED, dtype=np.uint8)
    for verdict, outcome in _OF_VERDICT.items():
        outcomes[places[verdicts == verdict]] = outcome
    return Step(outcomes, newcomers, places, verdicts)


def with_households(facts: FactArray, state: State) -> None:
    """Write the household of each fact's subject into its routing hint, as the state knows it."""
    own = facts["kind"] == MEMBER_UPSERT
    facts["household"][own] = facts["other"][own]
    rows = state.person_rows(np.ascontiguousarray(facts["subject"]))
    known = (rows >= 0) & ~own & (facts["subject_kind"] == 0)
    facts["household"][known] = state.members["household"][rows[known]]
    homes = facts["subject_kind"] == 1
    facts["household"][homes] = facts["subject"][homes]


def places_of(facts: FactArray, state: State) -> npt.NDArray[np.int64]:
    """Return where each event counts on the boards.

    Where it says itself; else where its person or household is registered, by the state or by the
    batch itself; 0 where nobody says.
    """
    places: npt.NDArray[np.int64] = facts["region"].astype(np.int64)
    for kind, rows_of, table in (
        (PERSON, state.person_rows, state.members),
        (HOUSEHOLD, state.household_rows, state.households),
    ):
        unsaid = np.flatnonzero((places == 0) & (facts["subject_kind"] == kind))
        if not len(unsaid):
            continue
        subjects = np.ascontiguousarray(facts["subject"][unsaid])
        rows = rows_of(subjects)
        found = np.zeros(len(unsaid), dtype=np.int64)
        found[rows >= 0] = table["region"][rows[rows >= 0]]
        places[unsaid] = np.where(found != 0, found, _registered_here(facts, subjects))
    return places


def _registered_here(facts: FactArray, subjects: Keys) -> npt.NDArray[np.int64]:
    """Return where the batch itself registers subjects, 0 for the others."""
    told = np.flatnonzero(
        ((facts["kind"] == MEMBER_UPSERT) | (facts["kind"] == HOUSEHOLD_UPSERT))
        & (facts["region"] != 0)
    )
    if not len(told):
        return np.zeros(len(subjects), dtype=np.int64)
    keys, first = np.unique(facts["subject"][told], return_index=True)
    at = np.minimum(np.searchsorted(keys, subjects), len(keys) - 1)
    regions = facts["region"][told[first]].astype(np.int64)
    return np.where(keys[at] == subjects, regions[at], 0)
