from streams.simulator.county import County


def test_a_county_holds_every_month_of_its_world(county: County) -> None:
    n = len(county.world.months)

    assert len(county.shocks) == county.income.line.size == county.work.days.shape[1] == n
    assert county.world.living.shape == county.work.days.shape
