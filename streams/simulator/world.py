"""The true world: everything that happens, whether or not anybody reports it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np

from streams.simulator.array import Array, Flags, Ints
from streams.simulator.condition import fall_ill
from streams.simulator.demography import Memberships, present, unfold
from streams.simulator.job import N_EMPLOYERS, Market
from streams.simulator.labour import Labour, begin, step
from streams.simulator.parameter import Parameters
from streams.simulator.population import Homes, People, found
from yujing.domain.codes import Skill, Student, number
from yujing.domain.days import month_start, to_day, to_month

Progress = Callable[[str, float], None]   # what is done now, and how much of all is done, 0..1
FOUNDING, QUALITY, DEMOGRAPHY, CONDITION, LABOUR, SHOCK, HOME, REPORT = range(8)   # randomness


@dataclass(frozen=True)
class Order:
    """What was asked for; the same order gives the same world, bit for bit."""

    households: int
    months: int
    world: str
    seed: int
    end: date

    def rng(self, stream: int, *more: int) -> np.random.Generator:
        """Return the randomness of one stream and, say, month."""
        return np.random.default_rng([self.seed, stream, *more])


@dataclass
class World:
    """The true world.

    Attributes
    ----------
    begin_month, first_month, last_month
        Month numbers: of the warm-up, of the first reports, of the last day.
    villages
        12-digit codes; `Homes.village` is an index into them.
    living
        Household of each person (row) on the first day of each month (column); -1 none.
    """

    order: Order
    p: Parameters
    begin_month: int
    first_month: int
    last_month: int
    villages: Ints
    people: People
    homes: Homes
    members: Memberships
    moves: tuple[Ints, Ints, Ints]
    living: Array
    labour: Labour

    @property
    def months(self) -> range:
        """All months from the warm-up on."""
        return range(self.begin_month, self.last_month + 1)

    @property
    def first_day(self) -> int:
        """The first day of reporting."""
        return to_day(month_start(self.first_month))

    @property
    def last_day(self) -> int:
        """The last day of the world."""
        return to_day(self.order.end)

    def column(self, month: int) -> int:
        """Return the column of a month in arrays that have one column a month."""
        return month - self.begin_month

    def village_codes(self, households: Ints, days: Ints) -> Ints:
        """Return the 12-digit village code of each household on each day."""
        village = self.homes.village[households]
        moved, when, where = self.moves
        day = np.full(len(self.homes), np.iinfo(np.int64).max)
        place = np.zeros(len(self.homes), np.int64)
        day[moved], place[moved] = when, where
        codes: Ints = self.villages[np.where(days >= day[households], place[households], village)]
        return codes


def create(order: Order, p: Parameters, progress: Progress) -> World:
    """Return the people, households and jobs of a world."""
    last_month = to_month(order.end)
    first_month = last_month - order.months + 1
    begin_month = first_month - int(p.number("jobs.warm_up_months"))
    begin_day, end_day = to_day(month_start(begin_month)), to_day(order.end)
    progress("households", 0.0)
    people, homes, villages = found(
        order.rng(FOUNDING), order.households, begin_day, p)
    progress("people", 0.05)
    demography = unfold(order.rng(DEMOGRAPHY), people, homes, begin_day, end_day, p)
    people, homes, members = demography.people, demography.homes, demography.members
    fall_ill(order.rng(CONDITION), people, begin_day, end_day, p)
    living = _living(members, len(people), range(begin_month, last_month + 1))
    quality = order.rng(QUALITY).normal(0, p.number("jobs.employer_quality_sd"), N_EMPLOYERS)
    home = people.founding
    county = villages[homes.village[home]] // 10**6
    market = Market(p, people, homes, home, county, quality, order.seed)
    labour = begin(order.rng(LABOUR), market, able(people, living[:, 0], begin_day), begin_day)
    world = World(order, p, begin_month, first_month, last_month, villages, people, homes, members,
                  demography.moves, living, labour)
    for _ in work(world, labour, world.months, progress):
        pass
    return world


def work(
    world: World, labour: Labour, months: range, progress: Progress, *replicate: int
) -> Iterator[int]:
    """Live through months of work; yields each month once it is over.

    Parameters
    ----------
    world
        People and households.
    labour
        The labour market on the first day of `months`; changed in place.
    months
        Months to live through.
    progress
        Told after each month.
    replicate
        Numbers of another future; none for the one that happens.
    """
    for month in months:
        day = to_day(month_start(month))
        where = world.living[:, world.column(month)]
        step(world.order.rng(LABOUR, month, *replicate), labour, month,
             able(world.people, where, day), burdened(world.people, where, day))
        progress("work", (month - world.begin_month) / len(world.months))
        yield month


def able(people: People, where: Array, day: int) -> Flags:
    """Return who is there, 16-59, able to work, not at school and willing."""
    age = people.ages(day)
    skills = people.skills(day)
    fit = (skills == number(Skill.ORDINARY)) | (skills == number(Skill.SKILLED)) | (
        skills == number(Skill.WEAK))
    in_school = people.students(day) != number(Student.NO)
    flags: Flags = (where >= 0) & (age >= 16) & (age < 60) & fit & ~in_school & people.willing
    return flags


def burdened(people: People, where: Array, day: int) -> Flags:
    """Return whose household has more dependants than people of working age."""
    age = people.ages(day)
    there = where >= 0
    n = int(where.max()) + 1
    grown = np.bincount(where[there & (age >= 16) & (age < 60)], minlength=n)
    others = np.bincount(where[there & ((age < 16) | (age >= 60))], minlength=n)
    heavy = others > grown
    flags: Flags = there & heavy[np.maximum(where, 0)]
    return flags


def _living(members: Memberships, n: int, months: range) -> Array:
    living = np.full((n, len(months)), -1, np.int32)
    for column, month in enumerate(months):
        held = present(members, to_day(month_start(month)))
        living[members.person[held], column] = members.household[held]
    return living


@dataclass(frozen=True)
class Months:
    """Work by person (row) and month of the world (column).

    Attributes
    ----------
    days
        Days in work.
    wages
        Yuan earned.
    job
        Place in the table of jobs of the last job held in the month, -1 none.
    """

    days: Array
    wages: Array
    job: Array


def months_of_work(world: World, labour: Labour, months: range | None = None) -> Months:
    """Return the work of each person in each of `months` (all when None), nothing in others."""
    shape = world.living.shape
    days, wages = np.zeros(shape, np.uint8), np.zeros(shape, np.float32)
    job = np.full(shape, -1, np.int32)
    rows = labour.jobs.rows
    start, end = rows["start"].astype(np.int64), rows["end"].astype(np.int64)
    bad = rows["distress"].astype(np.int64)
    for month in months or world.months:
        first, last = to_day(month_start(month)), to_day(month_start(month + 1))
        held = np.flatnonzero((start < last) & (end > first))
        begins, ends = np.maximum(start[held], first), np.minimum(end[held], last)
        worse = np.clip(ends - np.maximum(begins, bad[held]), 0, None)
        share = (ends - begins - worse * (1 - rows["distress_wage"][held])) / (last - first)
        column, who = world.column(month), rows["person"][held]
        days[:, column] = np.minimum(np.bincount(who, ends - begins, shape[0]), last - first)
        wages[:, column] = np.bincount(who, share * rows["wage"][held], shape[0])
        job[who, column] = held
    return Months(days, wages, job)
