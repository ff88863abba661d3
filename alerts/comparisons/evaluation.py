"""Every comparison for everybody, in one pass."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from alerts.comparisons import household, person
from alerts.comparisons.catalogue import Comparison, shipped_comparisons
from alerts.comparisons.difference import DIFFERENCE, Differences, places_of
from alerts.comparisons.told import Told
from alerts.rules.situation import Bools, Ints, Situation
from streams.state import read
from yujing.domain.codes import Category

EVALUATORS: Mapping[str, Callable[[Situation, Told], Differences]] = MappingProxyType({
    "working_uninsured": person.working_uninsured,
    "paid_elsewhere": person.paid_elsewhere,
    "dead_working": person.dead_working,
    "prison_working": person.prison_working,
    "student_working": person.student_working,
    "assistance_unticked": household.assistance_unticked,
    "assistance_unofficial": household.assistance_unofficial,
    "public_post_away": person.public_post_away,
    "paid_twice": household.paid_twice,
    "monitored_no_measure": household.monitored_no_measure,
    "left_unreported": person.left_unreported,
    "jobless_insured": person.jobless_insured,
    "jobless_working": person.jobless_working,
})


def compare(
    situation: Situation, told: Told, comparisons: tuple[Comparison, ...] | None = None
) -> Differences:
    """Return every difference of a situation, sorted by household, comparison, person.

    Parameters
    ----------
    told
        What sources said, kept apart; `Told.nothing()` leaves out the comparisons that need it.
    comparisons
        Which; the shipped ones by default.

    Notes
    -----
    Array operations over members and households; no loop over either.
    """
    order = np.argsort(situation.members["key"], kind="stable")
    found = []
    for one in shipped_comparisons() if comparisons is None else comparisons:
        rows = EVALUATORS[one.code](situation, told)
        rows["comparison"] = one.number
        held = _categories(situation, order, rows)
        rows["categories"] = held @ (1 << np.arange(len(Category)))
        if one.of:
            wanted = sum(1 << n for n, category in enumerate(Category) if category in one.of)
            rows = rows.compress((rows["categories"] & np.uint16(wanted)) != 0)
        found.append(rows)
    whole = np.concatenate(found) if found else np.empty(0, dtype=DIFFERENCE)
    return whole.take(np.lexsort((whole["person"], whole["comparison"], whole["household"])))


def _categories(situation: Situation, order: Ints, rows: Differences) -> Bools:
    """Return the categories of each subject, shape (n, numbers of Category).

    Of a person by himself or by the household, of a household by itself or by any member.
    """
    home = places_of(situation.keys, rows["household"])
    held: Bools = _held(situation, situation.households, np.maximum(home, 0), home >= 0)
    keys = situation.members["key"][order]
    one = places_of(keys, rows["person"])
    held |= _held(situation, situation.members, order[np.maximum(one, 0)], one >= 0)
    whole = np.flatnonzero((rows["person"] == 0) & (home >= 0))
    if len(whole):   # every member of these households speaks for it
        place = np.full(len(situation.keys), -1, dtype=np.int64)
        place[home[whole]] = whole
        members = np.flatnonzero(place[situation.household] >= 0)
        theirs = _held(situation, situation.members, members, np.ones(len(members), dtype=bool))
        np.logical_or.at(held, place[situation.household[members]], theirs)
    return held


def _held(situation: Situation, table: object, rows: Ints, known: Bools) -> Bools:
    if not len(rows) or not known.any():
        return np.zeros((len(rows), len(Category)), dtype=bool)
    opened = table["category_open"][rows]  # type: ignore[index]  # Columns of either table
    closed = table["category_close"][rows]  # type: ignore[index]
    return read.in_category(opened, closed, situation.day) & known[:, None]
