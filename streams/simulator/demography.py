"""Births, deaths, marriages, moves, splits and merges: who belongs to which household, day by day.

All of it is independent of work and income and is drawn before them. The result is a list of
membership *spells* in which nobody is ever in two households at once.
"""

from dataclasses import dataclass, fields, replace

import numpy as np

from streams.simulator.array import NEVER, Flags, Ints, by_age
from streams.simulator.parameter import Parameters
from streams.simulator.population import (
    DAUGHTER,
    GRANDCHILD,
    HEAD,
    OTHER,
    SON,
    SPOUSE,
    YEAR,
    Homes,
    People,
    persons,
)
from yujing.domain.codes import ExitReason, number

DEATH, MARRIED_OUT, MOVED_OUT, SENTENCED = (
    number(reason) for reason in (
        ExitReason.DEATH, ExitReason.MARRIED_OUT, ExitReason.MOVED_OUT, ExitReason.SENTENCED
    )
)
LEAVES = -1


@dataclass(frozen=True)
class Memberships:
    """Spells of people in households, sorted by first day.

    Attributes
    ----------
    first, last
        First day, and first day on which the person is no longer there (`NEVER`: still there).
    exit
        codes.ExitReason of the end, 0 when it is a move between watched households or no end.
    relation
        codes.Relation in this household.
    """

    person: Ints
    household: Ints
    first: Ints
    last: Ints
    exit: Ints
    relation: Ints

    def __len__(self) -> int:
        return len(self.person)


@dataclass(frozen=True)
class Demography:
    """What becomes of the founding households.

    Attributes
    ----------
    moves
        Household, day and new village of households that change village.
    """

    people: People
    homes: Homes
    members: Memberships
    moves: tuple[Ints, Ints, Ints]


def unfold(
    rng: np.random.Generator, people: People, homes: Homes, first: int, last: int, p: Parameters
) -> Demography:
    """Return people, households and memberships between two days."""
    years = (last - first) / YEAR
    people = _born(rng, people, homes, first, last, p)
    events = [
        *_exits(rng, people, first, years, p),
        _between_households(rng, people, homes, first, years, p),
    ]
    homes, splits = _splits(rng, people, homes, first, years, p)
    homes, merges = _merges(rng, people, homes, first, years, p)
    day, person, target, reason = (
        np.concatenate(columns) for columns in zip(*events, splits, merges, strict=True)
    )
    order = np.lexsort((person, day))
    members = _spells(people, first, day[order], person[order], target[order], reason[order])
    moved = np.flatnonzero(
        rng.random(len(homes)) < p.number("demography.household_moves_yearly") * years)
    n_villages = int(homes.village.max()) + 1
    place = (homes.village[moved] + rng.integers(1, max(2, n_villages), len(moved))) % n_villages
    days = np.maximum(homes.begins[moved] + 30, first) + _days(rng, len(moved), years)
    return Demography(people, homes, members, (moved, days, place))


def _days(rng: np.random.Generator, n: int, years: float) -> Ints:
    return rng.integers(1, max(2, int(years * YEAR)), n)


def _born(
    rng: np.random.Generator, people: People, homes: Homes, first: int, last: int, p: Parameters
) -> People:
    """Return the people with the newborn at the end."""
    years = (last - first) / YEAR
    age = people.ages(first)
    mothers = people.founding[(people.sex == 2) & (age > 19) & (age < 37)]
    chosen = np.unique(mothers[rng.random(len(mothers))
                               < p.number("demography.birth_yearly") * years])
    ethnicity = np.zeros(len(homes), np.int64)
    ethnicity[people.founding] = people.ethnicity
    relation = np.where(rng.random(len(chosen)) < 0.5, SON, GRANDCHILD)
    births = first + _days(rng, len(chosen), years)
    born = persons(rng, chosen, births, rng.integers(1, 3, len(chosen)), relation,
                   ethnicity[chosen], last, p)
    return _joined(people, born)


def _joined(people: People, more: People) -> People:
    return People(**{
        field.name: np.concatenate([getattr(people, field.name), getattr(more, field.name)])
        for field in fields(People)
    })


_Events = tuple[Ints, Ints, Ints, Ints]   # day, person, household or LEAVES, ExitReason


def _exits(
    rng: np.random.Generator, people: People, first: int, years: float, p: Parameters
) -> list[_Events]:
    """Return the first exit of each person, and the return of some who moved out."""
    age, n = people.ages(first), len(people)
    yearly = {
        DEATH: by_age(age, (40, 60, 75), p.list("demography.death_yearly"))
        * np.where(people.serious_from < NEVER, 3.0, 1.0),
        MARRIED_OUT: np.where(
            (people.sex == 2) & (age > 19) & (age < 30) & (people.relation == DAUGHTER),
            p.number("demography.married_out_yearly"), 0.0),
        MOVED_OUT: np.where((age > 18) & (people.relation != HEAD),
                            p.number("demography.moved_out_yearly"), 0.0),
        SENTENCED: np.where((age > 18) & (age < 60) & (people.sex == 1),
                            p.number("demography.sentenced_yearly"), 0.0),
    }
    times = np.stack([rng.exponential(1.0, n) / np.maximum(rate, 1e-9) for rate in yearly.values()])
    reason = np.array(list(yearly))[times.argmin(axis=0)]
    time = times.min(axis=0)
    who = np.flatnonzero(time < years)
    day = np.maximum(first, people.birth[who]) + 1 + (time[who] * YEAR).astype(np.int64)
    exits = (day, who, np.full(len(who), LEAVES), reason[who])
    back = (reason[who] == MOVED_OUT) & (
        rng.random(len(who)) < p.number("demography.moved_back_share"))
    again = who[back]
    return [exits, (day[back] + rng.integers(180, 550, len(again)), again,
                    people.founding[again], np.zeros(len(again), np.int64))]


def _between_households(
    rng: np.random.Generator, people: People, homes: Homes, first: int, years: float, p: Parameters
) -> _Events:
    age = people.ages(first)
    who = np.flatnonzero(
        (age > 18) & (age < 55) & (people.relation != HEAD) & (people.relation != SPOUSE)
        & (rng.random(len(people)) < p.number("demography.other_household_yearly") * years * 2))
    target = (people.founding[who] + rng.integers(1, 40, len(who))) % len(homes)
    return first + _days(rng, len(who), years), who, target, np.zeros(len(who), np.int64)


def _splits(
    rng: np.random.Generator, people: People, homes: Homes, first: int, years: float, p: Parameters
) -> tuple[Homes, _Events]:
    """Return the households with the new ones at the end, and who goes to them."""
    size = np.bincount(people.founding, minlength=len(homes))
    age = people.ages(first)
    grown = (age > 22) & (age < 45) & ((people.relation == SON) | (people.relation == DAUGHTER))
    leads, first_index = np.unique(people.founding[grown], return_index=True)
    leader = np.flatnonzero(grown)[first_index]
    chosen = (size[leads] >= 5) & (
        rng.random(len(leads)) < p.number("demography.split_yearly") * years * 2)
    leads, leader = leads[chosen], leader[chosen]
    new = len(homes) + np.arange(len(leads))
    day = first + _days(rng, len(leads), years)
    goes_along = np.isin(people.founding, leads) & (people.relation == GRANDCHILD)
    children = np.flatnonzero(goes_along)
    of = np.searchsorted(leads, people.founding[children])
    who = np.concatenate([leader, children])
    target = np.concatenate([new, new[of]])
    days = np.maximum(np.concatenate([day, day[of]]), people.birth[who] + 1)
    homes = _with_new(homes, leads, day)
    return homes, (days, who, target, np.zeros(len(who), np.int64))


def _with_new(homes: Homes, origin: Ints, day: Ints) -> Homes:
    """Return the households with copies of `origin` that begin on `day` at the end."""
    joined = {
        field.name: np.concatenate([getattr(homes, field.name), getattr(homes, field.name)[origin]])
        for field in fields(Homes)
    }
    joined["begins"] = np.concatenate([homes.begins, day])
    return Homes(**joined)


def _merges(
    rng: np.random.Generator, people: People, homes: Homes, first: int, years: float, p: Parameters
) -> tuple[Homes, _Events]:
    """Return the households with the ends of merged ones, and who moves."""
    size = np.bincount(people.founding, minlength=len(homes))
    small = np.flatnonzero((size > 0) & (size <= 2) & (
        rng.random(len(homes)) < p.number("demography.merge_yearly") * years))
    target = np.maximum(small - 1, 0)
    kept = (target != small) & ~np.isin(target, small)
    small, target = small[kept], target[kept]
    day = first + _days(rng, len(small), years)
    ends = homes.ends.copy()
    ends[small] = day
    who = np.flatnonzero(np.isin(people.founding, small))
    of = np.searchsorted(small, people.founding[who])
    events = (day[of], who, target[of], np.zeros(len(who), np.int64))
    return replace(homes, ends=ends), events


def _spells(
    people: People, first: int, days: Ints, who: Ints, targets: Ints, reasons: Ints
) -> Memberships:
    """Play the events in order of time; those of people who are gone do nothing."""
    n = len(people)
    household = people.founding.copy()
    since = np.maximum(people.birth, first)
    relation = people.relation.copy()
    done: list[tuple[int, int, int, int, int, int]] = []
    gone_for_good = np.zeros(n, bool)
    for day, person, target, reason in zip(
        days.tolist(), who.tolist(), targets.tolist(), reasons.tolist(), strict=True
    ):
        now = int(household[person])
        if gone_for_good[person] or now == target or day <= since[person]:
            continue
        if now != LEAVES:
            done.append((person, now, int(since[person]), day, reason, int(relation[person])))
        household[person], since[person] = target, day
        gone_for_good[person] = reason in (DEATH, SENTENCED, MARRIED_OUT)
        if target not in (LEAVES, people.founding[person]):
            relation[person] = OTHER
    still = np.flatnonzero(household != LEAVES)
    ended = np.array(done, dtype=np.int64).reshape(-1, 6)
    lasting = np.stack([still, household[still], since[still], np.full(len(still), NEVER),
                        np.zeros(len(still), np.int64), relation[still]], axis=1)
    rows = np.concatenate([ended, lasting])
    rows = rows[np.lexsort((rows[:, 0], rows[:, 2]))]
    return Memberships(*np.ascontiguousarray(rows.T))


def present(members: Memberships, day: int) -> Flags:
    """Return which spells hold on a day."""
    return (members.first <= day) & (day < members.last)
