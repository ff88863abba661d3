"""What both readers make of an envelope: codes and version, days, and whom the event is about."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from streams.door import columns
from streams.door.decoding import Group, Grouped
from streams.door.reason import Faults
from streams.fact import AREA, HOUSEHOLD, PERSON, FactArray
from streams.wire.envelope import Record
from streams.wire.event_type import Subject
from yujing.domain.codes import Precision, ReporterRole, Source
from yujing.domain.days import EPOCH, to_day

U64 = npt.NDArray[np.uint64]

_NO_DAY = to_day(EPOCH)  # a retraction may come without a date


def fill_header(events: Sequence[Record], facts: FactArray) -> None:
    """Fill source, version, role and precision."""
    facts["source"] = columns.codes([e.source_system for e in events], columns.code_numbers(Source))
    facts["version"] = np.fromiter([e.source_version for e in events], np.uint32, len(events))
    facts["role"] = columns.codes(
        [e.reporter_role for e in events], columns.code_numbers(ReporterRole)
    )
    facts["precision"] = columns.codes(
        [e.precision for e in events], columns.code_numbers(Precision)
    )


def fill_days(decoded: Grouped[Any], facts: FactArray, faults: Faults) -> None:
    """Fill the days on which it began and ended; only a retraction may come without."""
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


def place_subjects(
    groups: Sequence[Group], facts: FactArray, faults: Faults, person: U64, household: U64
) -> None:
    """Put the subject of each event into the facts, and check what its type needs.

    Parameters
    ----------
    groups
        Groups of one type.
    facts
        Filled here; `region` is there already.
    faults
        Takes the reasons against rows.
    person, household
        The keys that each row names, 0 none.
    """
    for group in groups:
        _place(group, facts, faults, person[group.at], household[group.at])


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
