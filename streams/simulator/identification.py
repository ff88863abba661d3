"""Which households are identified as in danger of poverty, when, as what and why."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from streams.simulator.array import NEVER, Floats, Ints
from streams.simulator.income import Incomes
from streams.simulator.shock import Shocks
from streams.simulator.world import HOME, World
from yujing.domain.codes import Category, Risk, number
from yujing.domain.days import month_end, to_day

SUDDEN, UNSTABLE, MARGINAL = (number(category) for category in (
    Category.SUDDEN_HARDSHIP, Category.UNSTABLE, Category.MARGINAL))
_SHOCK_MONTHS = 6
_VIGILANCE_SD = 0.4   # log, between villages; no source reports it


@dataclass(frozen=True)
class Identifications:
    """One row a household.

    Attributes
    ----------
    clue, approved
        Days of the clue and of the county's approval, `NEVER` when not identified.
    category, risk
        codes.Category and codes.Risk, 0 when not identified.
    """

    clue: Ints
    approved: Ints
    category: Ints
    risk: Ints


def chances(world: World, income: Incomes, struck: Floats, column: int) -> tuple[Floats, Ints]:
    """Return each household's chance to be identified in a month, and the risk that would be named.

    Parameters
    ----------
    world, income
        The true world.
    struck
        1 for households that an accident, disaster or failed harvest hit within half a year.
    column
        Month.
    """
    p = world.p
    reference, line = income.reference[:, column], income.line[column]
    poor = np.nan_to_num(reference, nan=1e9)
    guard = poor < p.number("identification.margin_guard") * line
    cost = income.parts["self_pay"][:, max(column - 11, 0):column + 1].sum(axis=1)
    terms = np.stack([
        np.where(poor < line, p.number("identification.below_line_monthly"), 0),
        np.where((cost > p.number("identification.high_cost_yuan")) & guard,
                 p.number("identification.high_cost_monthly"), 0),
        np.where((struck > 0) & guard, p.number("identification.shock_monthly"), 0),
        np.full(len(poor), p.number("identification.background_monthly")),
    ])
    vigilance = np.random.default_rng([world.order.seed, HOME]).normal(
        0, _VIGILANCE_SD, len(world.villages))
    terms *= np.exp(vigilance)[world.homes.village] * p.number("identification.scale")
    terms *= income.size[:, column] > 0
    risks = np.array([number(risk) for risk in (
        Risk.UNSTABLE_JOB, Risk.ILLNESS, Risk.ACCIDENT, Risk.OTHER)])
    return 1 - np.exp(-terms.sum(axis=0)), risks[terms.argmax(axis=0)]


def struck_lately(shocks: Sequence[Shocks], column: int, n: int) -> Floats:
    """Return 1 for households hit within half a year before the end of a month."""
    flags = np.zeros(n)
    for shock in shocks[max(column - _SHOCK_MONTHS + 1, 0):column + 1]:
        flags[shock.accidents["household"]] = 1
        flags[shock.farm_loss > 0] = 1
    return flags


def identify(world: World, income: Incomes, shocks: Sequence[Shocks]) -> Identifications:
    """Return the identifications of the whole world; each household at most once."""
    n = len(world.homes)
    clue, approved = np.full(n, NEVER), np.full(n, NEVER)
    category, risk = np.zeros(n, np.int64), np.zeros(n, np.int64)
    free = ~world.homes.monitored
    for month in world.months:
        column = world.column(month)
        if column < 12:
            continue
        rng = world.order.rng(HOME, month)
        chance, cause = chances(world, income, struck_lately(shocks, column, n), column)
        found = np.flatnonzero(free & (clue == NEVER) & (rng.random(n) < chance))
        clue[found] = to_day(month_end(month)) - rng.integers(0, 28, len(found))
        approved[found] = clue[found] + rng.integers(
            int(world.p.number("identification.procedure_days_low")),
            int(world.p.number("identification.procedure_days_high")), len(found))
        sudden = ~income.below[found, column]
        exited = world.homes.ex_poor[found]
        category[found] = np.where(sudden, SUDDEN, np.where(exited, UNSTABLE, MARGINAL))
        risk[found] = cause[found]
    return Identifications(clue, approved, category, risk)
