import numpy as np
import pytest

from streams.simulator.column import Whole
from streams.simulator.table import (
    CORRECT,
    RETRACT,
    Table,
    corrected,
    lateness,
    mistaken,
    repeated,
    table,
)
from yujing.domain.codes import Source


def made(n: int) -> Table:
    return table(
        "income.report", "N", source=Source.CIVIL_AFFAIRS, first=np.arange(n),
        reported=np.arange(n) * 10, person=np.arange(n), value=Whole(np.arange(n)))


def test_lateness_has_the_median_and_the_upper_point_asked_for() -> None:
    days = lateness(np.random.default_rng(1), 50_000, 35, 120)

    assert np.median(days) == pytest.approx(35, abs=1.5)
    assert np.quantile(days, 0.95) == pytest.approx(120, rel=0.05)


def test_corrected_rows_are_first_wrong_and_then_version_two() -> None:
    right = made(2000)
    wrong = right.but(value=Whole(np.full(2000, -1)))
    untouched, first, mended = corrected(np.random.default_rng(2), right, wrong, 0.1)
    values = first.payload["value"]

    assert len(untouched) + len(first) == 2000
    assert 150 < len(first) < 250
    assert isinstance(values, Whole)
    assert (values.data == -1).all()
    assert np.array_equal(first.record, mended.record)
    assert (mended.version == 2).all()
    assert (mended.op == CORRECT).all()
    assert (mended.reported > first.reported).all()


def test_mistaken_rows_are_withdrawn_under_records_of_their_own() -> None:
    of = made(1000)
    wrong, withdrawn = mistaken(np.random.default_rng(3), of, 0.05, np.array([7]))

    assert (wrong.person == 7).all()
    assert wrong.record.min() >= 1000
    assert (withdrawn.op == RETRACT).all()
    assert np.array_equal(wrong.record, withdrawn.record)
    assert mistaken(np.random.default_rng(3), made(0), 0.05, np.array([7]))[0].payload


def test_repeated_rows_are_the_same_later() -> None:
    of = made(1000)
    (copy,) = repeated(np.random.default_rng(4), [of], 0.1)

    assert (copy.version == 1).all()
    assert (copy.reported > of.reported[copy.record]).all()
