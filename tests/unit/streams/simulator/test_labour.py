import numpy as np

from streams.simulator.array import NEVER
from streams.simulator.county import County
from streams.simulator.labour import CLOSED, travels
from streams.simulator.population import YEAR
from yujing.domain.calendar import days_to_festival


def spells(county: County) -> tuple[np.ndarray, np.ndarray, np.ndarray]:  # type: ignore[type-arg]
    rows = county.world.labour.jobs.rows
    rows = rows[np.lexsort((rows["start"], rows["person"]))]
    return rows["person"], rows["start"], rows["end"]


def test_nobody_has_two_jobs_at_once(county: County) -> None:
    person, start, end = spells(county)
    same = person[1:] == person[:-1]

    assert (start < end).all()
    assert (start[1:][same] >= end[:-1][same]).all()


def test_nobody_works_before_sixteen(county: County) -> None:
    person, start, _ = spells(county)
    age = (start - county.world.people.birth[person]) / YEAR

    assert age.min() >= 15.9   # who turns sixteen within a month


def test_who_is_gone_has_no_job(county: County) -> None:
    world = county.world
    gone = world.living[:, -1] < 0
    rows = world.labour.jobs.rows

    assert not np.isin(rows["person"][rows["end"] == NEVER], np.flatnonzero(gone)).any()


def test_returns_crowd_before_the_festival_and_departures_after_it(county: County) -> None:
    rows = travels(county.world.labour)
    until = days_to_festival(rows["day"].astype(np.int32))
    before, after = (until > 0) & (until <= 30), (until < 0) & (until >= -36)

    assert (~rows["leaves"][before]).mean() > 0.75
    assert rows["leaves"][after].mean() > 0.6
    assert (np.diff(rows["day"]) >= 0).all()


def test_a_closure_ends_many_jobs_of_one_employer_within_two_weeks(county: County) -> None:
    rows = county.world.labour.jobs.rows
    closed = rows[rows["reason"] == CLOSED]

    assert len(closed) > 5
    for employer in np.unique(closed["employer"]).tolist():
        days = np.sort(closed["end"][closed["employer"] == employer])
        bursts = np.split(days, np.flatnonzero(np.diff(days) > 45) + 1)
        assert all(burst[-1] - burst[0] < 14 for burst in bursts)
