import numpy as np

from streams.simulator.array import by_age, choose


def test_by_age_gives_the_value_of_the_band() -> None:
    values = by_age(np.array([10.0, 40.0, 99.0]), (40, 60), np.array([1.0, 2.0, 3.0]))

    assert values.tolist() == [1.0, 2.0, 3.0]


def test_choose_follows_the_shares() -> None:
    drawn = choose(np.random.default_rng(1), np.array([1.0, 0.0, 3.0]), 20_000)

    assert np.bincount(drawn, minlength=3)[1] == 0
    assert abs((drawn == 2).mean() - 0.75) < 0.02   # three standard errors are .01
