"""Who works when: hazards, gaps, trouble at work, closures, the Spring Festival, by month."""

from dataclasses import dataclass, field, replace

import numpy as np

from streams.simulator.array import NEVER, Array, Flags, Floats, Ints
from streams.simulator.hazard import (
    CONSTRUCTION,
    FACTORY,
    MONTH_DAYS,
    N_SECTORS,
    PUBLIC_WELFARE,
    Circumstances,
    long_gap_share,
    multiplier,
)
from streams.simulator.job import COUNTY, N_EMPLOYERS, OUT, Jobs, Market
from streams.simulator.parameter import Parameters
from yujing.domain.calendar import spring_festival
from yujing.domain.codes import EndReason, Intent, ReturnReason, number
from yujing.domain.days import from_day, month_start, to_day

(CONTRACT_END, RESIGNED, LAID_OFF, PROJECT_END, CLOSED, WAGE_ARREARS, FAMILY, HEALTH, AGE, RETURNED,
 OTHER) = (number(reason) for reason in list(EndReason)[1:])
TRAVEL = np.dtype([
    ("person", "i4"), ("day", "i4"), ("leaves", "?"), ("region", "i4"), ("organised", "?"),
    ("reason", "u1"), ("intent", "u1"), ("area", "u1"),
])


@dataclass
class Labour:
    """The state of the labour market between two months, and what has happened so far.

    Attributes
    ----------
    job
        Place in `jobs` of each person's present job, -1 none.
    next_start
        Day of the next job, `NEVER` when none is planned.
    planned_end, planned_reason, planned_gap
        An end that is already decided (closure, festival, year end) and the days until new work.
    """

    market: Market
    jobs: Jobs
    job: Ints
    next_start: Ints
    planned_end: Ints
    planned_reason: Ints
    planned_gap: Ints
    last_area: Ints
    last_sector: Ints
    away: Flags
    travels: list[Array] = field(default_factory=list)
    slumps: dict[int, Floats] = field(default_factory=dict)

    def copy(self) -> "Labour":
        """Return a labour market that can go another way."""
        arrays = ("job", "next_start", "planned_end", "planned_reason", "planned_gap", "last_area",
                  "last_sector", "away")
        return replace(
            self, jobs=self.jobs.copy(), travels=list(self.travels), slumps=dict(self.slumps),
            **{name: getattr(self, name).copy() for name in arrays})


def begin(
    rng: np.random.Generator, market: Market, able: Flags, day: int
) -> Labour:
    """Return the labour market on the first day of the warm-up."""
    n, p = len(market.people), market.p
    state = Labour(
        market, Jobs(), np.full(n, -1), np.full(n, NEVER), np.full(n, NEVER), np.zeros(n, np.int64),
        np.zeros(n, np.int64), np.zeros(n, np.int64), np.zeros(n, np.int64), np.zeros(n, bool))
    employed = able & (rng.random(n) < p.number("jobs.employed_at_founding"))
    who = np.flatnonzero(employed)
    since = day - rng.exponential(600, len(who)).astype(np.int64) - 1
    of_age = market.people.birth[who] + 5845   # nobody starts before 16
    _start(rng, state, who, np.minimum(np.maximum(since, of_age), day - 1))
    jobless = np.flatnonzero(able & ~employed)
    state.next_start[jobless] = day + rng.exponential(120, len(jobless)).astype(np.int64) + 1
    return state


def step(
    rng: np.random.Generator, state: Labour, month: int, able: Flags, burdened: Flags
) -> None:
    """Live through one month.

    Parameters
    ----------
    rng
        Randomness of this month alone.
    state
        Changed in place.
    month
        Month number.
    able
        Who is there, of age, well enough, not at school and willing on its first day.
    burdened
        Who lives with many dependants.
    """
    first, last = to_day(month_start(month)), to_day(month_start(month + 1))
    p = state.market.p
    _retire(rng, state, able, first)
    found = np.flatnonzero(able & (state.job < 0) & (state.next_start == NEVER))
    state.next_start[found] = first + rng.exponential(50, len(found)).astype(np.int64)
    state.slumps[month] = _slump(rng, state, month, p)
    _begin_due(rng, state, last)
    _close_employer(rng, state, month, first)
    _plan_festival(rng, state, first, last)
    _plan_year_end(rng, state, first, last)
    _distress(rng, state, first, last)
    _separate(rng, state, first, last, burdened)
    _begin_due(rng, state, last)


def _start(rng: np.random.Generator, state: Labour, who: Ints, days: Ints) -> None:
    if not len(who):
        return
    new = state.market.draw(rng, who, days, state.last_area[who], state.last_sector[who])
    state.job[who] = state.jobs.add(new)
    state.next_start[who] = NEVER
    state.planned_end[who] = NEVER
    state.last_area[who], state.last_sector[who] = new["area"], new["sector"]
    leaves = (new["area"] > COUNTY) & ~state.away[who]
    _travel(state, who[leaves], days[leaves] - rng.integers(0, 4, int(leaves.sum())), leaves=True)
    state.away[who] = new["area"] > COUNTY


def _travel(
    state: Labour, who: Ints, days: Ints, *, leaves: bool,
    reason: Ints | int = 0, intent: Ints | int = 0,
) -> None:
    """Note that people set out or come home; region and kind are those of their present job."""
    rows = np.zeros(len(who), TRAVEL)
    jobs = state.jobs.rows[state.job[who]]
    rows["person"], rows["day"], rows["leaves"] = who, days, leaves
    rows["region"], rows["organised"] = jobs["work_region"], jobs["organised"]
    rows["area"], rows["reason"], rows["intent"] = jobs["area"], reason, intent
    state.travels.append(rows)


def _begin_due(rng: np.random.Generator, state: Labour, last: int) -> None:
    who = np.flatnonzero((state.job < 0) & (state.next_start < last))
    _start(rng, state, who, state.next_start[who])


def _end(
    rng: np.random.Generator, state: Labour, who: Ints, days: Ints, reasons: Ints, gaps: Ints
) -> None:
    """End jobs; who will be idle for long and worked outside the county mostly comes home."""
    rows = state.jobs.rows
    place = state.job[who]
    rows["end"][place] = np.maximum(days, rows["start"][place] + 1)
    rows["reason"][place] = reasons
    home = state.away[who] & ((gaps >= 20) | (rng.random(len(who)) < 0.2))
    at_home = who[home]
    stays = np.where(gaps[home] > 90, number(Intent.STAY), number(Intent.SHORT))
    intent = np.where(rng.random(len(at_home)) < 0.35, number(Intent.UNDECIDED), stays)
    _travel(state, at_home, days[home] + rng.integers(0, 12, len(at_home)), leaves=False,
            reason=_return_reason(rng, reasons[home]), intent=intent)
    state.away[at_home] = False
    state.job[who] = -1
    state.next_start[who] = np.where(gaps >= NEVER, NEVER, days + gaps)
    state.planned_end[who] = NEVER


def _return_reason(rng: np.random.Generator, reasons: Ints) -> Ints:
    table = np.full(len(EndReason), number(ReturnReason.OTHER))
    for end, back in (
        (FAMILY, ReturnReason.FAMILY), (HEALTH, ReturnReason.HEALTH),
        (LAID_OFF, ReturnReason.LAID_OFF), (CLOSED, ReturnReason.LAID_OFF),
        (PROJECT_END, ReturnReason.LAID_OFF), (AGE, ReturnReason.AGE),
        (WAGE_ARREARS, ReturnReason.LOW_WAGE), (RETURNED, ReturnReason.FAMILY),
        (RESIGNED, ReturnReason.LOW_WAGE),
    ):
        table[end] = number(back)
    local = rng.random(len(reasons)) < 0.12
    return np.where(local, number(ReturnReason.LOCAL_JOB), table[reasons])


def _retire(rng: np.random.Generator, state: Labour, able: Flags, first: int) -> None:
    """End the work of those who died, left, fell ill or grew old."""
    who = np.flatnonzero(~able & (state.job >= 0))
    age = state.market.people.ages(first)[who]
    reason = np.where(age >= 59.9, AGE, HEALTH)
    _end(rng, state, who, np.full(len(who), first), reason, np.full(len(who), NEVER))
    state.next_start[~able] = NEVER


def _slump(rng: np.random.Generator, state: Labour, month: int, p: Parameters) -> Floats:
    """Return the multiplier of each sector; every year one sector has three bad months."""
    factor = np.ones(N_SECTORS)
    year = np.random.default_rng([state.market.seed, month // 12])
    sector, begins = int(year.integers(1, N_SECTORS)), int(year.integers(0, 10))
    if begins <= month % 12 < begins + 3:
        factor[sector] = p.number("jobs.slump_yearly")
    return factor


def _close_employer(rng: np.random.Generator, state: Labour, month: int, first: int) -> None:
    """In the second month of a quarter one factory may begin to close; it is over in six weeks."""
    p = state.market.p
    if month % 3 != 1 or rng.random() > p.number("jobs.closures_per_quarter"):
        return
    who = np.flatnonzero(state.job >= 0)
    jobs = state.jobs.rows[state.job[who]]
    factory = np.isin(jobs["sector"], FACTORY) & (jobs["employer"] >= 0)
    sizes = np.bincount(jobs["employer"][factory], minlength=N_EMPLOYERS)
    most = min(400, max(12, int(len(who) * p.number("jobs.closure_share_of_workers"))))
    fitting = np.flatnonzero((sizes <= most) & (sizes >= min(50, most // 2)))
    if not len(fitting):
        return
    hit = factory & (jobs["employer"] == rng.choice(fitting))
    state.jobs.rows["distress"][state.job[who[hit]]] = first + 5
    n = int(hit.sum())
    state.jobs.rows["distress_wage"][state.job[who[hit]]] = rng.uniform(0.5, 0.8, n)
    _plan(state, who[hit], first + 38 + rng.integers(0, 12, n), np.full(n, CLOSED),
          _gaps(rng, state, who[hit], first + 40))


def _plan(state: Labour, who: Ints, days: Ints, reasons: Ints, gaps: Ints) -> None:
    state.planned_end[who], state.planned_reason[who], state.planned_gap[who] = days, reasons, gaps


def _gaps(rng: np.random.Generator, state: Labour, who: Ints, day: int) -> Ints:
    """Return the days without work after a separation on about `day`."""
    p, n = state.market.p, len(who)
    age = state.market.people.ages(day)[who]
    long = rng.random(n) < long_gap_share(age, day, p)
    short = rng.exponential(p.number("jobs.short_gap_mean_days"), n) % 29
    slow = np.where(age >= 50, 1 / p.number("jobs.refind_from_50"), 1.0)
    beyond = rng.exponential(p.number("jobs.long_gap_mean_days"), n) * slow
    return np.where(long, 30 + beyond, short).astype(np.int64) + 1


def _plan_festival(rng: np.random.Generator, state: Labour, first: int, last: int) -> None:
    """Plan the return of those away; a part of the jobs ends with the year."""
    p = state.market.p
    festival = to_day(spring_festival(from_day(last).year))
    planned_on = festival + int(p.number("festival.return_first"))
    if not first <= planned_on < last:
        return
    who = np.flatnonzero((state.job >= 0) & (state.planned_end == NEVER))
    jobs = state.jobs.rows[state.job[who]]
    local = jobs["area"] <= COUNTY
    goes = ~local & (rng.random(len(who)) < p.number("festival.goes_home"))
    chance = np.where(jobs["sector"] == CONSTRUCTION, p.number("festival.breaks_job_construction"),
                      p.number("festival.breaks_job"))
    chance = np.where(local, p.number("festival.local_break"), np.where(goes, chance, 0.0))
    breaks = rng.random(len(who)) < chance
    back = festival + rng.integers(int(p.number("festival.return_first")),
                                   int(p.number("festival.return_last")) + 1, len(who))
    leave = festival + rng.integers(int(p.number("festival.leave_first")),
                                    int(p.number("festival.leave_last")) + 1, len(who))
    visits = goes & ~breaks
    _travel(state, who[visits], back[visits], leaves=False,
            reason=number(ReturnReason.FESTIVAL), intent=number(Intent.FESTIVAL))
    _travel(state, who[visits], leave[visits], leaves=True)
    n = int(breaks.sum())
    stays = rng.random(n) < p.number("festival.stays_home")
    age = state.market.people.ages(festival)[who[breaks]]
    beyond = rng.exponential(p.number("jobs.long_gap_mean_days"), n) * np.where(age >= 50, 1.6, 1.0)
    gaps = leave[breaks] - back[breaks] + np.where(stays, 30 + beyond, 0).astype(np.int64)
    building = jobs["sector"][breaks] == CONSTRUCTION
    other = np.array([CONTRACT_END, RETURNED, RETURNED])[rng.integers(0, 3, n)]
    _plan(state, who[breaks], back[breaks], np.where(building, PROJECT_END, other), gaps)


def _plan_year_end(rng: np.random.Generator, state: Labour, first: int, last: int) -> None:
    """Public posts are renewed at the end of the year, not all of them."""
    if from_day(first).month != 12:
        return
    who = np.flatnonzero((state.job >= 0) & (state.planned_end == NEVER))
    post = state.jobs.rows["form"][state.job[who]] == PUBLIC_WELFARE
    ends = who[post & (rng.random(len(who)) < state.market.p.number("jobs.cliff_public_post"))]
    _plan(state, ends, np.full(len(ends), last - 1), np.full(len(ends), CONTRACT_END),
          _gaps(rng, state, ends, last - 1))


def _distress(rng: np.random.Generator, state: Labour, first: int, last: int) -> None:
    """Begin trouble in some jobs: shorter hours, insurance stopped, sometimes arrears."""
    p, rows = state.market.p, state.jobs.rows
    place = state.job[state.job >= 0]
    calm = place[rows["distress"][place] == NEVER]
    new = calm[rng.random(len(calm)) < p.number("jobs.distress_onset_monthly")]
    n = len(new)
    rows["distress"][new] = np.maximum(rng.integers(first, last, n), rows["start"][new] + 1)
    rows["distress_wage"][new] = rng.uniform(
        p.number("jobs.distress_wage_low"), p.number("jobs.distress_wage_high"), n)
    stops = rng.random(n) < p.number("jobs.distress_stops_insurance")
    rows["insurance_stop"][new] = np.where(
        stops, rows["distress"][new] + rng.integers(5, 50, n), NEVER)
    building = rows["sector"][new] == CONSTRUCTION
    rows["arrears"][new] = rng.random(n) < p.number("jobs.distress_arrears") * np.where(
        building, 3.0, 1.0)


def circumstances(
    state: Labour, who: Ints, day: int, burdened: Flags
) -> Circumstances:
    """Return what moves the hazard of the people `who`, all of them in work, on `day`."""
    people, jobs = state.market.people, state.jobs.rows[state.job[who]]
    ill = (people.chronic_from[who] <= day) | (people.serious_from[who] <= day)
    return Circumstances(
        tenure_days=day - jobs["start"].astype(np.int64), age=people.ages(day)[who], ill=ill,
        many_dependants=burdened[who], distressed=jobs["distress"] <= day, sector=jobs["sector"])


def _separate(
    rng: np.random.Generator, state: Labour, first: int, last: int, burdened: Flags
) -> None:
    p = state.market.p
    who = np.flatnonzero(state.job >= 0)
    jobs = state.jobs.rows[state.job[who]]
    middle = (first + last) // 2
    month = max(state.slumps)
    hazard = jobs["rate"] * multiplier(
        circumstances(state, who, middle, burdened), middle, state.slumps[month], p)
    begins = np.maximum(jobs["start"].astype(np.int64) + 1, first)
    exposed = np.maximum(last - begins, 0)
    lost = rng.random(len(who)) < 1 - np.exp(-hazard * exposed / MONTH_DAYS)
    days = begins + (rng.random(len(who)) * exposed).astype(np.int64)
    due = state.planned_end[who]
    planned = (due < last) & (due <= np.where(lost, days, last))
    gaps = np.where(planned, state.planned_gap[who], _gaps(rng, state, who, middle))
    reasons = np.where(planned, state.planned_reason[who], _reasons(rng, jobs, days))
    days = np.where(planned, due, days)
    ends = lost | planned
    _end(rng, state, who[ends], days[ends], reasons[ends], gaps[ends])


def _reasons(rng: np.random.Generator, jobs: Array, days: Ints) -> Ints:
    n = len(jobs)
    plain = np.array([RESIGNED, RESIGNED, RESIGNED, FAMILY, HEALTH, LAID_OFF, RETURNED, OTHER])
    reason = plain[rng.integers(0, len(plain), n)]
    bad = np.array([LAID_OFF, LAID_OFF, LAID_OFF, RESIGNED])[rng.integers(0, 4, n)]
    reason = np.where(jobs["distress"] <= days, bad, reason)
    reason = np.where(jobs["arrears"] & (jobs["distress"] <= days), WAGE_ARREARS, reason)
    building = (jobs["sector"] == CONSTRUCTION) & (rng.random(n) < 0.55)
    reason = np.where(building, PROJECT_END, reason)
    ended = jobs["contract"] & (rng.random(n) < 0.25)
    return np.where(ended, CONTRACT_END, reason)


def travels(state: Labour) -> Array:
    """Return all journeys in the order of time."""
    rows = np.concatenate(state.travels)
    return rows[np.argsort(rows["day"], kind="stable")]


__all__ = ["OUT", "Labour", "begin", "circumstances", "step", "travels"]
