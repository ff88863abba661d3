from datetime import date

import pytest

from streams.simulator.base_rate import base_rates
from streams.simulator.county import County, live
from streams.simulator.parameter import load
from streams.simulator.world import Order


@pytest.mark.parametrize("world", ["base", "pessimistic"])
def test_the_base_rates_of_a_county_lie_in_their_bands(world: str) -> None:
    order = Order(2500, 36, world, 11, date(2026, 11, 24))
    rates = base_rates(live(order, load(world), lambda _what, _share: None))

    assert [f"{rate.name}: {rate.value:.4f}" for rate in rates if not rate.fits] == []
    assert len(rates) > 15


def test_more_lose_work_in_a_shifted_world() -> None:
    values = []
    for world in ("base", "shifted"):
        order = Order(1200, 18, world, 4, date(2026, 11, 24))
        rates = base_rates(live(order, load(world), lambda _what, _share: None))
        values.append(next(r.value for r in rates if r.name == "U90 outside the festival"))

    assert values[1] > values[0] * 1.1


def test_a_short_history_has_rates_too(county: County) -> None:
    assert {rate.name for rate in base_rates(county)} >= {"P12", "with a contract"}
