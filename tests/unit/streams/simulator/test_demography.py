from datetime import date

import numpy as np
import pytest

from streams.simulator.array import NEVER
from streams.simulator.county import County
from streams.simulator.demography import DEATH, MARRIED_OUT, SENTENCED, present
from streams.simulator.parameter import load
from streams.simulator.world import Order, World, create


@pytest.fixture(scope="module")
def world() -> World:
    order = Order(1500, 36, "base", 3, date(2026, 6, 30))
    return create(order, load("base"), lambda _what, _share: None)


def test_nobody_is_ever_in_two_households(world: World) -> None:
    members = world.members
    order = np.lexsort((members.first, members.person))
    person, first, last = members.person[order], members.first[order], members.last[order]
    same = person[1:] == person[:-1]

    assert (first < last).all()
    assert (first[1:][same] >= last[:-1][same]).all()


def test_who_died_married_out_or_was_sentenced_does_not_come_back(world: World) -> None:
    members = world.members
    gone = np.isin(members.exit, [DEATH, MARRIED_OUT, SENTENCED])
    for row in np.flatnonzero(gone).tolist():
        later = (members.person == members.person[row]) & (members.first >= members.last[row])
        assert not later.any()


def test_some_move_away_and_come_back_some_split_off_some_merge(world: World) -> None:
    members, homes = world.members, world.homes
    spells = np.bincount(members.person)
    merged = np.flatnonzero(homes.ends < NEVER)

    assert (spells >= 2).any()
    assert len(homes) > 1500                              # households that split off
    assert (homes.begins[1500:] > homes.begins[0]).all()
    assert len(merged)
    day = int(homes.ends[merged].max()) + 1
    assert not np.isin(members.household[present(members, day)], merged).all()
    assert len(world.moves[0])


def test_the_monthly_view_agrees_with_the_spells(county: County) -> None:
    world = county.world
    held = present(world.members, world.first_day)
    column = world.living[:, world.column(world.first_month)]

    assert (column[world.members.person[held]] == world.members.household[held]).all()
    assert (column >= 0).sum() == held.sum()
