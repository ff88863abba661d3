
from streams.simulator.array import NEVER
from streams.simulator.county import County


def test_some_fall_ill_during_the_world_and_not_all(county: County) -> None:
    world = county.world
    for name in ("chronic_from", "serious_from", "disabled_from"):
        day = getattr(world.people, name)
        new = (day > world.first_day) & (day < NEVER)
        assert new.any()
        assert new.mean() < 0.1
