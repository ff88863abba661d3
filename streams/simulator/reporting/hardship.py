"""Incomes, medical bills, warnings, reports, disasters, identifications and help, as reported."""

import numpy as np

from streams.simulator.array import Array, Floats, Ints
from streams.simulator.column import MISSING, Column, Dictionary, Texts, Whole, Words, WordSet
from streams.simulator.county import County
from streams.simulator.reporting.register import late
from streams.simulator.table import Table, at_hour, corrected, lateness, table
from yujing.domain.codes import (
    Category,
    Disaster,
    Measure,
    ReporterRole,
    Risk,
    Source,
    Treatment,
    Warning,
    number,
)
from yujing.domain.days import from_day, month_end, month_start, to_day, to_month

_AMOUNTS = {
    "income_wage": "wage", "income_business": "business", "income_property": "property",
    "income_transfer": "transfer", "expense_business": "expense", "claim": "claim",
    "self_pay": "self_pay",
}
_WORDS = (
    "家里有人住院花费较大", "孩子上学开销大", "外出务工没找到活",
    "地里庄稼受灾", "房屋漏雨需要维修", "老人常年吃药",
)
_WARNED_COST_YUAN = 5000
_ELIMINATED_MEAN_DAYS = 420


def hardship_events(county: County, rng: np.random.Generator) -> list[Table]:
    """Return the events of households in need, or thought to be."""
    return [*_assessments(county, rng), *_bills(county, rng), *_disasters(county, rng),
            *_identified(county, rng), *_warnings(county, rng), _reports(county, rng),
            _measures(county, rng)]


def _assessments(county: County, rng: np.random.Generator) -> list[Table]:
    """Every household once a year from October to December, some each quarter, all at the start."""
    world, n = county.world, len(county.world.homes)
    p = world.p
    rows: list[tuple[Ints, Ints]] = [(np.arange(n), np.full(n, world.first_month))]
    monitored = world.homes.monitored
    for month in range(world.first_month + 1, world.last_month + 1):
        place = month % 12
        if place in (2, 5, 8):
            identified = county.identified.approved < to_day(month_start(month))
            chosen = monitored | identified | (
                rng.random(n) < p.number("reporting.income_quarterly"))
            rows.append((np.flatnonzero(chosen), np.full(int(chosen.sum()), month)))
        if place == 9:
            turn = rng.integers(0, 3, n)
            turn[rng.random(n) > p.number("reporting.income_yearly")] = 9
            for later in range(3):
                who = np.flatnonzero(turn == later)
                rows.append((who, np.full(len(who), month + later)))
    found = np.flatnonzero(county.identified.clue < world.last_day)
    clue = county.identified.clue[found]
    kept = clue >= world.first_day + 31
    months = np.array([to_month(from_day(day)) for day in clue.tolist()], dtype=np.int64)
    rows.append((found[kept], months[kept]))
    household = np.concatenate([row[0] for row in rows])
    asked: Ints = np.concatenate([row[1] for row in rows])
    column = asked - 1 - world.begin_month
    kept = (asked <= world.last_month) & (county.income.size[household, column] > 0)
    return _assessed(county, rng, household[kept], asked[kept])


def _assessed(
    county: County, rng: np.random.Generator, household: Ints, month: Ints
) -> list[Table]:
    world, n = county.world, len(household)
    column = month - 1 - world.begin_month
    noise = world.p.number("reporting.income_noise")
    sums = {name: county.income.of_year(source) for name, source in _AMOUNTS.items()}

    def amounts(spread: float) -> dict[str, Column]:
        return {
            name: Whole(np.round(
                values[household, column] * np.exp(rng.normal(0, spread, n))).astype(np.int64))
            for name, values in sums.items()
        }

    firsts = np.array([to_day(month_start(m - 12)) for m in month.tolist()])
    lasts = np.array([to_day(month_end(m - 1)) for m in month.tolist()])
    at = np.where(month == world.first_month, rng.integers(0, 20, n), rng.integers(2, 27, n))
    right = table(
        "income.report", "N", source=Source.NATIONAL_MONITORING, role=ReporterRole.VILLAGE,
        household=household, first=firsts, last=lasts, reported=at_hour(rng, lasts + 1 + at),
        n_members=Whole(county.income.size[household, column].astype(np.int64)),
        payload=amounts(noise))
    return corrected(rng, right, right.but(**amounts(noise * 2.5)),
                     world.p.number("reporting.income_revised"))


def _bills(county: County, rng: np.random.Generator) -> list[Table]:
    world = county.world
    bills = _since_start(county)
    day = bills["day"].astype(np.int64)
    right = table(
        "medical.settlement", "B", source=Source.MEDICAL_INSURANCE,
        person=bills["person"].astype(np.int64), first=day,
        reported=late(rng, world, day, "medical_days"),
        treatment=Words(Treatment, bills["treatment"]), total=Whole(bills["total"]),
        fund=Whole(bills["fund"]), self_pay=Whole(bills["self_pay"]))
    wrong = right.but(self_pay=Whole((bills["self_pay"] * 0.6).astype(np.int64)))
    return corrected(rng, right, wrong, 0.01)


def _since_start(county: County) -> Array:
    world = county.world
    shocks = county.shocks[world.column(world.first_month):]
    bills = np.concatenate([shock.bills for shock in shocks])
    return bills[bills["day"] <= world.last_day]


def _disasters(county: County, rng: np.random.Generator) -> list[Table]:
    world = county.world
    rows = np.concatenate([
        shock.disasters for shock in county.shocks[world.column(world.first_month):]])
    day = rows["day"].astype(np.int64)
    return [table(
        "disaster.area", "DA", source=Source.EMERGENCY, role=ReporterRole.COUNTY,
        region=world.villages[rows["village"]], first=day,
        reported=at_hour(rng, day, first=9, last=23), disaster=Words(Disaster, rows["kind"]),
        grade=Whole(rows["grade"]))]


def _identified(county: County, rng: np.random.Generator) -> list[Table]:
    world, found = county.world, county.identified
    who = np.flatnonzero((found.approved >= world.first_day) & (found.approved <= world.last_day))
    day = found.approved[who]
    opened = table(
        "category.open", "CI", source=Source.FANGPIN_CLOUD, role=ReporterRole.COUNTY,
        household=who, first=day, reported=late(rng, world, day, "category_days"), record=who,
        category=Words(Category, found.category[who]))
    wait = 200 + rng.exponential(_ELIMINATED_MEAN_DAYS, len(who)).astype(np.int64)
    gone = np.flatnonzero(day + wait <= world.last_day)
    end = day[gone] + wait[gone]
    return [opened, table(
        "category.close", "CIC", source=Source.FANGPIN_CLOUD, role=ReporterRole.COUNTY,
        household=who[gone], first=end, reported=late(rng, world, end, "category_days"),
        record=who[gone], category=Words(Category, found.category[who[gone]]))]


def _warnings(county: County, rng: np.random.Generator) -> list[Table]:
    """Departments warn of high bills, new disabilities and much that turns out to be nothing."""
    world = county.world
    bills = _since_start(county)
    high = bills[(bills["self_pay"] > _WARNED_COST_YUAN) & (rng.random(len(bills)) < 0.6)]
    people = world.people
    disabled = np.flatnonzero(
        (people.disabled_from >= world.first_day) & (people.disabled_from <= world.last_day)
        & (world.living[:, -1] >= 0))
    n = len(world.homes) * (world.last_month - world.first_month + 1)
    n = int(rng.binomial(n, world.p.number("reporting.warning_false_monthly")))
    day = rng.integers(world.first_day, world.last_day + 1, n)
    kinds = np.array([number(kind) for kind in (
        Warning.MEDICAL_COST, Warning.DROPOUT, Warning.HOUSING, Warning.WATER, Warning.INCOME,
        Warning.ACCIDENT, Warning.OTHER)])
    kind = kinds[rng.integers(0, len(kinds), n)]
    sources = {
        Warning.MEDICAL_COST: Source.MEDICAL_INSURANCE, Warning.DROPOUT: Source.EDUCATION,
        Warning.HOUSING: Source.HOUSING, Warning.WATER: Source.HOUSING,
        Warning.INCOME: Source.CIVIL_AFFAIRS, Warning.ACCIDENT: Source.PUBLIC_SECURITY,
    }
    source_of = np.full(len(Warning), number(Source.FANGPIN_CLOUD))
    for warned, source in sources.items():
        source_of[number(warned)] = number(source)
    household = rng.integers(0, len(world.homes), n)
    return [
        _warned(rng, "W1", high["day"].astype(np.int64), Warning.MEDICAL_COST,
                Source.MEDICAL_INSURANCE, high["person"].astype(np.int64), high["self_pay"]),
        _warned(rng, "W2", people.disabled_from[disabled], Warning.NEW_DISABILITY,
                Source.DISABLED_FEDERATION, disabled, np.full(len(disabled), MISSING)),
        table("department.warning", "W3", source=source_of[kind], household=household, first=day,
              reported=at_hour(rng, day + rng.integers(1, 30, n)), warning=Words(Warning, kind)),
    ]


def _warned(
    rng: np.random.Generator, prefix: str, day: Ints, warning: Warning, source: Source,
    person: Ints, value: Array,
) -> Table:
    n = len(day)
    return table(
        "department.warning", prefix, source=source, person=person, first=day,
        reported=at_hour(rng, day + rng.integers(1, 30, n)),
        warning=Words(Warning, np.full(n, number(warning))), value=Whole(value),
        threshold=Whole(np.where(value != MISSING, _WARNED_COST_YUAN, MISSING)))


def _reports(county: County, rng: np.random.Generator) -> Table:
    """Households and villages report hardship by themselves, more often when it is true."""
    world = county.world
    who, day, risk = [], [], []
    for month in range(world.first_month, world.last_month + 1):
        chance, cause = _need(county, month)
        reporting = np.flatnonzero(rng.random(len(chance)) < chance)
        who.append(reporting)
        risk.append(cause[reporting])
        day.append(to_day(month_start(month)) + rng.integers(0, 28, len(reporting)))
    household, days = np.concatenate(who), np.concatenate(day)
    n = len(household)
    own = rng.random(n) < 0.6
    amount = np.where(rng.random(n) < 0.3, rng.integers(10, 200, n) * 100, MISSING)
    return table(
        "hardship.report", "HR",
        source=np.where(own, number(Source.SELF_REPORT), number(Source.VILLAGE_REPORT)),
        household=household, first=days, reported=at_hour(rng, days, first=8, last=22),
        role=ReporterRole.HOUSEHOLD, risks=WordSet(Risk, 1 << np.concatenate(risk)),
        amount=Whole(amount),
        description=Texts(Dictionary(np.array(_WORDS)), rng.integers(-3, len(_WORDS), n)))


def _need(county: County, month: int) -> tuple[Floats, Ints]:
    """Return each household's chance to report in a month, and what it would name."""
    world, column = county.world, county.world.column(month)
    p, n = world.p, len(world.homes)
    shock = county.shocks[column]
    poor = county.income.below[:, column]
    ill = np.bincount(shock.bills["household"], shock.bills["self_pay"], n) > _WARNED_COST_YUAN
    struck = (shock.farm_loss > 0) | (np.bincount(shock.accidents["household"], minlength=n) > 0)
    chance = np.where(poor | ill | struck, p.number("reporting.hardship_in_need"),
                      p.number("reporting.hardship_monthly"))
    names = [number(risk) for risk in (
        Risk.ILLNESS, Risk.FARM_FAILURE, Risk.UNSTABLE_JOB, Risk.SCHOOLING, Risk.OTHER)]
    other = np.array(names[2:])[np.arange(n) % 3]
    cause = np.where(ill, names[0], np.where(struck, names[1], np.where(poor, names[2], other)))
    return chance * (county.income.size[:, column] > 0), cause


def _measures(county: County, rng: np.random.Generator) -> Table:
    """Measures for the identified, and the common ones of every year."""
    world, found = county.world, county.identified
    who = np.flatnonzero((found.approved >= world.first_day) & (found.approved <= world.last_day))
    household = np.concatenate([who, who[rng.random(len(who)) < 0.6]])
    day = found.approved[household] + rng.integers(3, 40, len(household))
    n = int(0.02 * len(world.homes) * (world.last_month - world.first_month + 1))
    household = np.concatenate([household, rng.integers(0, len(world.homes), n)])
    day = np.concatenate([day, rng.integers(world.first_day, world.last_day + 1, n)])
    kinds = np.array([number(kind) for kind in (
        Measure.INDUSTRY, Measure.EMPLOYMENT, Measure.EMPLOYMENT, Measure.MEDICAL,
        Measure.EDUCATION, Measure.SOCIAL_ASSISTANCE, Measure.INSURANCE)])
    n = len(household)
    delay = lateness(rng, n, *world.p.list("reporting.measure_days"))
    amount = np.where(rng.random(n) < 0.5, rng.integers(2, 40, n) * 100, MISSING)
    return table(
        "assist.measure", "AM", source=Source.FANGPIN_CLOUD, role=ReporterRole.WORK_TEAM,
        household=household, first=day, reported=at_hour(rng, day + delay),
        measure=Words(Measure, kinds[rng.integers(0, len(kinds), n)]), amount=Whole(amount))


