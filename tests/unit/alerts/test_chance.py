import numpy as np

from alerts.chance import mixed, seed_of, uniform


def test_the_mixer_is_splitmix64() -> None:
    # First outputs for the seeds 0 and 1234567, as published with the generator.
    given = np.array([0, 1234567], dtype=np.uint64)

    assert mixed(given).tolist() == [0xE220A8397B1DCDAF, 6457827717110365317]


def test_numbers_follow_from_seed_and_key_alone_and_fill_the_interval() -> None:
    keys = np.arange(20_000, dtype=np.uint64)
    seed = seed_of(7, 520526, 20_000)

    drawn = uniform(seed, keys)

    assert np.array_equal(uniform(seed, keys[::-1])[::-1], drawn)
    assert drawn.min() >= 0
    assert drawn.max() < 1
    assert abs(drawn.mean() - 0.5) < 0.01             # standard error 0.002
    assert not np.array_equal(uniform(seed_of(7, 520526, 20_001), keys), drawn)


def test_the_order_of_parts_matters_and_negative_parts_are_fine() -> None:
    assert seed_of(1, 2) != seed_of(2, 1)
    assert seed_of(-1) == seed_of(2**64 - 1)
