"""Standing numbers of people and of their work."""

from collections.abc import Callable

import numpy as np

from dashboards.standing.cells import CellArray, tally
from dashboards.standing.ground import GROUPS, Bools, Ground
from models.features.work import EMPLOYED
from yujing.domain.codes import Category, Form, number

Count = Callable[[Ground], CellArray]


def everybody(ground: Ground) -> CellArray:
    """Count the present people of registered households."""
    return tally(ground.regions)


def by_group(ground: Ground) -> CellArray:
    """Count who is in any of the three groups (三类人员); value 1, value 0 who is in none."""
    inside = np.zeros(len(ground.here), dtype=bool)
    for category in GROUPS:
        inside |= ground.in_category(category)
    return tally(ground.regions, inside.astype(np.int64))


def by_category(ground: Ground) -> CellArray:
    """Count people by category (number of `Category`); categories overlap."""
    return np.concatenate(
        [
            tally(ground.regions, number(category), mask=ground.in_category(category))
            for category in list(Category)[1:]
        ]
    )


def labourers(ground: Ground) -> CellArray:
    """Count present people of working age who can work and are no students."""
    return tally(ground.regions, mask=ground.labourer)


def by_work(ground: Ground) -> CellArray:
    """Count labourers by what is known of their work (numbers of `models.features.work`)."""
    return tally(ground.regions, ground.work, mask=ground.labourer)


def reported(ground: Ground) -> CellArray:
    """Count labourers of whom the last month that ended was reported."""
    return tally(ground.regions, mask=ground.labourer & ground.reported)


def workers(ground: Ground) -> CellArray:
    """Count labourers in work."""
    return tally(ground.regions, mask=_in_work(ground))


def by_industry(ground: Ground) -> CellArray:
    """Count labourers in work by industry of their latest job."""
    return tally(ground.regions, ground.of_people("industry"), mask=_in_work(ground))


def by_area(ground: Ground) -> CellArray:
    """Count labourers in work by area of their latest job."""
    return tally(ground.regions, ground.of_people("area"), mask=_in_work(ground))


def public_posts(ground: Ground) -> CellArray:
    """Count people whose present job is a public welfare post (公益性岗位)."""
    post = ground.of_people("form") == number(Form.PUBLIC_WELFARE)
    return tally(ground.regions, mask=post & (ground.work == EMPLOYED))


def _in_work(ground: Ground) -> Bools:
    working: Bools = ground.labourer & (ground.work == EMPLOYED)
    return working
