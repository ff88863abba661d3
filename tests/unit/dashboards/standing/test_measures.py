"""Standing numbers of a simulated county: what must add up, and parts against the whole."""

import numpy as np
import pytest

from dashboards.standing.cells import CellArray, merged
from dashboards.standing.measures import MEASURES
from dashboards.standing.measures.households import zero_employment
from models.features.work import EMPLOYED
from tests.support.simulated_ground import simulated_ground, simulated_numbers


def total(code: str, value: int | None = None) -> int:
    cells = simulated_numbers()[code]
    if value is not None:
        cells = cells.compress(cells["value"] == value)
    return int(cells["n"].sum())


def test_every_code_is_used_once_and_counts_somebody() -> None:
    codes = [one.code for one in MEASURES]

    assert len(set(codes)) == len(codes)
    assert {code for code in codes if total(code) == 0} <= {"households.zero_employment"}


@pytest.mark.parametrize(
    ("parts", "whole"),
    [
        ("people.group", "people"), ("labourers.work", "labourers"),
        ("workers.industry", "workers"), ("workers.area", "workers"),
        ("households.margin", "households"), ("risk.p12", "households"),
    ],
)  # fmt: skip
def test_what_is_told_apart_adds_up(parts: str, whole: str) -> None:
    assert total(parts) == total(whole)


def test_risk_bands_hold_who_is_in_work_and_sum_what_is_expected() -> None:
    expected = float(np.nansum(simulated_ground().u90)) * 1e6

    assert total("risk.u90") == total("labourers.work", EMPLOYED)
    assert float(simulated_numbers()["risk.u90"]["amount"].sum()) == pytest.approx(
        expected, abs=1e4
    )


@pytest.mark.parametrize(
    ("part", "whole"),
    [
        ("labourers", "people"), ("labourers.reported", "labourers"), ("workers", "labourers"),
        ("households.with_labour", "households"), ("households.monitored", "households"),
        ("households.zero_employment", "households.with_labour"),
        ("workers.public_post", "workers"),
    ],
)  # fmt: skip
def test_a_part_is_no_larger_than_its_whole_anywhere(part: str, whole: str) -> None:
    at = dict(
        zip(*(simulated_numbers()[whole][c].tolist() for c in ("township", "n")), strict=True)
    )
    cells = merged([{"x": _of_any_value(simulated_numbers()[part])}])["x"]

    for township, n in zip(cells["township"].tolist(), cells["n"].tolist(), strict=True):
        assert n <= at[township]


def _of_any_value(cells: CellArray) -> CellArray:
    out = cells.copy()
    out["value"] = 0
    return out


def test_a_household_of_which_work_is_unknown_is_not_called_idle() -> None:
    cells = zero_employment(simulated_ground())

    assert set(cells["value"].tolist()) <= {0, 1}
