"""Standing numbers on the real engine: kept whole, replaced whole, once."""

from datetime import date
from typing import Any

import numpy as np
import pytest

from dashboards.standing.cells import Cells, tally
from dashboards.standing.table import StandingNumbers
from tests.support.clickhouse_front import ClickHouseFront
from yujing.storage.clickhouse import connect_server

pytestmark = pytest.mark.integration
DAY, NEXT = date(2026, 11, 23), date(2026, 11, 24)


def some(seed: int) -> Cells:
    rng = np.random.default_rng(seed)
    regions = rng.choice([520526101001, 520526102001, 520526103001], 50)
    return {
        "people": tally(regions),
        "risk": tally(regions, rng.integers(-99, 5, 50), amounts=rng.integers(0, 99, 50)),
    }


def same(one: Cells, other: Cells) -> bool:
    return one.keys() == other.keys() and all(np.array_equal(one[c], other[c]) for c in one)


def test_a_day_is_replaced_as_a_whole_and_others_stay(clickhouse: Any) -> None:
    numbers = StandingNumbers(clickhouse)
    clickhouse.command("TRUNCATE TABLE standing_cells")
    numbers.keep(DAY, some(1), revision=1)
    numbers.keep(NEXT, some(2), revision=1)
    numbers.keep(NEXT, {"people": some(3)["people"]}, revision=2)

    assert same(numbers.of_day(DAY), some(1))
    assert same(numbers.of_day(NEXT), {"people": some(3)["people"]})


def test_a_later_block_without_numbers_takes_the_place_too(clickhouse: Any) -> None:
    numbers = StandingNumbers(clickhouse)
    clickhouse.command("TRUNCATE TABLE standing_cells")
    numbers.keep(DAY, some(1), revision=1)
    numbers.keep(DAY, {}, revision=2)

    assert numbers.of_day(DAY) == {}


def test_a_block_sent_twice_counts_once(clickhouse_front: ClickHouseFront) -> None:
    clickhouse_front.heal()
    client = connect_server(clickhouse_front.url("standing"))
    numbers = StandingNumbers(client)
    clickhouse_front.fault("drop", match="^INSERT INTO `?standing_cells")

    numbers.keep(DAY, some(1), revision=1)
    numbers.keep(DAY, some(1), revision=1)

    assert same(numbers.of_day(DAY), some(1))
    client.close()
