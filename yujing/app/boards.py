"""The boards' numbers in ClickHouse: brought up to date, kept with each sweep, compared at night.

One process at a time writes them. A refresh that fails is told and tried again, and stops nothing
else: the numbers follow from the log.
"""

from collections.abc import Mapping
from datetime import date

import numpy as np
import structlog

from dashboards.places import PlaceNames
from dashboards.rollup.rollup import RollUp
from dashboards.standing.cells import CellArray, merged
from dashboards.standing.desk import desk_cells
from dashboards.standing.sources import source_cells
from dashboards.standing.table import StandingNumbers
from yujing.app.county import County
from yujing.domain.region import county_of
from yujing.errors import StorageError


def refresh_boards(county: County) -> bool:
    """Count what entered the log since the last time; return whether it was done.

    Who deals and sweeps goes on without: the next refresh does what is left.
    """
    try:
        with county.turn("boards"), county.busy:
            RollUp(county.clickhouse).refresh()
    except StorageError as error:
        structlog.get_logger().warning("boards_not_refreshed", error=str(error))
        county.metrics.count("yujing_errors_total", where="boards")
        return False
    return True


def check_boards(county: County) -> int:
    """Compare the roll-up with the facts, make it anew where it differs; return how many cells did.

    The metric should be zero: cells are written together with how far they are counted.
    """
    with county.turn("boards"), county.busy:
        roll_up = RollUp(county.clickhouse)
        differing = roll_up.differing()
        if differing:
            structlog.get_logger().error("boards_differ", cells=differing)
            roll_up.rebuild()
    county.metrics.count("yujing_board_cells_mended_total", differing)
    return differing


def keep_standing(county: County, cells: Mapping[str, CellArray], as_of: date) -> None:
    """Keep the standing numbers of a day, and the names of the places that they speak of."""
    client, at = county.clickhouse, county.now_s()
    desk, vault = county.engine, county.vault_engine
    whole = merged([cells, desk_cells(desk, as_of), source_cells(desk, vault, as_of)])
    StandingNumbers(client).keep(as_of, whole, revision=at)
    townships = [rows["township"] for rows in cells.values()]
    if townships:
        counties = np.unique(county_of(np.concatenate(townships)))
        PlaceNames(client).keep(county.regions, counties[counties > 0].tolist(), at=at)
