"""One whole true county: the world with its shocks, incomes and identifications."""

from dataclasses import dataclass

from streams.simulator.identification import Identifications, identify
from streams.simulator.income import Incomes, incomes
from streams.simulator.parameter import Parameters
from streams.simulator.shock import Shocks, strike
from streams.simulator.world import Months, Order, Progress, World, create, months_of_work


@dataclass(frozen=True)
class County:
    """Everything that is true."""

    world: World
    work: Months
    shocks: list[Shocks]
    income: Incomes
    identified: Identifications


def live(order: Order, p: Parameters, progress: Progress) -> County:
    """Return the true county of an order.

    Parameters
    ----------
    order
        What is asked for.
    p
        Parameters of the world.
    progress
        Called with what is done now and how much of it is done.
    """
    world = create(order, p, lambda what, part: progress(what, 0.6 * part))
    progress("shocks", 0.6)
    shocks = [strike(world, month) for month in world.months]
    progress("incomes", 0.8)
    work = months_of_work(world, world.labour)
    income = incomes(world, work, shocks)
    progress("identification", 0.95)
    return County(world, work, shocks, income, identify(world, income, shocks))
