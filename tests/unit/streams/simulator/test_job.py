import numpy as np

from streams.simulator.county import County
from streams.simulator.job import COUNTY, JOB, Jobs
from yujing.domain.codes import Form, number


def test_a_table_of_jobs_grows_and_a_copy_goes_its_own_way() -> None:
    jobs = Jobs()
    first = jobs.add(np.zeros(900, JOB))
    second = jobs.add(np.ones(900, JOB))
    copy = jobs.copy()
    copy.rows["person"][0] = 7

    assert first[-1] + 1 == second[0]
    assert jobs.n == len(jobs.rows) == 1800
    assert jobs.rows["person"][0] == 0


def test_jobs_at_home_lie_in_the_home_county_and_wages_in_bounds(county: County) -> None:
    rows = county.world.labour.jobs.rows
    local = rows["area"] <= COUNTY

    assert (rows["work_region"][local] == 522632).all()
    assert (rows["work_region"][~local] != 522632).all()
    assert rows["wage"].min() >= 400
    assert rows["wage"].max() <= 20_000


def test_only_units_insure_and_only_contracts_have_months(county: County) -> None:
    rows = county.world.labour.jobs.rows

    assert (rows["form"][rows["insured"] > 0] == number(Form.UNIT)).all()
    assert ((rows["contract_months"] > 0) == rows["contract"]).all()


def test_the_watched_earn_less_at_home_than_away(county: County) -> None:
    rows = county.world.labour.jobs.rows
    local = rows["area"] <= COUNTY

    assert rows["wage"][local].mean() < 0.85 * rows["wage"][~local].mean()
