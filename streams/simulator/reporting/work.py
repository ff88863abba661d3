"""Work as it is reported: the monthly sheet of the platform, starts and ends of jobs."""

import numpy as np

from streams.simulator.array import NEVER, Array, Flags, Ints
from streams.simulator.column import MISSING, Column, Dictionary, Months, Texts, Whole, Words, given
from streams.simulator.employer import employer_names
from streams.simulator.reporting.register import late
from streams.simulator.table import Table, at_hour, corrected, mistaken, table
from streams.simulator.world import Months as Work
from streams.simulator.world import World
from yujing.domain.codes import (
    Answer,
    Area,
    Channel,
    EndReason,
    Form,
    Industry,
    Precision,
    ReporterRole,
    Skill,
    Source,
    Student,
    number,
)
from yujing.domain.days import month_end, month_start, to_day

YES, NO = number(Answer.YES), number(Answer.NO)
_DAYS_BEYOND = np.array([3, 0, 3, 2, 3, 2, 3, 3, 2, 3, 2, 3])   # days of each month beyond 28


_AGENCIES = ("榕城劳务合作社", "黔东南人力资源公司", "古州劳务经纪社")


def work_events(world: World, work: Work, rng: np.random.Generator) -> list[Table]:
    """Return monthly rows, starts and ends."""
    employers = Dictionary(employer_names())
    return [*_monthly(world, work, rng, employers), *_starts(world, rng, employers),
            *_ends(world, rng)]


def _monthly(
    world: World, work: Work, rng: np.random.Generator, employers: Dictionary
) -> list[Table]:
    p, n = world.p, len(world.people)
    never = rng.random(n) < p.number("reporting.status_never")
    careless = rng.gamma(2.0, 0.5, n) * p.number("reporting.status_missing")
    parts: list[tuple[Ints, Ints, Ints]] = []
    for month in range(world.first_month, world.last_month):
        asked = _asked(world, month) & ~never & (rng.random(n) >= careless)
        who = np.flatnonzero(asked)
        copied = rng.random(len(who)) < p.number("reporting.status_copied")
        column = world.column(month)
        copied &= work.days[who, column - 1] > 0
        parts.append((who, np.full(len(who), month), np.where(copied, column - 1, column)))
    if not parts:
        return []   # no month is over yet
    who = np.concatenate([part[0] for part in parts])
    months: Ints = np.concatenate([part[1] for part in parts])
    columns: Ints = np.concatenate([part[2] for part in parts])
    right = _sheet(world, work, rng, who, months, columns, employers)
    wrong = _misread(rng, right)
    people = np.flatnonzero(_asked(world, world.last_month))
    return [
        *corrected(rng, right, wrong, p.number("reporting.status_corrected")),
        *mistaken(rng, right, p.number("reporting.mistaken") / 4, people),
    ]


def _asked(world: World, month: int) -> Flags:
    """Return whom the sheet of a month asks about: 16-59, there, not at school, able to work."""
    day = to_day(month_start(month))
    people = world.people
    age = people.ages(day)
    skill = people.skills(day)
    fit = (skill != number(Skill.NONE)) & (skill != number(Skill.LOST))
    asked: Flags = (
        (world.living[:, world.column(month)] >= 0) & (age >= 16) & (age < 60) & fit
        & (people.students(day) == number(Student.NO)))
    return asked


def _sheet(
    world: World, work: Work, rng: np.random.Generator, who: Ints, month: Ints, column: Ints,
    employers: Dictionary,
) -> Table:
    """Return rows about `month` that say what was so in the month of `column`."""
    p, n = world.p, len(who)
    job = work.job[who, column]
    worked = work.days[who, column] > 0
    days = np.minimum(work.days[who, column].astype(np.int64), 28 + _DAYS_BEYOND[month % 12])
    part = np.maximum(days, 1) / 30.4
    wage = np.round(work.wages[who, column] / part * np.exp(rng.normal(0, 0.03, n)), -2)
    jobs = world.labour.jobs.rows[np.maximum(job, 0)]
    with_wage = worked & (rng.random(n) < p.number("reporting.wage_given"))
    named = worked & (rng.random(n) < p.number("reporting.employer_given"))
    first = np.array([to_day(month_start(m)) for m in range(world.first_month, world.last_month)])
    last = np.array([to_day(month_end(m)) for m in range(world.first_month, world.last_month)])
    place = month - world.first_month
    very_late = rng.random(n) < p.number("reporting.status_late")
    delay = np.where(very_late, rng.integers(31, 80, n), rng.integers(1, 6, n))
    return table(
        "employment.monthly_status", "S", source=Source.EMPLOYMENT_PLATFORM, person=who,
        first=first[place], last=last[place],
        precision=np.full(n, number(Precision.MONTH)), role=ReporterRole.VILLAGE,
        reported=at_hour(rng, last[place] + delay), record=who * 1000 + place,
        month=Months(month), worked=Words(Answer, np.where(worked, YES, NO)),
        days_worked=Whole(given(days, worked & (rng.random(n) < 0.6))),
        wage_month=Whole(given(np.maximum(wage, 100), with_wage)),
        employer=Texts(employers, np.where(named, jobs["employer"], -1)),
        payload=_details(jobs, worked),
    )


def _details(jobs: Array, known: Flags) -> dict[str, Column]:
    """Return what a row says about the job, where it is known."""
    return {
        "area": Words(Area, np.where(known, jobs["area"], 0)),
        "form": Words(Form, np.where(known, jobs["form"], 0)),
        "industry": Words(Industry, np.where(known, jobs["sector"], 0)),
        "channel": Words(Channel, np.where(known, jobs["channel"], 0)),
        "work_region": Whole(given(jobs["work_region"], known)).as_text(),
    }


def _misread(rng: np.random.Generator, right: Table) -> Table:
    """Return the rows with a wrong answer or a wrong wage."""
    worked, wage = right.payload["worked"], right.payload["wage_month"]
    if not isinstance(worked, Words) or not isinstance(wage, Whole):
        raise TypeError("the sheet has other columns")
    turned = rng.random(len(right)) < 0.35
    known = wage.data != MISSING
    other = np.maximum(np.round(wage.data * rng.uniform(0.5, 1.6, len(right)), -2), 300)
    return right.but(
        worked=Words(Answer, np.where(turned, YES + NO - worked.data, worked.data)),
        wage_month=Whole(given(other, known)))


def _starts(world: World, rng: np.random.Generator, employers: Dictionary) -> list[Table]:
    p, jobs = world.p, world.labour.jobs.rows
    known = (jobs["end"] > world.first_day) & (jobs["start"] <= world.last_day)
    known &= rng.random(len(jobs)) < p.number("reporting.start_reported")
    rows = np.flatnonzero(known)
    job, n = jobs[rows], len(rows)
    day = job["start"].astype(np.int64)
    first, last, precision = _rounded(rng, day, p.number("reporting.month_precision"))
    wage = np.round(job["wage"] * np.exp(rng.normal(0, 0.04, n)), -2)
    with_wage = rng.random(n) < p.number("reporting.wage_given")
    named = rng.random(n) < p.number("reporting.employer_given")
    contract = np.where(job["contract"], YES, NO)
    agencies = Dictionary(np.array(_AGENCIES))
    agency = np.where(job["organised"], rng.integers(0, len(_AGENCIES), n), -1)
    right = table(
        "employment.start", "J", source=Source.EMPLOYMENT_PLATFORM,
        person=job["person"].astype(np.int64), first=first, last=last, precision=precision,
        reported=late(rng, world, day, "start_days", first=9), record=rows,
        role=ReporterRole.VILLAGE,
        contract=Words(Answer, np.where(rng.random(n) < 0.8, contract, 0)),
        contract_months=Whole(given(job["contract_months"], job["contract"])),
        organised=Words(Answer, np.where(job["organised"], YES, NO)),
        intermediary=Texts(agencies, agency),
        wage_month=Whole(given(wage, with_wage)),
        employer=Texts(employers, np.where(named, job["employer"], -1)),
        payload=_details(job, np.ones(n, bool)),
    )
    wrong = right.but(wage_month=Whole(given(
        np.round(wage * rng.uniform(0.6, 1.5, n), -2), with_wage)))
    people = np.flatnonzero(_asked(world, world.last_month))
    return [*corrected(rng, right, wrong, p.number("reporting.start_corrected")),
            *mistaken(rng, right, p.number("reporting.mistaken"), people)]


def _rounded(
    rng: np.random.Generator, day: Ints, share: float
) -> tuple[Ints, Ints, Array]:
    """Return first day, last day and precision; a share of the days is known by month only."""
    by_month = rng.random(len(day)) < share
    months = day.astype("datetime64[D]").astype("datetime64[M]")
    first = months.astype("datetime64[D]").astype(np.int64)
    last = (months + 1).astype("datetime64[D]").astype(np.int64) - 1
    precision = np.where(by_month, number(Precision.MONTH), number(Precision.DAY))
    return np.where(by_month, first, day), np.where(by_month, last, day), precision


def _ends(world: World, rng: np.random.Generator) -> list[Table]:
    p, jobs = world.p, world.labour.jobs.rows
    ended = (jobs["end"] != NEVER) & (jobs["end"] > world.first_day)
    ended &= (jobs["end"] <= world.last_day)
    rows = np.flatnonzero(ended & (rng.random(len(jobs)) < p.number("reporting.end_reported")))
    job, n = jobs[rows], len(rows)
    day = job["end"].astype(np.int64)
    first, last, precision = _rounded(rng, day, p.number("reporting.month_precision") * 0.8)
    said = np.where(rng.random(n) < 0.8, job["reason"], number(EndReason.OTHER))
    arrears = job["arrears"] & (job["distress"] <= day)
    ends = table(
        "employment.end", "E", source=Source.EMPLOYMENT_PLATFORM,
        person=job["person"].astype(np.int64), first=first, last=last, precision=precision,
        reported=late(rng, world, day, "end_days", first=9), record=rows, role=ReporterRole.VILLAGE,
        reason=Words(EndReason, said),
        wage_month=Whole(given(np.round(job["wage"], -2), rng.random(n) < 0.5)),
        arrears=Words(Answer, np.where(arrears, YES, np.where(rng.random(n) < 0.5, NO, 0))),
    )
    people = np.flatnonzero(_asked(world, world.last_month))
    wrong = ends.but(reason=Words(EndReason, np.full(n, number(EndReason.OTHER))))
    return [*corrected(rng, ends, wrong, 0.03),
            *mistaken(rng, ends, p.number("reporting.mistaken"), people)]


