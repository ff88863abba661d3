from datetime import date

import numpy as np

from streams.simulator.county import County
from streams.simulator.parameter import load
from streams.simulator.world import Order, create, months_of_work
from yujing.domain.days import month_start, to_day


def test_the_same_order_gives_the_same_world_and_another_seed_another() -> None:
    orders = [Order(60, 12, "base", seed, date(2025, 3, 31)) for seed in (5, 5, 6)]
    one, same, other = (
        create(order, load("base"), lambda _what, _share: None).labour.jobs.rows.tobytes()
        for order in orders)

    assert one == same
    assert one != other


def test_days_in_work_are_the_overlap_of_jobs_and_months(county: County) -> None:
    world = county.world
    rows, month = world.labour.jobs.rows, world.first_month + 3
    first, last = to_day(month_start(month)), to_day(month_start(month + 1))
    person = int(rows["person"][(rows["start"] < first) & (rows["end"] > first)][0])
    own = rows[rows["person"] == person]
    days = sum(
        max(0, min(int(job["end"]), last) - max(int(job["start"]), first)) for job in own)

    assert county.work.days[person, world.column(month)] == days


def test_only_the_months_asked_for_are_worked_out(county: County) -> None:
    world = county.world
    part = months_of_work(world, world.labour, range(world.last_month, world.last_month + 1))

    assert (part.job[:, :-1] == -1).all()
    assert np.array_equal(part.wages[:, -1], county.work.wages[:, -1])


def test_a_household_that_moves_has_its_new_village_from_that_day_on(county: County) -> None:
    world = county.world
    moved, when, where = world.moves
    before = world.village_codes(moved, when - 1)
    after = world.village_codes(moved, when)

    assert (before == world.villages[world.homes.village[moved]]).all()
    assert (after == world.villages[where]).all()
