"""How often things happen in a simulated county, beside what public sources or we expect."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from streams.simulator.array import NEVER, Array, Flags
from streams.simulator.county import County
from streams.simulator.job import COUNTY, OUT
from streams.simulator.population import YEAR
from streams.simulator.world import able
from yujing.domain.days import month_start, to_day

QUIET_MONTHS = (3, 4, 5, 6, 7, 8)   # 90 days from their first do not touch a Spring Festival
_LONG_DAYS, _HORIZON_DAYS = 30, 90


@dataclass(frozen=True)
class Rate:
    """One base rate and the band in which it should lie.

    Attributes
    ----------
    basis
        What the band comes from.
    """

    name: str
    value: float
    low: float
    high: float
    basis: str

    @property
    def fits(self) -> bool:
        """Whether the value lies in the band."""
        return self.low <= self.value <= self.high


def base_rates(county: County) -> tuple[Rate, ...]:
    """Return the base rates of a county over the months of reports."""
    return (*_work(county), *_poverty(county), *_health(county), *_structure(county))


def _quiet(county: County) -> list[int]:
    world = county.world
    return [m for m in range(world.first_month, world.last_month - 3) if m % 12 + 1 in QUIET_MONTHS]


def _work(county: County) -> list[Rate]:
    rows = county.world.labour.jobs.rows
    rows = rows[np.lexsort((rows["start"], rows["person"]))]
    start, end = rows["start"].astype(np.int64), rows["end"].astype(np.int64)
    same = np.r_[rows["person"][1:] == rows["person"][:-1], False]
    following = np.where(same, np.r_[start[1:], 0], NEVER)
    long = (following - end >= _LONG_DAYS) & (end < NEVER)
    quiet = _quiet(county)
    ended, lost, u90 = [], [], []
    for month in quiet:
        first, last = to_day(month_start(month)), to_day(month_start(month + 1))
        held = (start <= first) & (end > first)
        ended.append(_ratio((held & (end < last)).sum(), held.sum()))
        lost.append(_ratio((held & (end < last) & long).sum(), held.sum()))
        soon = (end > first) & (end <= first + _HORIZON_DAYS)
        u90.append(_share_of_people(rows, held, soon & long))
    winter = [
        month for month in range(county.world.first_month, county.world.last_month - 3)
        if month % 12 == 11]
    festive = [
        _share_of_people(
            rows, (start <= day) & (end > day), (end > day) & (end <= day + _HORIZON_DAYS) & long)
        for day in (to_day(month_start(month)) for month in winter)]
    shares = [
        _mean((county.work.days[:, county.world.column(month)] > 0)[_able(county, month)])
        for month in quiet]
    rates = [
        Rate("separations a month outside the festival", _mean(ended), 0.030, 0.050, "3.2-4.2 %"),
        Rate("30 idle days begin, a month off the festival", _mean(lost), 0.015, 0.026, "1.9 %"),
        Rate("U90 outside the festival", _mean(u90), 0.060, 0.080, "6-8 %"),
        Rate("employed share of labourers", _mean(shares), 0.80, 0.94, "85-93.6 %"),
    ]
    if festive:
        rates.append(Rate("U90 over the festival, visits counted", _mean(festive), 0.10, 0.16,
                          "10-15 %"))
    return rates


def _share_of_people(rows: Array, held: Flags, hit: Flags) -> float:
    people = np.unique(rows["person"][held])
    return _mean(np.isin(people, rows["person"][hit]))


def _able(county: County, month: int) -> Flags:
    world = county.world
    where = world.living[:, world.column(month)]
    return able(world.people, where, to_day(month_start(month)))


def _mean(values: Sequence[float] | Array) -> float:
    """Return the mean of what is known, NaN without any: a county of one household has none."""
    known = np.asarray(values, dtype=float)
    known = known[~np.isnan(known)]
    return float(known.mean()) if len(known) else float("nan")


def _ratio(part: float, whole: float) -> float:
    return float(part / whole) if whole else float("nan")


def _poverty(county: County) -> list[Rate]:
    world, found, income = county.world, county.identified, county.income
    years = (world.last_day + 1 - world.first_day) / YEAR
    new = (found.approved >= world.first_day) & (found.approved <= world.last_day)
    onset = []
    for month in range(world.first_month, world.last_month - 11, 3):
        column, day = world.column(month), to_day(month_start(month))
        free = (income.size[:, column] > 0) & ~income.below[:, column - 1] & ~world.homes.monitored
        free &= found.approved >= day
        poor = income.below[:, column:column + 12].any(axis=1)
        poor |= (found.approved >= day) & (found.approved < day + 365)
        onset.append(_mean(poor[free]))
    first = world.column(world.first_month)
    earned = sum(
        income.parts[name][:, first:].sum(dtype=float)
        for name in ("wage", "business", "property", "transfer"))
    earned -= income.parts["expense"][:, first:].sum(dtype=float)
    share = _ratio(income.parts["wage"][:, first:].sum(dtype=float), earned)
    rates = [
        Rate("identified, a household and year", float(new.sum()) / len(world.homes) / years,
             0.007, 0.016, ".93-1.5 %"),
        Rate("wage share of income", share, 0.60, 0.72, "67.9 %"),
    ]
    if onset:
        rates.append(Rate("P12", _mean(onset), 0.010, 0.022, "1-2 %"))
    return rates


def _health(county: County) -> list[Rate]:
    world, size = county.world, county.income.size
    first = world.column(world.first_month)
    stays = sum(int((shock.bills["treatment"] == 3).sum()) for shock in county.shocks[first:])
    paid = county.income.of_year("self_pay") > 10_000
    heavy = [
        _mean(paid[size[:, column] > 0, column])
        for column in range(max(first, 11), size.shape[1], 6)]
    person_years = size[:, first:].sum(dtype=float) / 12
    return [
        Rate("hospital stays, a person and year", _ratio(stays, person_years), 0.15, 0.19, ".17"),
        Rate("households paying over 10 000 yuan a year", _mean(heavy), 0.035, 0.075, "6 %"),
    ]


def _structure(county: County) -> list[Rate]:
    world = county.world
    month = world.last_month - 1 - (world.last_month - 1 - 5) % 12   # the latest June
    day, column = to_day(month_start(month)), world.column(month)
    rows = world.labour.jobs.rows
    held = rows[(rows["start"] <= day) & (rows["end"] > day)]
    away = held["area"] > COUNTY
    where = world.living[:, column]
    size = np.bincount(where[where >= 0], minlength=len(world.homes))
    labour = np.bincount(where[_able(county, month)], minlength=len(world.homes))
    moved = world.homes.relocated & (size > 0)
    lines = (("pension", 0.22, 1), ("unemployment", 0.17, 2), ("medical", 0.23, 4),
             ("work injury", 0.32, 8))
    return [
        Rate("work in the county", _mean(~away), 0.40, 0.50, "45.6 %"),
        Rate("of the rest in another province", _mean(held["area"][away] == OUT),
             0.62, 0.72, "65-70 %"),
        Rate("with a contract", _mean(held["contract"]), 0.30, 0.44, "35.1-43.9 %"),
        *(Rate(f"insured: {name}", _mean(held["insured"] & bit > 0), share - 0.05,
               share + 0.05, f"{share:.0%}") for name, share, bit in lines),
        Rate("persons of a relocated household", _mean(size[moved]), 3.8, 4.8, "4.45"),
        Rate("labourers of a relocated household", _mean(labour[moved]), 2.1, 2.7, "2.40"),
    ]
