from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from streams.simulator.hazard import (
    N_SECTORS,
    Circumstances,
    base_rates,
    is_shifted,
    long_gap_share,
    multiplier,
)
from streams.simulator.parameter import Parameters, load
from yujing.domain.codes import Form, Industry, number
from yujing.domain.days import to_day

JUNE = to_day(date(2025, 6, 15))
CALM = Circumstances(
    tenure_days=np.array([400]), age=np.array([35.0]), ill=np.array([False]),
    many_dependants=np.array([False]), distressed=np.array([False]),
    sector=np.array([number(Industry.RETAIL)]))


def of(now: Circumstances, p: Parameters, day: int = JUNE) -> float:
    return float(multiplier(now, day, np.ones(N_SECTORS), p)[0])


@pytest.mark.parametrize(("change", "path"), [
    ({"tenure_days": np.array([10])}, "tenure_under_90_days"),
    ({"age": np.array([20.0])}, "age_below_25"),
    ({"age": np.array([55.0])}, "age_from_50"),
    ({"ill": np.array([True])}, "ill_health"),
    ({"many_dependants": np.array([True])}, "many_dependants"),
    ({"distressed": np.array([True])}, "distress_multiplier"),
])
def test_each_circumstance_multiplies_by_its_own_number(
    change: dict[str, np.ndarray], path: str, parameters: Parameters,  # type: ignore[type-arg]
) -> None:
    assert of(CALM, parameters) == 1.0
    assert of(replace(CALM, **change), parameters) == parameters.number(f"jobs.{path}")


def test_posts_and_workshops_have_rates_of_their_own(parameters: Parameters) -> None:
    sector = np.full(2, number(Industry.MANUFACTURING))
    form = np.array([number(Form.PUBLIC_WELFARE), number(Form.WORKSHOP)])
    scale = parameters.number("jobs.separation_scale")

    assert base_rates(sector, form, parameters).tolist() == [0.015 * scale, 0.05 * scale]


def test_gaps_are_longer_for_the_old_and_in_winter(parameters: Parameters) -> None:
    ages = np.array([30.0, 55.0])
    winter = to_day(date(2025, 12, 20))

    assert long_gap_share(ages, JUNE, parameters).tolist() == [0.45, 0.65]
    assert long_gap_share(ages, winter, parameters).tolist() == [0.8, 0.8]


def test_a_shifted_world_differs_from_its_year_on_in_factories_and_on_sites() -> None:
    p, later = load("shifted"), to_day(date(2026, 6, 15))
    factory = replace(CALM, sector=np.array([number(Industry.ELECTRONICS)]))
    site = replace(CALM, sector=np.array([number(Industry.CONSTRUCTION)]))

    assert not is_shifted(JUNE, p)
    assert (of(factory, p), of(factory, p, later)) == (1.0, 1.5)
    assert (of(site, p), of(site, p, later)) == (1.0, 1.35)
    assert of(CALM, p, later) == 1.0
    assert long_gap_share(np.array([30.0]), later, p)[0] > 0.45
