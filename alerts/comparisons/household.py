"""Evaluators of the comparisons about lists, premiums and measures."""

import numpy as np

from alerts.comparisons.difference import Differences, of_households, of_members, places_of
from alerts.comparisons.told import ASSISTANCE, Told, township_of
from alerts.rules.situation import Bools, Ints, Situation, packed_days
from streams.state import read
from yujing.domain.codes import MONITORED, number
from yujing.domain.days import NEVER

_MONITORED = [number(category) for category in MONITORED]


def _on_list(situation: Situation, told: Told, category: int, *, official: bool) -> Ints:
    """Return since when each household, or one of its members, is on a list; NEVER not at all."""
    rows = told.listed
    rows = rows.compress((rows["category"] == category) & (rows["official"] == official))
    since = np.full(len(situation.keys), NEVER, dtype=np.int64)
    homes = places_of(situation.keys, rows["subject"])
    keys = situation.members["key"]
    order = np.argsort(keys, kind="stable")
    persons = places_of(keys[order], rows["subject"])
    found = persons >= 0
    np.maximum.at(since, homes[homes >= 0], rows["day"][homes >= 0])
    np.maximum.at(since, situation.household[order[persons[found]]], rows["day"][found])
    return since


def _one_sided(
    situation: Situation, told: Told, *, official: bool, where: dict[int, Bools] | None = None
) -> Differences:
    """Return households on the list of one side and not on that of the other."""
    mask = np.zeros(len(situation.keys), dtype=bool)
    since = np.full(len(mask), NEVER, dtype=np.int64)
    what = np.zeros(len(mask), dtype=np.int64)
    for category in ASSISTANCE:
        here = _on_list(situation, told, category, official=official)
        there = _on_list(situation, told, category, official=not official)
        only = (here > NEVER) & (there == NEVER) & ~mask
        if where is not None:
            only &= where[category]
        mask |= only
        since[only], what[only] = here[only], category
    return of_households(situation, mask, since=since, what=what, claims=(what, since))


def assistance_unticked(situation: Situation, told: Told) -> Differences:
    """Return households on civil affairs' list that the register of monitored ones leaves out."""
    return _one_sided(situation, told, official=True)


def assistance_unofficial(situation: Situation, told: Told) -> Differences:
    """Return households ticked in the register that are not on civil affairs' list of the place."""
    covered = {
        category: np.isin(
            township_of(situation.regions, np.full(len(situation.keys), category)), told.townships
        )
        for category in ASSISTANCE
    }
    return _one_sided(situation, told, official=False, where=covered)


def paid_twice(situation: Situation, told: Told) -> Differences:
    """Return whose resident premium of a year was paid by the person and by the state."""
    years = situation.policy.whole("comparison.paid_twice.years", day=situation.as_of)
    year = told.twice["year"]
    rows = told.twice.compress(
        (year <= situation.as_of.year) & (year > situation.as_of.year - years)
    )
    rows = rows.take(np.lexsort((rows["insurance"], rows["year"], rows["person"])))
    last = np.ones(len(rows), dtype=bool)
    last[:-1] = rows["person"][1:] != rows["person"][:-1]
    rows = rows.compress(last)
    place = places_of(rows["person"], situation.members["key"])
    mask = place >= 0
    value, what = np.zeros(len(mask), dtype=np.int64), np.zeros(len(mask), dtype=np.int64)
    value[mask], what[mask] = rows["year"][place[mask]], rows["insurance"][place[mask]]
    since = (value - 1970).astype("datetime64[Y]").astype("datetime64[D]").astype(np.int64)
    return of_members(
        situation, mask, since=since, value=value, what=what, claims=(value, what)
    )


def monitored_no_measure(situation: Situation, _told: Told) -> Differences:
    """Return monitored households without any measure since they were identified."""
    opened = np.full(len(situation.keys), NEVER, dtype=np.int64)
    for table, places in (
        (situation.households, np.arange(len(opened))), (situation.members, situation.household)
    ):
        opens, closes = table["category_open"], table["category_close"]
        held = read.in_category(opens, closes, situation.day)[:, _MONITORED]
        days = read.day_of_short(opens[:, _MONITORED]).astype(np.int64)
        np.maximum.at(opened, places, np.where(held, days, NEVER).max(axis=1, initial=NEVER))
    helped = packed_days(situation.households["measure"])
    np.maximum.at(helped, situation.household, packed_days(situation.members["measure"]))
    wait = situation.of_households("comparison.monitored_no_measure.days")
    mask = (opened > NEVER) & (helped < opened) & (situation.day - opened >= wait)
    return of_households(situation, mask, since=opened, claims=(opened,))
