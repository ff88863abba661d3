"""The morning's choice: which candidates of each village get a card today, and why the others not.

Pure: the same candidates, view, day, policy, calendar and seed give the same deal. A village's
monthly capacity is released evenly over the working days of the month; what is not used stays until
the month ends. Who has enough open cards gets no more. Reds and people's reports always pass, and
count. A few slots go to households that nothing flagged, picked by chance with a recorded
probability, so that misses can be measured.
"""

from dataclasses import dataclass, field, replace
from datetime import date
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from alerts.bursts import Burst, find_burst
from alerts.candidates import Candidates
from alerts.chance import seed_of, uniform
from alerts.hysteresis import Standing
from alerts.rules import RED, REPORT, SCORE
from alerts.view import DeskView
from yujing.domain.calendar import Calendar
from yujing.domain.days import to_day
from yujing.domain.policy import Policy

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
COUNTY_UNIT = 1_000_000   # of a 12-digit village code


class Verdict(IntEnum):
    """What became of a candidate."""

    NO_CAPACITY = 0
    DEALT = 1
    UPDATED = 2
    COOLED = 3
    HELD = 4
    WAITING = 5
    PAUSED = 6
    CLAIMED = 7


VERDICT_ZH = {
    Verdict.NO_CAPACITY: "名额已满", Verdict.DEALT: "已派发", Verdict.UPDATED: "已有提醒，已更新",
    Verdict.COOLED: "近期已核实，冷却中", Verdict.HELD: "集中出现，待放行",
    Verdict.WAITING: "节后分批，未轮到", Verdict.PAUSED: "本人有异议，暂停",
    Verdict.CLAIMED: "今日已派发过",
}


@dataclass(frozen=True)
class VillageDeal:
    """What one village could take and took."""

    region: int
    capacity: int
    released: int
    used: int
    n_dealt: int
    n_audits: int
    not_sent: int
    not_sent_fen: int


@dataclass(frozen=True)
class Deal:
    """One day's choice.

    Parameters
    ----------
    as_of, seed
        What it was made for and with.
    candidates
        Among whom.
    order
        Places of candidates: by village, urgent first, then by benefit, then by chance.
    verdict, chance
        By candidate: what became of it and its recorded random number in [0, 1).
    audits, audit_probability
        Places in `candidates.population` picked by chance, and the probability that each had to be
        picked in this month.
    bursts
        Groups held for a supervisor.
    villages
        One row a village.
    standing
        Who stands by score now.
    urgent
        True for reds and reports between two deals; such a deal claims no village and day.
    warnings
        Sentences to show: a year without holidays, for example.
    """

    as_of: date
    seed: int
    candidates: Candidates
    order: Ints
    verdict: npt.NDArray[np.uint8]
    chance: npt.NDArray[np.float64]
    audits: Ints
    audit_probability: npt.NDArray[np.float64]
    bursts: tuple[Burst, ...]
    villages: tuple[VillageDeal, ...]
    standing: Standing
    urgent: bool = False
    warnings: tuple[str, ...] = field(default=())

    @property
    def dealt(self) -> Ints:
        """Return the candidates that get a card, in the order of the deal."""
        chosen: Ints = self.order[self.verdict[self.order] == Verdict.DEALT]
        return chosen

    @property
    def updated(self) -> Ints:
        """Return the candidates whose open card is renewed, in the order of the deal."""
        renewed: Ints = self.order[self.verdict[self.order] == Verdict.UPDATED]
        return renewed


def deal(
    candidates: Candidates, view: DeskView, *, as_of: date, policy: Policy, calendar: Calendar,
    seed: int, standing: Standing | None = None, urgent: bool = False,
) -> Deal:
    """Return the choice of one day.

    Parameters
    ----------
    candidates, view
        Who could get a card, and the desk before.
    as_of
        The day.
    policy, calendar
        Capacity, shares, limits; working days.
    seed
        Recorded; county and day are mixed in.
    standing
        Who stands by score after this run; the view's by default.
    urgent
        Only reds and people's reports, between two deals; the candidates' population may be a part
        of the county.
    """
    rows = candidates.rows
    counties = rows["region"] // COUNTY_UNIT
    chance = np.zeros(len(rows))
    for county in np.unique(counties):
        mine = counties == county
        own = seed_of(seed, int(county), to_day(as_of))
        chance[mine] = uniform(own, rows["household"][mine])
    passes = (rows["level"] >= RED) | (rows["kind"] == REPORT)
    order = np.lexsort((
        rows["household"], chance, -rows["benefit_fen"], ~passes, rows["region"],
    )).astype(np.int64)
    verdict = _barred(candidates, view, as_of, passes, urgent=urgent)
    slots = _slots(candidates, view, as_of, policy, calendar, seed, urgent=urgent)
    bursts: list[Burst] = []
    while True:   # each held group gives its slots to others, which may be the next burst
        chosen = _within_capacity(candidates, order, verdict, passes, slots)
        burst = find_burst(
            candidates, chosen, view, as_of=as_of, policy=policy,
            sizes=view.county_households if urgent else None,
        )
        if burst is None:
            break
        bursts.append(burst)
        verdict[burst.places] = Verdict.HELD
    verdict[chosen] = Verdict.DEALT
    audits, probability = _audits(candidates, view, slots, as_of, policy, seed)
    made = Deal(
        as_of, seed, candidates, order, verdict, chance, audits, probability, tuple(bursts),
        _villages(candidates, verdict, slots, audits),
        view.standing if standing is None else standing, urgent,
        tuple(calendar.warnings([as_of.year])),
    )
    return replace(made, villages=()) if urgent else made


def released(capacity: int, as_of: date, calendar: Calendar) -> int:
    """Return how many cards of a month's capacity are released by a day.

    Examples
    --------
    >>> released(12, date(2026, 11, 30), Calendar())
    12
    """
    days = calendar.workdays_of_month(as_of)
    past = sum(day <= as_of for day in days)
    return capacity * past // len(days) if days else capacity


def _barred(
    candidates: Candidates, view: DeskView, as_of: date, passes: Bools, *, urgent: bool,
) -> npt.NDArray[np.uint8]:
    """Return the verdicts that are settled before capacity; the rest is NO_CAPACITY."""
    rows = candidates.rows
    verdict = np.full(len(rows), Verdict.NO_CAPACITY, dtype=np.uint8)
    verdict[rows["waiting"] == 1] = Verdict.WAITING
    if urgent or view.dealt_today:
        later = ~passes if urgent else (
            np.isin(rows["region"], np.array(sorted(view.dealt_today), dtype=np.int64)) & ~passes
        )
        verdict[later] = Verdict.CLAIMED
    verdict[_cooled(candidates, view, as_of)] = Verdict.COOLED
    paused = np.isin(rows["household"], view.paused) & (rows["kind"] != REPORT)
    verdict[paused] = Verdict.PAUSED
    held = np.isin(rows["household"], view.held) & (rows["kind"] != REPORT)
    verdict[held] = Verdict.HELD
    verdict[np.isin(rows["household"], view.open_households)] = Verdict.UPDATED
    return verdict


def _cooled(candidates: Candidates, view: DeskView, as_of: date) -> Bools:
    """Return who is silent because a worker looked lately and nothing new has come since.

    New is a kind of fact that the worker did not see, a higher level, or, for a score alone,
    another model or loudest feature. A person's own report is never silent.
    """
    rows = candidates.rows
    cooled = np.zeros(len(rows), dtype=bool)
    force = view.cool_downs[view.cool_downs["until"] >= to_day(as_of)]
    if not len(force) or not len(rows):
        return cooled
    at = np.minimum(np.searchsorted(rows["household"], force["household"]), len(rows) - 1)
    words = np.array(["", *candidates.reasons])[rows["score_reason"] + 1]
    for place, cool in zip(at, force, strict=True):   # a few hundred at most
        row = rows[place]
        if row["household"] != cool["household"] or row["kind"] == REPORT:
            continue
        new_kind = int(row["kinds"]) & ~int(cool["kinds"]) & ~1
        new_score = row["kind"] == SCORE and words[place] != cool["score_reason"]
        if not new_kind and not new_score and row["level"] <= cool["level"]:
            cooled[place] = True
    return cooled


@dataclass(frozen=True)
class _Slots:
    """What each village can take today; arrays by village, rising."""

    villages: Ints
    capacity: Ints
    released: Ints
    used: Ints
    room: Ints        # how many more open cards its workers can hold
    audits: Ints      # slots that chance gives to households that nothing flagged


def _slots(
    candidates: Candidates, view: DeskView, as_of: date, policy: Policy, calendar: Calendar,
    seed: int, *, urgent: bool,
) -> _Slots:
    """Return the slots of every village."""
    villages = np.unique(candidates.regions)
    n = len(villages)
    capacity = np.nan_to_num(policy.numbers("capacity.village_month", villages, day=as_of))
    whole: Ints = capacity.astype(np.int64)
    by_capacity = {int(c): released(int(c), as_of, calendar) for c in np.unique(whole)}
    free = np.array([by_capacity[int(c)] for c in whole], dtype=np.int64)
    claimed = np.array([int(village) in view.dealt_today for village in villages], dtype=bool)
    used = np.array([view.used.get(int(village), 0) for village in villages], dtype=np.int64)
    done = np.array([view.audits.get(int(village), 0) for village in villages], dtype=np.int64)
    free = np.where(claimed, 0, free) if not urgent else np.zeros(n, dtype=np.int64)
    share = policy.numbers("capacity.audit_share", villages, day=as_of)
    due = np.zeros(n, dtype=np.int64)
    month = as_of.year * 12 + as_of.month
    for place, village in enumerate(villages):   # slot i of the month is chance's or it is not
        own = seed_of(seed, int(village), month)
        drawn = uniform(own, np.arange(1, free[place] + 1, dtype=np.uint64))
        due[place] = int((drawn < np.nan_to_num(share[place])).sum())
    most = np.nan_to_num(policy.numbers("capacity.open_most", villages, day=as_of))
    live = np.array([view.live.get(int(village), 0) for village in villages], dtype=np.int64)
    return _Slots(
        villages.astype(np.int64), whole, free, used, most.astype(np.int64) - live,
        np.maximum(due - done, 0),
    )


def _within_capacity(
    candidates: Candidates, order: Ints, verdict: npt.NDArray[np.uint8], passes: Bools,
    slots: _Slots,
) -> Ints:
    """Return the candidates that fit, in the order of the deal."""
    open_to: Ints = order[verdict[order] == Verdict.NO_CAPACITY]
    if not len(open_to):
        return open_to
    village = np.searchsorted(slots.villages, candidates.rows["region"][open_to])
    urgent = passes[open_to]
    n_urgent = np.bincount(village[urgent], minlength=len(slots.villages))
    left = np.maximum(np.minimum(slots.released - slots.used, slots.room) - n_urgent, 0)
    left = left - np.minimum(slots.audits, left)
    starts = np.unique(village, return_index=True)
    rank = np.arange(len(open_to)) - np.repeat(
        starts[1], np.diff(np.append(starts[1], len(open_to)))
    )
    chosen: Ints = open_to[urgent | (rank - n_urgent[village] < left[village])]
    return chosen


def _audits(
    candidates: Candidates, view: DeskView, slots: _Slots, as_of: date, policy: Policy, seed: int,
) -> tuple[Ints, npt.NDArray[np.float64]]:
    """Return whom chance picks among households that nothing flagged, and with what probability."""
    busy = np.concatenate([
        candidates.rows["household"], view.open_households, view.held, view.paused,
    ])
    eligible = np.flatnonzero(~np.isin(candidates.population, busy))
    village = np.searchsorted(slots.villages, candidates.regions[eligible])
    count = np.bincount(village, minlength=len(slots.villages))
    left = np.maximum(np.minimum(slots.released - slots.used, slots.room), 0)
    wanted = np.minimum(np.minimum(slots.audits, left), count)
    if not wanted.sum():
        return np.empty(0, dtype=np.int64), np.empty(0)
    own = seed_of(seed, 1, to_day(as_of))   # 1: another stream of chance than the ties'
    drawn = uniform(own, candidates.population[eligible])
    order = np.lexsort((candidates.population[eligible], drawn, village))
    first, start, size = np.unique(village[order], return_index=True, return_counts=True)
    rank = np.arange(len(order)) - np.repeat(start, size)
    picked = order[rank < np.repeat(wanted[first], size)]
    share = policy.numbers("capacity.audit_share", slots.villages, day=as_of)
    chance = np.minimum(share * slots.capacity / np.maximum(count, 1), 1.0)
    return eligible[picked].astype(np.int64), chance[village[picked]]


def _villages(
    candidates: Candidates, verdict: npt.NDArray[np.uint8], slots: _Slots, audits: Ints,
) -> tuple[VillageDeal, ...]:
    """Return one row a village, with what did not fit and its expected loss."""
    n = len(slots.villages)
    place = np.searchsorted(slots.villages, candidates.rows["region"])
    left_out = verdict == Verdict.NO_CAPACITY
    dealt = np.bincount(place[verdict == Verdict.DEALT], minlength=n)
    not_sent = np.bincount(place[left_out], minlength=n)
    loss = np.zeros(n, dtype=np.int64)
    np.add.at(loss, place[left_out], candidates.rows["benefit_fen"][left_out])
    chance = np.bincount(np.searchsorted(slots.villages, candidates.regions[audits]), minlength=n)
    columns = (
        slots.villages, slots.capacity, slots.released, slots.used, dealt, chance, not_sent, loss,
    )
    return tuple(VillageDeal(*map(int, row)) for row in zip(*columns, strict=True))
