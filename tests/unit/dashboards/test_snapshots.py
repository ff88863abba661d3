"""Snapshots: a day is replaced as a whole; the nearest day before is found."""

from datetime import date

import numpy as np
import pytest
from sqlalchemy import Engine

from dashboards.counts import Cell, VillageCounts
from dashboards.snapshots import Snapshots
from yujing.access.scope import Scope

DAY = date(2026, 11, 24)


@pytest.fixture
def snapshots(sql_engine: Engine) -> Snapshots:
    return Snapshots(sql_engine)


def counts(*rows: tuple[int, int, int]) -> VillageCounts:
    villages, n, of = np.array(rows, dtype=np.int64).T
    return VillageCounts(villages, n, of)


FIRST = counts((520526101001, 3, 10), (520526102001, 4, 20), (520222001001, 1, 1))


def test_a_number_is_summed_over_a_region(snapshots: Snapshots) -> None:
    snapshots.keep(DAY, {"unseen": FIRST})

    past = snapshots.near("unseen", Scope("520526"), DAY)
    assert past is not None
    assert (past.day, past.cell) == (DAY, Cell(7, 30))
    assert snapshots.near("needs", Scope("520526"), DAY) is None


def test_a_second_sweep_of_a_day_replaces_the_first(snapshots: Snapshots) -> None:
    snapshots.keep(DAY, {"unseen": FIRST, "needs": FIRST})
    snapshots.keep(DAY, {"unseen": counts((520526101001, 5, 10))})

    past = snapshots.near("unseen", Scope("520526"), DAY)
    assert past is not None
    assert past.cell == Cell(5, 10)
    assert snapshots.near("needs", Scope("520526"), DAY) is None


@pytest.mark.parametrize(("days", "found"), [(0, True), (6, True), (7, False), (-1, False)])
def test_a_snapshot_of_the_week_before_is_near_enough(
    snapshots: Snapshots, days: int, found: bool
) -> None:
    snapshots.keep(DAY, {"unseen": FIRST})

    wanted = date.fromordinal(DAY.toordinal() + days)
    assert (snapshots.near("unseen", Scope("520526"), wanted) is not None) == found


def test_a_series_is_in_order(snapshots: Snapshots) -> None:
    for day in (24, 10, 17):
        snapshots.keep(date(2026, 11, day), {"unseen": FIRST})
    snapshots.keep(date(2026, 11, 3), {})

    series = snapshots.series("unseen", Scope("520526101"), date(2026, 11, 10), DAY)
    assert [(past.day.day, past.cell.n) for past in series] == [(10, 3), (17, 3), (24, 3)]
