"""The envelope of a batch as columns: record, version, time, place, person and household."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from streams.door import columns, record_id
from streams.door.decoding import Decoded, Group
from streams.door.grant import Grant
from streams.door.id_number import FAULTS
from streams.door.identity import PersonKeys, Persons
from streams.door.reason import Faults
from streams.fact import AREA, HOUSEHOLD, PERSON, FactArray
from streams.vault.keys import Keys
from streams.wire.envelope import Event
from streams.wire.event_type import Subject
from yujing.domain.codes import Precision, ReporterRole, Source, members
from yujing.domain.days import EPOCH, to_day
from yujing.domain.region import CODE_DIGITS, Regions

U64 = npt.NDArray[np.uint64]

_NO_DAY = to_day(EPOCH)  # a retraction may come without a date


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
    sources = columns.codes([e.source_system for e in events], columns.code_numbers(Source))
    facts["source"] = sources
    facts["version"] = np.fromiter([e.source_version for e in events], np.uint32, len(events))
    record_ids = record_id.safe([e.source_record_id for e in events], keys)
    words = [source.value for source in members(Source)]
    names = list(map(words.__getitem__, sources.tolist()))
    facts["fact"] = keys.fact_keys(names, record_ids)
    facts["role"] = columns.codes(
        [e.reporter_role for e in events], columns.code_numbers(ReporterRole)
    )
    facts["precision"] = columns.codes(
        [e.precision for e in events], columns.code_numbers(Precision)
    )
    facts["known_at"] = _known_at(events, faults, grant, known_at)
    _days(decoded, facts, faults)
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


def _days(decoded: Decoded, facts: FactArray, faults: Faults) -> None:
    begins = [e.occurred_from for e in decoded.events]
    ends = [e.occurred_to for e in decoded.events]
    if None in begins:
        missing = np.fromiter((day is None for day in begins), bool, len(begins))
        for group in decoded.groups:
            if not group.retracted:
                faults.fail(missing[group.at], "missing_field", "occurred_from", group.at)
    begin = columns.days(begins, _NO_DAY)
    facts["occurred_from"] = begin
    if ends.count(None) == len(ends):
        facts["occurred_to"] = begin
    else:
        end = columns.days(ends, -1)
        same = np.fromiter([day is None for day in ends], bool, len(ends))
        facts["occurred_to"] = np.where(same, begin, end)


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
    for group in decoded.groups:
        _place(group, facts, faults, person[group.at], household[group.at])
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


def _place(group: Group, facts: FactArray, faults: Faults, person: U64, household: U64) -> None:
    """Put the subject of a group of one type into the facts, and check what the type needs."""
    at, event_type = group.at, group.event_type
    facts["kind"][at] = event_type.kind
    facts["retracted"][at] = group.retracted
    region = facts["region"][at].astype(np.uint64)
    if event_type.subject is Subject.PERSON:
        subject, which, missing = person, np.uint8(PERSON), "id_number or person_key"
    elif event_type.subject is Subject.HOUSEHOLD:
        subject, which = household, np.uint8(HOUSEHOLD)
        missing = "household_no or household_key"
    elif event_type.subject is Subject.AREA:
        subject, which, missing = region, np.uint8(AREA), "region_code"
    else:
        subject = np.where(person != 0, person, household)
        facts["subject_kind"][at] = np.where(person != 0, PERSON, HOUSEHOLD)
        faults.fail(subject == 0, "missing_field", "id_number or household_no", at)
        facts["subject"][at] = subject
        return
    facts["subject_kind"][at] = which
    facts["subject"][at] = subject
    faults.fail(subject == 0, "missing_field", missing, at)
    if group.retracted:
        return
    if "region_code" in event_type.needs:
        faults.fail(region == 0, "missing_field", "region_code", at)
    if "household" in event_type.needs:
        faults.fail(household == 0, "missing_field", "household_no or household_key", at)
        facts["other"][at] = household
