"""True chances, given the true state of the world: what the best possible model would say.

U90 is worked out from the hazard itself. P12 has no formula; it is the mean over other futures of
the same present, in each of which the chance of identification is kept as a chance.
"""

import numpy as np

from streams.simulator.array import Array, Floats, Ints
from streams.simulator.county import County
from streams.simulator.hazard import (
    CONSTRUCTION,
    MONTH_DAYS,
    N_SECTORS,
    PUBLIC_WELFARE,
    Circumstances,
    long_gap_share,
    multiplier,
)
from streams.simulator.identification import chances, struck_lately
from streams.simulator.income import incomes
from streams.simulator.job import COUNTY
from streams.simulator.labour import CLOSED, Labour, begin
from streams.simulator.shock import strike
from streams.simulator.world import (
    LABOUR,
    Months,
    World,
    able,
    burdened,
    months_of_work,
    work,
)
from yujing.domain.calendar import spring_festival
from yujing.domain.days import from_day, month_start, to_day, to_month
from yujing.errors import UsageError

_STEPS, _STEP_DAYS = 3, 30
_HORIZON_MONTHS = 12
_CERTAIN = 30.0   # a cumulative hazard that is as good as 1


def u90(county: County, day: int) -> tuple[Ints, Floats]:
    """Return who is in work on a day and the chance to begin 30 idle days within 90."""
    world = county.world
    rows = world.labour.jobs.rows
    place = np.flatnonzero((rows["start"] <= day) & (rows["end"] > day))
    jobs = rows[place]
    who = jobs["person"].astype(np.int64)
    p, people = world.p, world.people
    where = world.living[:, world.column(to_month(from_day(day)))]
    heavy = burdened(people, where, day)[who]
    total = np.zeros(len(who))
    for step in range(_STEPS):
        then = day + step * _STEP_DAYS + _STEP_DAYS // 2
        now = Circumstances(
            tenure_days=then - jobs["start"].astype(np.int64), age=people.ages(then)[who],
            ill=(people.chronic_from[who] <= day) | (people.serious_from[who] <= day),
            many_dependants=heavy, distressed=jobs["distress"] <= day, sector=jobs["sector"])
        slump = world.labour.slumps.get(to_month(from_day(then)), np.ones(N_SECTORS))
        share = long_gap_share(now.age, then, p)
        onset = p.number("jobs.distress_onset_monthly") * (step + 0.5)
        worse = 1 + np.where(now.distressed, 0, onset * (p.number("jobs.distress_multiplier") - 1))
        total += jobs["rate"] * multiplier(now, then, slump, p) * worse * share * (
            _STEP_DAYS / MONTH_DAYS)
    total += _planned(county, jobs, day, people.ages(day)[who])
    return who, 1 - np.exp(-total)


def _planned(county: County, jobs: Array, day: int, age: Floats) -> Floats:
    """Return the cumulative hazard of closures under way, the year's end and the festival."""
    p = county.world.p
    last = day + _STEPS * _STEP_DAYS
    closing = (jobs["reason"] == CLOSED) & (jobs["distress"] <= day) & (jobs["end"] <= last)
    chance = np.where(closing, long_gap_share(age, day, p), 0.0)
    year = from_day(last).year
    local = jobs["area"] <= COUNTY
    back = to_day(spring_festival(year)) + int(p.number("festival.return_first"))
    if day < back + 12 <= last:
        building = jobs["sector"] == CONSTRUCTION
        breaks = np.where(building, p.number("festival.breaks_job_construction"),
                          p.number("festival.breaks_job")) * p.number("festival.goes_home")
        breaks = np.where(local, p.number("festival.local_break"), breaks)
        stays = p.number("festival.stays_home")
        counted = np.where(building, 1.0, 1 / 3 + 2 / 3 * stays)   # who only visits does not count
        chance = chance + breaks * counted
    new_year = to_day(from_day(last).replace(month=1, day=1))
    if day < new_year <= last:
        post = (jobs["form"] == PUBLIC_WELFARE) * p.number("jobs.cliff_public_post")
        chance = chance + post * long_gap_share(age, new_year - 1, p)
    hazard: Floats = np.minimum(-np.log(np.maximum(1 - chance, 1e-12)), _CERTAIN)
    return hazard


def p12(county: County, month: int, futures: int) -> Floats:
    """Return each household's chance of poverty within twelve months from the first of a month.

    Raises
    ------
    UsageError
        If the world ends before, or its past is too short.
    """
    world = county.world
    if month + _HORIZON_MONTHS > world.last_month + 1 or world.column(month) < 12:
        raise UsageError("the simulated world does not hold twelve months on both sides of as_of")
    labour = _labour_before(world, month)
    total = np.zeros(len(world.homes))
    months = range(month, month + _HORIZON_MONTHS)
    for future in range(1, futures + 1):
        fork = labour.copy()
        for _ in work(world, fork, months, lambda _what, _part: None, future):
            pass
        lived = _spliced(county.work, months_of_work(world, fork, months), world, months)
        shocks = list(county.shocks)
        for other in months:
            shocks[world.column(other)] = strike(world, other, future)
        income = incomes(world, lived, shocks)
        spared = np.ones(len(total))
        for other in months:
            column = world.column(other)
            chance, _ = chances(
                world, income, struck_lately(shocks, column, len(total)), column)
            spared *= np.where(income.below[:, column], 0.0, 1 - chance)
        total += 1 - spared
    return total / futures


def _labour_before(world: World, month: int) -> Labour:
    """Return the labour market on the first day of a month, lived again from the beginning."""
    first = to_day(month_start(world.begin_month))
    labour = begin(world.order.rng(LABOUR), world.labour.market,
                   able(world.people, world.living[:, 0], first), first)
    for _ in work(world, labour, range(world.begin_month, month), lambda _what, _part: None):
        pass
    return labour


def _spliced(past: Months, future: Months, world: World, months: range) -> Months:
    """Return the work of the one past and of another future."""
    first = world.column(months[0])
    merged = []
    for name in ("days", "wages", "job"):
        array = getattr(past, name).copy()
        array[:, first:first + len(months)] = getattr(future, name)[:, first:first + len(months)]
        merged.append(array)
    return Months(*merged)
