"""Standing numbers of households."""

import numpy as np

from dashboards.standing.cells import CellArray, tally
from dashboards.standing.ground import Ground
from models.features.work import EMPLOYED, STALE
from streams.state import read
from yujing.domain.codes import Category, Risk, number

UNKNOWN_MARGIN = -99
MARGIN_EDGES = (-0.2, 0.0, 0.2, 0.5, 1.0)  # shares of the line; bands 0 to 5, 1 is just below it
HARDSHIP_DAYS = 365


def every(ground: Ground) -> CellArray:
    """Count households with present members."""
    return tally(ground.home_regions)


def by_category(ground: Ground) -> CellArray:
    """Count households with a member in a category (number of `Category`); they overlap."""
    cells = []
    for category in list(Category)[1:]:
        some = ground.any_of_home(ground.in_category(category))
        cells.append(tally(ground.home_regions, number(category), mask=some))
    return np.concatenate(cells)


def with_labour(ground: Ground) -> CellArray:
    """Count households with a labourer."""
    return tally(ground.home_regions, mask=ground.any_of_home(ground.labourer))


def zero_employment(ground: Ground) -> CellArray:
    """Count households by whether labourers work: 1 nobody does, 0 unknown of all who might.

    A household of which somebody's work is unknown and nobody is known to work counts as unknown.
    """
    labour = ground.any_of_home(ground.labourer)
    working = ground.any_of_home(ground.labourer & (ground.work == EMPLOYED))
    unknown = ground.any_of_home(ground.labourer & (ground.work == STALE))
    idle = labour & ~working
    return tally(ground.home_regions, (~unknown).astype(np.int64), mask=idle)


def monitored(ground: Ground) -> CellArray:
    """Count monitored households (监测对象)."""
    return tally(ground.home_regions, mask=ground.monitored)


def by_margin(ground: Ground) -> CellArray:
    """Count households by their projected income against the line, in bands of `MARGIN_EDGES`."""
    margin = ground.feature_of_homes("projected_margin")
    band = np.digitize(np.nan_to_num(margin), MARGIN_EDGES)
    return tally(ground.home_regions, np.where(np.isnan(margin), UNKNOWN_MARGIN, band))


def by_hardship(ground: Ground) -> CellArray:
    """Count households that reported a hardship within a year, by kind; kinds overlap."""
    register = ground.of_homes("hardship")
    recent = (register > 0) & (ground.day - read.packed_day(register) <= HARDSHIP_DAYS)
    risks = read.packed_value(register).astype(np.int64)
    cells = [
        tally(ground.home_regions, number(risk), mask=recent & ((risks >> number(risk)) & 1 > 0))
        for risk in list(Risk)[1:]
    ]
    return np.concatenate(cells)
