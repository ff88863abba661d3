import numpy as np

from streams.simulator.county import County
from streams.simulator.shock import strike


def test_bills_add_up_and_lie_in_their_month(county: County) -> None:
    world = county.world
    for month in (world.first_month, world.last_month):
        bills = county.shocks[world.column(month)].bills
        months = bills["day"].astype("datetime64[D]").astype("datetime64[M]").astype(int)

        assert (months + 1970 * 12 == month).all()
        assert (bills["fund"] + bills["self_pay"] <= bills["total"] + 1).all()
        assert (bills["household"] == world.living[bills["person"], world.column(month)]).all()


def test_another_future_is_another_month_and_the_same_future_the_same(county: County) -> None:
    world = county.world
    own = county.shocks[world.column(world.last_month)].bills
    again = strike(world, world.last_month).bills
    other = strike(world, world.last_month, 1).bills

    assert np.array_equal(own, again)
    assert not np.array_equal(own, other)


def test_disasters_come_from_may_to_september_to_whole_villages(county: County) -> None:
    world = county.world
    found = 0
    for month, shock in zip(world.months, county.shocks, strict=True):
        found += len(shock.disasters)
        assert month % 12 + 1 in (5, 6, 7, 8, 9) or not len(shock.disasters)
        assert set(world.homes.village[shock.farm_loss == 0.6]) <= set(shock.disasters["village"])
    assert found >= 0
