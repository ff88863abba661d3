"""What strikes people and households besides work: illness, accidents, disasters, harvests."""

from dataclasses import dataclass

import numpy as np

from streams.simulator.array import Array, Floats, Ints, by_age
from streams.simulator.hazard import is_shifted
from streams.simulator.world import SHOCK, World
from yujing.domain.codes import Disaster, Treatment, number
from yujing.domain.days import month_start, to_day

BILL = np.dtype([
    ("person", "i4"), ("household", "i4"), ("day", "i4"), ("treatment", "u1"),
    ("total", "i4"), ("fund", "i4"), ("self_pay", "i4"),
])
STRIKE = np.dtype([   # an accident or a failed harvest of one household
    ("household", "i4"), ("person", "i4"), ("day", "i4"), ("cost", "i4"), ("claim", "i4"),
])
DISASTER = np.dtype([("village", "i4"), ("day", "i4"), ("kind", "u1"), ("grade", "u1")])
_RAINY = (5, 6, 7, 8, 9)
_HIT_SHARE = 0.5   # of the households of a village that a disaster struck


@dataclass(frozen=True)
class Shocks:
    """The shocks of one month; losses of farm income as a share, by household."""

    bills: Array
    accidents: Array
    failures: Array
    disasters: Array
    farm_loss: Floats


def strike(world: World, month: int, *replicate: int) -> Shocks:
    """Return the shocks of a month.

    Parameters
    ----------
    world
        People and households.
    month
        Month number.
    replicate
        Numbers of another future; none for the one that happens.
    """
    rng = world.order.rng(SHOCK, month, *replicate)
    first, last = to_day(month_start(month)), to_day(month_start(month + 1))
    where = world.living[:, world.column(month)].astype(np.int64)
    p, n = world.p, len(world.homes)
    bills = _bills(rng, world, where, first, last)
    lived_in = np.bincount(where[where >= 0], minlength=n) > 0
    accidents = _strikes(rng, where, lived_in & (
        rng.random(n) < p.number("shocks.accident_household_yearly") / 12), first, last)
    cost = p.number("shocks.accident_cost_yuan") * np.exp(rng.normal(0, 0.8, len(accidents)))
    accidents["cost"] = np.minimum(cost, 300_000)
    accidents["claim"] = accidents["cost"] * p.number("shocks.accident_claim")
    failures = _strikes(rng, where, lived_in & (
        rng.random(n) < p.number("shocks.farm_failure_yearly") / 12), first, last)
    disasters = _disasters(rng, world, first, last)
    loss = np.zeros(n)
    loss[failures["household"]] = p.number("shocks.farm_failure_loss")
    hit = np.isin(world.homes.village, disasters["village"]) & (rng.random(n) < _HIT_SHARE)
    loss[hit] = np.maximum(loss[hit], p.number("shocks.disaster_farm_loss"))
    return Shocks(bills, accidents, failures, disasters, loss)


def _bills(rng: np.random.Generator, world: World, where: Ints, first: int, last: int) -> Array:
    p, people = world.p, world.people
    age = people.ages(first)
    rate = by_age(age, (16, 40, 60), p.list("shocks.inpatient_age"))
    chronic, serious = people.chronic_from <= first, people.serious_from <= first
    rate = rate * np.where(chronic, p.number("shocks.inpatient_chronic"), 1.0)
    rate *= np.where(serious, p.number("shocks.inpatient_serious"), 1.0)
    there = where >= 0
    rate *= p.number("shocks.inpatient_yearly") / 12 / rate[there].mean()
    stays = np.flatnonzero(there & (rng.random(len(rate)) < rate))
    visits = np.flatnonzero(
        there & (chronic | serious)
        & (rng.random(len(rate)) < p.number("shocks.chronic_visits_monthly")))
    who = np.concatenate([stays, visits])
    inpatient = np.arange(len(who)) < len(stays)
    median = np.where(inpatient, p.number("shocks.bill_median_yuan"),
                      p.number("shocks.chronic_bill_yuan"))
    median = median * np.where(serious[who] & inpatient, p.number("shocks.bill_serious"), 1.0)
    spread = np.where(inpatient, p.number("shocks.bill_sd"), 0.5)
    total = np.minimum(median * np.exp(rng.normal(0, 1, len(who)) * spread), 400_000)
    share = p.number("shocks.reimbursed") * rng.uniform(0.85, 1.15, len(who))
    if is_shifted(first, p):
        share = share * p.number("shift.reimbursed")
    bills = np.zeros(len(who), BILL)
    bills["person"], bills["household"] = who, where[who]
    bills["day"] = rng.integers(first, last, len(who))
    bills["treatment"] = np.where(
        inpatient, number(Treatment.INPATIENT), number(Treatment.CHRONIC_OUTPATIENT))
    bills["total"], bills["fund"] = total, total * share
    bills["self_pay"] = (bills["total"] - bills["fund"]) * p.number("shocks.compliant_share")
    return bills


def _strikes(
    rng: np.random.Generator, where: Ints, struck: Array, first: int, last: int
) -> Array:
    """Return one row a struck household, with a grown member of it."""
    households = np.flatnonzero(struck)
    rows = np.zeros(len(households), STRIKE)
    rows["household"] = households
    rows["day"] = rng.integers(first, last, len(households))
    order = np.argsort(where, kind="stable")   # members found later are younger generations
    rows["person"] = order[np.searchsorted(where[order], households)]
    return rows


def _disasters(rng: np.random.Generator, world: World, first: int, last: int) -> Array:
    month = int(np.datetime64(first, "D").astype("datetime64[M]").astype(int)) % 12 + 1
    chance = world.p.number("shocks.disaster_household_yearly") / len(_RAINY) / _HIT_SHARE
    n = len(world.villages)
    hit = np.flatnonzero(rng.random(n) < chance) if month in _RAINY else np.zeros(0, np.int64)
    rows = np.zeros(len(hit), DISASTER)
    rows["village"] = hit
    rows["day"] = rng.integers(first, last) if len(hit) else 0
    kinds = np.array([number(kind) for kind in (
        Disaster.FLOOD, Disaster.FLOOD, Disaster.GEOLOGICAL, Disaster.WEATHER)])
    rows["kind"], rows["grade"] = kinds[rng.integers(0, 4, len(hit))], rng.integers(2, 5, len(hit))
    return rows
