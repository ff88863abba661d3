"""Journeys, plans to leave and registered unemployment, as villages and offices report them."""

import numpy as np

from streams.simulator.array import NEVER, Ints
from streams.simulator.column import MISSING, Column, Months, Whole, Words
from streams.simulator.job import OUT
from streams.simulator.labour import travels
from streams.simulator.reporting.register import late
from streams.simulator.table import Table, at_hour, corrected, table
from streams.simulator.world import Months as Work
from streams.simulator.world import World, able
from yujing.domain.codes import (
    Answer,
    Area,
    DeregisterReason,
    EndReason,
    Industry,
    Intent,
    ReporterRole,
    ReturnReason,
    Source,
    number,
)
from yujing.domain.days import month_start, to_day

YES, NO = number(Answer.YES), number(Answer.NO)
_KNOWN_BEFORE_DAYS = 365     # journeys before the first report that the first import still names
_PLANNED_SPRING, _PLANNED_ELSE = 0.40, 0.06   # labourers asked about their plans, a month


def movement_events(world: World, work: Work, rng: np.random.Generator) -> list[Table]:
    """Return departures, returns, plans and unemployment registrations."""
    return [*_journeys(world, rng), *_plans(world, work, rng), *_unemployment(world, rng)]


def _journeys(world: World, rng: np.random.Generator) -> list[Table]:
    rows = travels(world.labour)
    known = (rows["day"] > world.first_day - _KNOWN_BEFORE_DAYS) & (rows["day"] <= world.last_day)
    rows = rows[known]
    tables = []
    for leaves, event, prefix in (
        (True, "migration.depart", "MD"), (False, "migration.return", "MR"),
    ):
        missing = world.p.number(
            "reporting.depart_missing" if leaves else "reporting.return_missing")
        kept = rows[(rows["leaves"] == leaves) & (rng.random(len(rows)) >= missing)]
        day = kept["day"].astype(np.int64)
        shared: dict[str, Column] = {"work_region": Whole(kept["region"]).as_text()}
        own: dict[str, Column] = {
            "area": Words(Area, kept["area"]),
            "organised": Words(Answer, np.where(kept["organised"], YES, NO)),
        } if leaves else {
            "reason": Words(ReturnReason, kept["reason"]), "intent": Words(Intent, kept["intent"]),
        }
        right = table(
            event, prefix, source=Source.VILLAGE_REPORT, role=ReporterRole.GRID_WORKER,
            person=kept["person"].astype(np.int64), first=day,
            reported=late(rng, world, day, "depart_days" if leaves else "return_days", first=10),
            payload={**shared, **own})
        wrong = right.but(first=right.first - 3, last=right.last - 3)
        tables += corrected(rng, right, wrong, 0.03)
    return tables


def _plans(world: World, work: Work, rng: np.random.Generator) -> list[Table]:
    """Ask some labourers, most of them after the festival, whether they mean to leave for work."""
    tables = []
    for month in range(world.first_month, world.last_month + 1):
        column = world.column(month)
        day = to_day(month_start(month))
        asked = _PLANNED_SPRING if month % 12 < 3 else _PLANNED_ELSE
        here = able(world.people, world.living[:, column], day)
        who = np.flatnonzero(here & (rng.random(len(here)) < asked))
        n = len(who)
        job = work.job[who, column]
        soon = work.days[who, min(column + 1, work.days.shape[1] - 1)] > 0
        means = np.where(soon, rng.random(n) < 0.9, rng.random(n) < 0.4)
        areas = np.where(job >= 0, world.labour.jobs.rows["area"][np.maximum(job, 0)], OUT)
        sector = np.where(job >= 0, world.labour.jobs.rows["sector"][np.maximum(job, 0)], 0)
        said = day + rng.integers(0, 27, n)
        wage = np.where(means & (rng.random(n) < 0.5), rng.integers(25, 75, n) * 100, MISSING)
        tables.append(table(
            "employment.plan", "P", source=Source.VILLAGE_REPORT, role=ReporterRole.GRID_WORKER,
            person=who, first=said, reported=at_hour(rng, said + rng.integers(0, 20, n)),
            record=who * 1000 + month - world.first_month, month=Months(np.full(n, month)),
            planned=Words(Answer, np.where(means, YES, NO)),
            area=Words(Area, np.where(means, areas, 0)),
            industry=Words(Industry, np.where(means, sector, 0)), wage_month=Whole(wage),
            training_wish=Words(Answer, np.where(rng.random(n) < 0.12, YES, NO))))
    return tables


def _unemployment(world: World, rng: np.random.Generator) -> list[Table]:
    """Register some who lose work; they leave with a job or for want of contact."""
    rows = world.labour.jobs.rows
    order = np.lexsort((rows["start"], rows["person"]))
    person, end = rows["person"][order].astype(np.int64), rows["end"][order].astype(np.int64)
    same = np.r_[person[1:] == person[:-1], False]
    following = np.where(same, np.r_[rows["start"][order][1:].astype(np.int64), 0], NEVER)
    lost = (end != NEVER) & (end >= world.first_day) & (following - end >= 40)
    insured = rows["insured"][order] & 2 > 0
    lost &= rng.random(len(end)) < np.where(insured, 0.4, 0.12)
    person, end, following = person[lost], end[lost], following[lost]
    day = end + 3 + (rng.random(len(end)) * 30).astype(np.int64)
    codes = np.array([number(code) for code in (
        EndReason.LAID_OFF, EndReason.CONTRACT_END, EndReason.RESIGNED, EndReason.OTHER)])
    record = np.arange(len(end))
    opened = table(
        "unemployment.register", "U", source=Source.EMPLOYMENT_PLATFORM,
        role=ReporterRole.TOWNSHIP, person=person, first=day,
        reported=at_hour(rng, day + rng.integers(0, 12, len(end))), record=record,
        reason=Words(EndReason, codes[rng.integers(0, 4, len(end))]))
    found = following < day + 240
    left = np.where(found, following + rng.integers(0, 40, len(end)), day + 240)
    reason = np.where(found, number(DeregisterReason.EMPLOYED), number(DeregisterReason.NO_CONTACT))
    gone = np.flatnonzero(left <= world.last_day)
    return [opened, _deregistered(rng, person[gone], left[gone], record[gone], reason[gone])]


def _deregistered(
    rng: np.random.Generator, person: Ints, day: Ints, record: Ints, reason: Ints
) -> Table:
    return table(
        "unemployment.deregister", "D", source=Source.EMPLOYMENT_PLATFORM,
        role=ReporterRole.TOWNSHIP, person=person, first=day,
        reported=at_hour(rng, day + rng.integers(0, 20, len(day))), record=record,
        reason=Words(DeregisterReason, reason))
