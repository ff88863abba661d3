import numpy as np
import pytest

from streams.simulator.parameter import Parameters
from streams.simulator.place import villages
from yujing.domain.region import Regions
from yujing.errors import UsageError


def test_villages_are_real_and_hold_sixty_to_a_hundred_and_twenty_households(
    parameters: Parameters,
) -> None:
    codes, village = villages(np.random.default_rng(1), 2000, parameters)
    sizes = np.bincount(village)

    assert Regions.load().known(codes).all()
    assert len(sizes) == len(codes) == len(set(codes.tolist()))
    assert sizes.sum() == 2000
    assert sizes[:-1].min() >= 60
    assert sizes.max() <= 120


def test_a_county_of_any_size_has_at_least_one_village(parameters: Parameters) -> None:
    codes, village = villages(np.random.default_rng(1), 1, parameters)

    assert len(codes) == 1
    assert village.tolist() == [0]


def test_more_households_than_there_is_room_for_are_refused(parameters: Parameters) -> None:
    with pytest.raises(UsageError, match="villages"):
        villages(np.random.default_rng(1), 2_000_000, parameters)
