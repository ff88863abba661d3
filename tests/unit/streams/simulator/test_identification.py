import numpy as np

from streams.simulator.array import NEVER
from streams.simulator.county import County
from streams.simulator.identification import SUDDEN, chances, struck_lately


def test_identified_households_have_a_clue_first_and_a_category(county: County) -> None:
    found = county.identified
    who = found.clue < NEVER

    assert who.any()
    assert (found.approved[who] > found.clue[who]).all()
    assert (found.category[who] > 0).all()
    assert (found.category[~who] == 0).all()
    assert not (who & county.world.homes.monitored).any()
    assert (found.category[who] == SUDDEN).any()


def test_the_poor_and_the_struck_are_found_more_often(county: County) -> None:
    column, n = county.income.size.shape[1] - 1, len(county.world.homes)
    chance, _ = chances(county.world, county.income, np.zeros(n), column)
    struck, _ = chances(county.world, county.income, np.ones(n), column)
    there = county.income.size[:, column] > 0
    poor = county.income.below[:, column]

    assert (struck >= chance).all()
    assert (chance[~there] == 0).all()
    if poor.any():
        assert chance[poor].mean() > 5 * chance[there & ~poor].mean()
    assert struck_lately(county.shocks, column, n).max() <= 1
