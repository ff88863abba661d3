"""To which partitions the events of a batch go, and which of them move a person.

An event goes to the partition of the home of whom it is about. What concerns the owners of several
partitions goes to all of them: events of places, and links, since whoever moves later has to find
the other key of his wherever he comes to.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from streams.fact import AREA, FactArray
from streams.kafka.bucket import bucket_of
from streams.kafka.messages import Addressed
from streams.wire import identity_link, member_upsert

U64 = npt.NDArray[np.uint64]
Ints = npt.NDArray[np.int64]


def addressed(facts: FactArray, homes: U64, n_partitions: int) -> Addressed:
    """Return where each event of a batch goes; at least to one partition.

    Parameters
    ----------
    facts
        The batch.
    homes
        Household of whom each event is about; of a place 0.
    n_partitions
        Of every topic.
    """
    everywhere = (facts["subject_kind"] == AREA) | (facts["kind"] == identity_link.KIND)
    one, many = np.flatnonzero(~everywhere), np.flatnonzero(everywhere)
    every = np.tile(np.arange(n_partitions, dtype=np.int64), len(many))
    return Addressed(
        rows=np.concatenate([one, np.repeat(many, n_partitions)]),
        partitions=np.concatenate([bucket_of(homes[one], n_partitions), every]),
        households=np.concatenate([homes[one], np.zeros(len(every), dtype=np.uint64)]),
    )


@dataclass(frozen=True)
class Moves:
    """What the memberships of a batch do to the homes of its persons.

    Parameters
    ----------
    persons
        Whom a membership of the batch names, retracted or not; rising, each once.
    before
        The home of each before the batch, 0 unregistered.
    after
        The home of each after it; his own key without a household.
    moved_from
        For each event of the batch the household that its person leaves with it, 0 for none.
    """

    persons: U64
    before: U64
    after: U64
    moved_from: U64

    def of(self, subjects: U64, homes: U64) -> U64:
        """Return homes with those of the persons of these moves as they are after them."""
        if not len(self.persons):
            return homes
        place = np.minimum(np.searchsorted(self.persons, subjects), len(self.persons) - 1)
        return np.where(self.persons[place] == subjects, self.after[place], homes)


def moving(facts: FactArray) -> U64:
    """Return the persons that a batch may move, rising."""
    persons: U64 = np.unique(facts["subject"][facts["kind"] == member_upsert.KIND])
    return persons


def moves(facts: FactArray, persons: U64, before: U64) -> Moves:
    """Return what the memberships of a batch do.

    Several of one person count in the order in which they began.

    Parameters
    ----------
    facts
        The batch.
    persons, before
        From `moving`, and where they are at home now.
    """
    after = np.where(before != 0, before, persons)
    moved_from = np.zeros(len(facts), dtype=np.uint64)
    joins = (facts["kind"] == member_upsert.KIND) & (facts["retracted"] == 0)
    rows = np.flatnonzero(joins & np.isin(facts["subject"], persons))
    if not len(rows):
        return Moves(persons, before, after, moved_from)
    rows = rows[np.lexsort((rows, facts["occurred_from"][rows], facts["subject"][rows]))]
    who, homes = facts["subject"][rows], facts["other"][rows]
    first = np.concatenate([[True], who[1:] != who[:-1]])
    last = np.concatenate([first[1:], [True]])
    place = np.searchsorted(persons, who)
    left = np.where(first, before[place], np.roll(homes, 1))
    moved_from[rows] = np.where(left != homes, left, np.uint64(0))
    after[place[last]] = homes[last]
    return Moves(persons, before, after, moved_from)
