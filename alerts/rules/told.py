"""Evaluators of the rules about what others told: departments, people, disasters, two claims."""

import numpy as np

from alerts.rules.signal import Hits, joined, of_households, of_members
from alerts.rules.situation import Situation, packed_days
from streams.state import read
from yujing.domain.days import NEVER


def department_warning(situation: Situation) -> Hits:
    """Return whom a department warned about lately and nobody visited since."""
    return _told(situation, "warning", "rule.warning.within_days")


def own_report(situation: Situation) -> Hits:
    """Return who reported hardship lately and was not visited since."""
    return _told(situation, "hardship", "rule.report.within_days")


def _told(situation: Situation, register: str, within: str) -> Hits:
    """Return the hits of a register of members and of households; a later visit answers it."""
    members, households = situation.members, situation.households
    visited_house = packed_days(households["visit"])
    visited = np.maximum(packed_days(members["visit"]), visited_house[situation.household])
    np.maximum.at(visited_house, situation.household, packed_days(members["visit"]))

    told = packed_days(members[register])
    fresh = (told > NEVER) & (situation.day - told <= situation.of_members(within))
    value = read.packed_value(members[register]).astype(np.int64)
    one = of_members(situation, fresh & (visited < told), told, value)

    told = packed_days(households[register])
    fresh = (told > NEVER) & (situation.day - told <= situation.of_households(within))
    value = read.packed_value(households[register]).astype(np.int64)
    return joined(one, of_households(fresh & (visited_house < told), told, value))


def disaster(situation: Situation) -> Hits:
    """Return the households of areas struck lately; the gravest of several counts.

    An area's code ends in zeros where it names a township or a county.
    """
    n = len(situation.keys)
    since, kind = np.full(n, NEVER, dtype=np.int64), np.zeros(n, dtype=np.int64)
    grade = np.full(n, 99, dtype=np.int64)
    within = situation.of_households("rule.disaster.within_days")
    areas = np.sort(situation.state.areas, order=["fact"])
    for area in areas:
        code = int(area["region"])
        unit = next(u for u in (1, 1_000, 1_000_000) if u == 1_000_000 or code % (u * 1_000))
        here = situation.regions // unit == code // unit
        age = situation.day - int(area["occurred_from"])
        here &= (age >= 0) & (age <= within)
        own = int(area["grade"]) or 98   # an unknown grade is the mildest
        graver = here & (own < grade)
        since = np.where(graver, int(area["occurred_from"]), since)
        kind = np.where(graver, int(area["disaster"]), kind)
        grade = np.where(graver, own, grade)
    worst = situation.of_households("rule.disaster.worst_grade")
    level = np.where(grade <= worst, 2, 0)
    shown = np.where(grade < 98, grade, np.nan)
    return of_households(since > NEVER, since, kind, shown, level)


def two_households(situation: Situation) -> Hits:
    """Return members whom two households claimed lately."""
    members = situation.members
    claimed = packed_days(members["other_household_order"])
    other = members["other_household"]
    within = situation.of_members("rule.two_households.within_days")
    mask = (other != 0) & (other != members["household"]) & (claimed > NEVER)
    mask &= situation.day - claimed <= within
    return of_members(situation, mask, claimed, np.zeros(len(members), dtype=np.int64))
