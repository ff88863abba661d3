import numpy as np
import pytest

from streams.simulator.county import County
from streams.simulator.income import farm_losses, lines, over_twelve
from streams.simulator.parameter import Parameters
from streams.simulator.shock import Shocks


def test_sums_over_twelve_months() -> None:
    values = np.arange(15.0)[None, :]

    assert over_twelve(values)[0, [0, 11, 12, 14]].tolist() == [0, 66, 78, 102]


def test_a_loss_of_farm_income_lasts_for_twelve_months_and_the_worst_counts() -> None:
    none = np.zeros(2)
    months = [Shocks(none, none, none, none, np.array([0.0, share])) for share in (
        0.5, 0.9, *([0.0] * 13))]   # type: ignore[arg-type]

    assert farm_losses(months, 2)[1].tolist() == pytest.approx([0.5] + [0.9] * 12 + [0.0] * 2)


def test_the_reference_is_the_income_of_twelve_months_a_head(county: County) -> None:
    income = county.income
    steady = (income.size == income.size[:, :1]).all(axis=1) & (income.size[:, 0] > 0)
    row = int(np.flatnonzero(steady)[0])
    parts = {name: values[row, 12:24].sum(dtype=float) for name, values in income.parts.items()}
    net = (parts["wage"] + parts["business"] + parts["property"] + parts["transfer"]
           - parts["expense"] + parts["claim"] - parts["self_pay"])

    assert income.reference[row, 23] == pytest.approx(net / income.size[row, 0], rel=1e-4)
    assert np.isnan(income.reference[row, 10])


def test_lines_that_no_file_states_grow_from_those_that_are_known(parameters: Parameters) -> None:
    known = lines([2023 * 12, 2026 * 12 + 5], parameters)
    beyond = lines([2018 * 12, 2020 * 12, 2026 * 12, 2028 * 12], parameters)

    assert known[0] == 7300                       # Guizhou's line of 2023
    assert beyond[0] < beyond[1] < beyond[2] < beyond[3]


def test_households_left_poverty_and_few_fall_below_again(county: County) -> None:
    below = county.income.below[:, 12:]

    assert 0 < below.mean() < 0.03
