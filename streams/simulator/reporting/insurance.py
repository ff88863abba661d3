"""Social insurance as its offices report it: enrolments, stops, contributions, premiums."""

import numpy as np

from streams.simulator.array import NEVER, Array, Ints
from streams.simulator.column import Dictionary, Months, Texts, Whole, Words
from streams.simulator.employer import employer_names
from streams.simulator.job import OUT
from streams.simulator.reporting.register import late
from streams.simulator.table import (
    DAY_SECONDS,
    RETRACT,
    Table,
    at_hour,
    lateness,
    table,
)
from streams.simulator.world import World
from yujing.domain.codes import Answer, Insurance, InsuranceStatus, Payer, Source, number
from yujing.domain.days import month_end, month_start, months_of_days, to_day

LINES = tuple(number(line) for line in (
    Insurance.EMPLOYEE_PENSION, Insurance.UNEMPLOYMENT, Insurance.EMPLOYEE_MEDICAL,
    Insurance.WORK_INJURY))
_BACK_PAID = 0.02      # contributions that come up to a year late
_TERMINATED = 0.2      # of the stops


def insurance_events(world: World, rng: np.random.Generator) -> list[Table]:
    """Return all events of social insurance."""
    jobs, line = _insured(world)
    return [_enrolments(world, rng, jobs, line), _stops(world, rng, jobs, line),
            *_payments(world, rng, jobs, line), *_residents(world, rng)]


def _insured(world: World) -> tuple[Ints, Ints]:
    """Return job and line (0..3) of every enrolment that reaches into the time of reports."""
    rows = world.labour.jobs.rows
    held = (rows["end"] > world.first_day) & (rows["start"] <= world.last_day)
    mask = rows["insured"].astype(np.int64)[:, None] >> np.arange(4) & 1
    job, line = np.nonzero((mask == 1) & held[:, None])
    return job, line


def _last_day(rows: Array) -> Ints:
    """Return the day from which nothing is paid any more."""
    return np.minimum(rows["end"].astype(np.int64), rows["insurance_stop"].astype(np.int64))


def _status(
    world: World, rng: np.random.Generator, prefix: str, job: Ints, line: Ints, day: Ints,
    status: Ints,
) -> Table:
    rows = world.labour.jobs.rows[job]
    months = months_of_days(day.astype(np.int32)).astype(np.int64)
    moments = late(rng, world, day, "insurance_days")
    far = rows["area"] == OUT
    more = lateness(rng, len(job), *world.p.list("reporting.insurance_days")) * DAY_SECONDS
    moments = np.where(far & (day >= world.first_day), moments + more, moments)
    employers = Dictionary(employer_names())
    return table(
        "insurance.status", prefix, source=Source.SOCIAL_INSURANCE,
        person=rows["person"].astype(np.int64), first=day, reported=moments, record=job * 10 + line,
        insurance=Words(Insurance, np.array(LINES)[line]), status=Words(InsuranceStatus, status),
        month=Months(months), work_region=Whole(rows["work_region"]).as_text(),
        employer=Texts(employers, rows["employer"]), base_month=Whole(rows["wage"]))


def _enrolments(world: World, rng: np.random.Generator, job: Ints, line: Ints) -> Table:
    rows = world.labour.jobs.rows[job]
    status = np.full(len(job), number(InsuranceStatus.ENROL))
    return _status(world, rng, "IE", job, line, rows["start"].astype(np.int64) + 10, status)


def _stops(world: World, rng: np.random.Generator, job: Ints, line: Ints) -> Table:
    day = _last_day(world.labour.jobs.rows[job])
    kept = (day != NEVER) & (day >= world.first_day) & (day <= world.last_day)
    status = np.where(rng.random(len(job)) < _TERMINATED, number(InsuranceStatus.TERMINATE),
                      number(InsuranceStatus.SUSPEND))
    return _status(world, rng, "IS", job[kept], line[kept], day[kept], status[kept])


def _payments(
    world: World, rng: np.random.Generator, job: Ints, line: Ints
) -> list[Table]:
    rows = world.labour.jobs.rows[job]
    first = np.maximum(_month(rows["start"].astype(np.int64)), world.first_month)
    last = np.minimum(_month(np.minimum(_last_day(rows), world.last_day)), world.last_month)
    n_months = np.maximum(last - first, 0)   # the month of the stop is not paid any more
    which = np.repeat(np.arange(len(job)), n_months)
    begins = np.cumsum(n_months) - n_months
    month = first[which] + np.arange(len(which)) - begins[which]
    base = np.maximum(rows["wage"][which].astype(np.int64), 3000)
    rate = world.p.list("insurance.rate_of_base")[line[which]]
    day, until = _ends_of(world, month)
    delay = lateness(rng, len(which), *world.p.list("reporting.payment_days"))
    back = rng.random(len(which)) < _BACK_PAID
    delay = np.where(back, rng.integers(60, 330, len(which)), delay)
    bad = rows["arrears"][which] & (rows["distress"][which] < until)
    paid = table(
        "insurance.payment", "IP", source=Source.SOCIAL_INSURANCE,
        person=rows["person"][which].astype(np.int64), first=day, last=until,
        precision=np.full(len(which), 2), reported=at_hour(rng, until + delay),
        record=(job[which] * 10 + line[which]) * 100 + month - world.first_month,
        insurance=Words(Insurance, np.array(LINES)[line[which]]), month=Months(month),
        amount=Whole((base * rate).astype(np.int64)), base_month=Whole(base),
        payer=Words(Payer, np.full(len(which), number(Payer.EMPLOYER))),
        arrears=Words(Answer, np.where(bad, number(Answer.YES), 0)))
    undone = paid.take(np.flatnonzero(
        rng.random(len(which)) < world.p.number("reporting.payment_reversed") / 4))
    n = len(undone)
    undone = undone.but(
        version=np.full(n, 2), op=np.full(n, RETRACT, np.uint8),
        reported=undone.reported + rng.integers(5, 90, n) * DAY_SECONDS)
    return [paid, undone]


def _month(days: Ints) -> Ints:
    return months_of_days(days.astype(np.int32)).astype(np.int64)


def _ends_of(world: World, months: Ints) -> tuple[Ints, Ints]:
    span = range(world.first_month, world.last_month + 1)
    firsts = np.array([to_day(month_start(month)) for month in span])
    lasts = np.array([to_day(month_end(month)) for month in span])
    return firsts[months - world.first_month], lasts[months - world.first_month]


def _residents(world: World, rng: np.random.Generator) -> list[Table]:
    """Yearly premiums: pension from September to December, medical for the year to come."""
    tables = []
    for year in range(world.first_month // 12 - 1, world.last_month // 12 + 1):
        autumn = to_day(month_start(year * 12 + 8))
        column = min(max(year * 12 + 8 - world.begin_month, 0), world.living.shape[1] - 1)
        where = world.living[:, column]
        age = world.people.ages(autumn)
        insured = np.zeros(len(where), bool)
        rows = world.labour.jobs.rows
        now = (rows["start"] <= autumn) & (rows["end"] > autumn) & (rows["insured"] & 1 > 0)
        insured[rows["person"][now]] = True
        assisted = _assisted(world, where, autumn)
        pension = (where >= 0) & (age >= 16) & (age < 60) & ~insured
        pension &= rng.random(len(where)) < np.where(
            assisted, 0.97, world.p.number("insurance.resident_pension_share"))
        medical = (where >= 0) & (
            rng.random(len(where)) < world.p.number("insurance.resident_medical_share"))
        for line, who, covered in (
            (Insurance.RESIDENT_PENSION, np.flatnonzero(pension), year),
            (Insurance.RESIDENT_MEDICAL, np.flatnonzero(medical), year + 1),
        ):
            tables.append(_premiums(world, rng, line, who, assisted[who], covered, autumn))
    return tables


def _assisted(world: World, where: Array, day: int) -> Array:
    """Return whose premium the government mostly pays."""
    homes, people = world.homes, world.people
    home = np.maximum(where, 0)
    poor = homes.minimum_living | homes.destitute | homes.monitored
    severe = (people.disabled_from <= day) & (people.disability <= 2)
    flags: Array = poor[home] | severe
    return flags


def _premiums(
    world: World, rng: np.random.Generator, line: Insurance, who: Ints, assisted: Array,
    covered: int, autumn: int,
) -> Table:
    p, n = world.p, len(who)
    pension = line is Insurance.RESIDENT_PENSION
    helped = assisted & (rng.random(n) < p.number("insurance.resident_assisted_share"))
    grades = p.list("insurance.resident_pension_yuan")
    grade = grades[np.where(helped, 0, rng.integers(0, len(grades), n))]
    grade = grade if pension else np.full(n, p.number("insurance.resident_medical_yuan"))
    payer = np.where(helped, number(Payer.GOVERNMENT if pension else Payer.ASSISTED),
                     number(Payer.PERSON))
    day = autumn + rng.integers(0, 120 if pension else 170, n)
    day = np.maximum(day, world.people.birth[who] + 1)
    return table(
        "insurance.resident_annual", "R1" if pension else "R3",
        source=Source.SOCIAL_INSURANCE if pension else Source.MEDICAL_INSURANCE,
        person=who, first=day, reported=late(rng, world, day, "insurance_days"),
        record=who * 100 + covered % 100,
        insurance=Words(Insurance, np.full(n, number(line))), year=Whole(np.full(n, covered)),
        payer=Words(Payer, payer), grade=Whole(grade.astype(np.int64)))


