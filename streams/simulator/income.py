"""Incomes of households by month, the reference of the last twelve months, who falls below.

The reference is (wages + farm + property + transfers - farm expense + claims - compliant self-paid
medical cost) over twelve months a head; it is compared with the income line of the year.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from streams.simulator.array import Array, Floats
from streams.simulator.parameter import Parameters
from streams.simulator.shock import Shocks
from streams.simulator.world import Months, World, able
from yujing.domain.days import month_start, to_day
from yujing.domain.policy import PROVINCE, Policy
from yujing.errors import ReferenceDataError

SOURCES = ("wage", "business", "property", "transfer", "expense", "claim", "self_pay")
_FIRST_LINE_YEAR = 2020


@dataclass(frozen=True)
class Incomes:
    """Incomes by household (row) and month of the world (column).

    Attributes
    ----------
    parts
        Yuan of the month by source, see `SOURCES`.
    size
        Members at the beginning of the month.
    reference
        Yuan a head over the twelve months that end with the month; NaN in the first eleven.
    line
        Income line of each month, yuan.
    """

    parts: Mapping[str, Array]
    size: Array
    reference: Array
    line: Floats

    @property
    def below(self) -> Array:
        """Whether the reference lies below the line."""
        with np.errstate(invalid="ignore"):
            return (self.reference < self.line) & (self.size > 0)

    def of_year(self, name: str) -> Array:
        """Return the sum of a source over the twelve months that end with each month."""
        return over_twelve(self.parts[name])


def lines(months: Sequence[int], p: Parameters) -> Floats:
    """Return the income line of each month; years that no file states are grown or shrunk."""
    policy = Policy.load()
    growth = 1 + p.number("income.line_growth")
    known: dict[int, float] = {}
    for year in range(min(months) // 12, max(months) // 12 + 1):
        try:
            known[year] = policy.income_line_fen(PROVINCE, year) / 100
        except ReferenceDataError:
            before = known.get(year - 1)
            first = policy.income_line_fen(PROVINCE, _FIRST_LINE_YEAR) / 100
            known[year] = (
                before * growth if before else first / growth ** (_FIRST_LINE_YEAR - year))
    return np.array([known[month // 12] for month in months])


def incomes(world: World, work: Months, shocks: Sequence[Shocks]) -> Incomes:
    """Return the incomes of all households and months.

    Parameters
    ----------
    world
        People and households.
    work
        Work by person and month.
    shocks
        Shocks of each month of the world.
    """
    p, n, months = world.p, len(world.homes), list(world.months)
    shape = (n, len(months))
    parts = {name: np.zeros(shape, np.float32) for name in SOURCES}
    size = np.zeros(shape, np.int16)
    line = lines(months, p)
    first_year = months[0] // 12
    loss = farm_losses(shocks, n)
    expected = _expected_wage(world)
    for month in months:
        column = world.column(month)
        where = world.living[:, column]
        there = where >= 0
        home = where[there]
        count = np.bincount(home, minlength=n)
        size[:, column] = count
        growth = (1 + p.number("income.growth")) ** ((month - months[0]) / 12)
        fit = able(world.people, where, to_day(month_start(month)))
        idle = np.where(fit, 1 - np.minimum(work.days[:, column] / 30, 1), 0)
        level = (1 + p.number("wages.growth")) ** (month // 12 - first_year)
        wage = work.wages[:, column] + p.number("income.jobless_fallback") * idle * expected * level
        parts["wage"][:, column] = p.number("income.wage_counted") * np.bincount(
            home, wage[there], n)
        gross = world.homes.business * count / 12 * growth
        parts["business"][:, column] = gross * (1 - loss[:, column])
        parts["expense"][:, column] = gross * p.number("income.expense_share")
        parts["property"][:, column] = p.number("income.property_head_yearly") * count / 12 * growth
        old = np.bincount(
            home, world.people.ages(to_day(month_start(month)))[there] >= 60, n)
        parts["transfer"][:, column] = growth / 12 * (
            p.number("income.transfer_head_yearly") * count
            + p.number("income.pension_yearly") * old)
        _costs(parts, column, shocks[column])
    _support(world, parts, size, line)
    return Incomes(parts, size, _reference(parts, size), line)


def _expected_wage(world: World) -> Floats:
    p, people = world.p, world.people
    wage: Floats = p.list("wages.local_yuan")[0] * p.number("wages.watched_factor") * np.exp(
        people.wage_trait)
    return wage


def farm_losses(shocks: Sequence[Shocks], n: int) -> Array:
    """Return the share of farm income lost in each month: a loss lasts for twelve."""
    loss = np.zeros((n, len(shocks)), np.float32)
    for column, shock in enumerate(shocks):
        hit = np.flatnonzero(shock.farm_loss)
        span = loss[hit, column:column + 12]
        loss[hit, column:column + 12] = np.maximum(span, shock.farm_loss[hit, None])
    return loss


def _costs(parts: Mapping[str, Array], column: int, shock: Shocks) -> None:
    n = len(parts["claim"])
    bills, accidents = shock.bills, shock.accidents
    parts["self_pay"][:, column] = np.bincount(
        bills["household"], bills["self_pay"], n) + np.bincount(
        accidents["household"], accidents["cost"], n)
    parts["claim"][:, column] = np.bincount(accidents["household"], accidents["claim"], n)


def _support(world: World, parts: Mapping[str, Array], size: Array, line: Floats) -> None:
    """Add social assistance: each January what last year's income lacked to the household's margin.

    Who falls during a year is lifted in the next, as means-tested help does; the first year gives
    what kept the household above the line when it left poverty.
    """
    before = _reference(parts, size)
    months = list(world.months)
    help_head = np.zeros(len(size))
    for column, month in enumerate(months):
        if month % 12 == 0 or column == 0:
            seen = max(column - 1, 11)
            need = world.homes.support_margin * line[column] - before[:, seen]
            help_head = np.clip(np.nan_to_num(need), 0, None)
        parts["transfer"][:, column] += help_head / 12 * size[:, column]


def over_twelve(values: Array) -> Array:
    """Return sums over twelve columns that end with each column; fewer at the beginning."""
    total = np.cumsum(values, axis=1, dtype=np.float64)
    total[:, 12:] = total[:, 12:] - total[:, :-12]
    return total


def _reference(parts: Mapping[str, Array], size: Array) -> Array:
    net = (parts["wage"] + parts["business"] + parts["property"] + parts["transfer"]
           - parts["expense"] + parts["claim"] - parts["self_pay"])
    person_years = over_twelve(size) / 12   # who split off or grew counts by the months
    reference = over_twelve(net) / np.maximum(person_years, 1 / 12)
    reference[:, :11] = np.nan
    return reference.astype(np.float32)


