"""The envelope of a batch as columns: record, version, time, place, person and household."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from streams.door import columns, record_id
from streams.door.decoding import Decoded
from streams.door.grant import Grant
from streams.door.header import fill_days, fill_header, place_subjects
from streams.door.id_number import FAULTS
from streams.door.identity import PersonKeys, Persons
from streams.door.reason import Faults
from streams.fact import FactArray
from streams.vault.keys import Keys
from streams.wire.envelope import Event
from yujing.domain.codes import Source, members
from yujing.domain.region import CODE_DIGITS, Regions

U64 = npt.NDArray[np.uint64]


@dataclass
class Stamped:
    """What the envelope gives beside the columns of the facts."""

    record_ids: list[str]
    persons: Persons
    households: U64
    """Key of the household that each row names, 0 none."""


def stamp(
    decoded: Decoded,
    facts: FactArray,
    faults: Faults,
    *,
    keys: Keys,
    people: PersonKeys,
    regions: Regions,
    grant: Grant,
    known_at: int,
) -> Stamped:
    """Fill the header and the shared columns of the facts.

    Parameters
    ----------
    decoded
        Events of a batch, by type.
    facts
        One row an event; filled here.
    faults
        Takes the reasons against rows.
    keys
        The vault's keys.
    people
        Keys of persons.
    regions
        The places known.
    grant
        What the caller may send.
    known_at
        Seconds since 1970.
    """
    events = decoded.events
    fill_header(events, facts)
    record_ids = record_id.safe([e.source_record_id for e in events], keys)
    words = [source.value for source in members(Source)]
    names = list(map(words.__getitem__, facts["source"].tolist()))
    facts["fact"] = keys.fact_keys(names, record_ids)
    facts["known_at"] = _known_at(events, faults, grant, known_at)
    fill_days(decoded, facts, faults)
    _regions(events, facts, faults, regions)
    who, households = _subjects(decoded, facts, faults, keys, people)
    return Stamped(record_ids, who, households)


def _known_at(
    events: list[Event], faults: Faults, grant: Grant, known_at: int
) -> npt.NDArray[np.int64]:
    found = np.full(len(events), known_at, dtype=np.int64)
    if not grant.backfill:
        return found
    moments = [e.reported_at for e in events]
    told = np.fromiter([moment is not None for moment in moments], bool, len(events))
    found[told] = columns.seconds([moment for moment in moments if moment is not None])
    faults.fail(found > known_at, "reported_in_future")
    faults.fail(found < 0, "out_of_range", "reported_at")
    return np.clip(found, 0, known_at)


def _regions(events: list[Event], facts: FactArray, faults: Faults, regions: Regions) -> None:
    codes, bad = columns.digits([e.region_code for e in events], CODE_DIGITS)
    faults.fail(bad, "wrong_digits", "region_code")
    codes = regions.canonical(codes)
    facts["region"] = codes
    facts["flagged"] = (codes != 0) & ~regions.known(codes)


def _subjects(
    decoded: Decoded, facts: FactArray, faults: Faults, keys: Keys, people: PersonKeys
) -> tuple[Persons, U64]:
    events = decoded.events
    who = people.of([e.id_number for e in events])
    for code, name in enumerate(FAULTS):
        if code:
            faults.fail(who.numbers.fault == code, name)
    person, bad = columns.keys([e.person_key for e in events])
    faults.fail(bad, "bad_key", "person_key")
    faults.fail((who.key != 0) & (person != 0) & (who.key != person), "two_subjects")
    person = np.where(who.key != 0, who.key, person)
    household = _households(events, faults, keys.household_keys)
    place_subjects(decoded.groups, facts, faults, person, household)
    return who, household


def _households(events: list[Event], faults: Faults, hashed: Callable[[list[str]], U64]) -> U64:
    household, bad = columns.keys([e.household_key for e in events])
    faults.fail(bad, "bad_key", "household_key")
    numbers = [e.household_no for e in events]
    different = [n for n in dict.fromkeys(numbers) if n is not None]
    if not different:
        return household
    place: dict[str | None, int] = {number: at for at, number in enumerate(different)}
    place[None] = len(different)
    key = np.append(hashed(different), np.uint64(0))
    named = key[np.fromiter(map(place.__getitem__, numbers), np.int64, len(numbers))]
    faults.fail((named != 0) & (household != 0) & (named != household), "two_households")
    return np.where(named != 0, named, household)
