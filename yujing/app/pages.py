"""The pages of all rooms, mounted on one open county."""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from starlette.routing import BaseRoute

from alerts.desk.desk import Desk
from alerts.pages import routes as alert_routes
from dashboards.county import routes as board_routes
from yujing.app.county import County
from yujing.domain.region import county_of
from yujing.web.services import Services

PROVINCE_PREFIX = "52"
COUNTY_DIGITS = 6


def services(county: County) -> Services[Desk]:
    """Return what the pages need of an open county."""

    @contextmanager
    def still() -> Iterator[None]:
        with county.busy:
            yield

    return Services(
        access=county.access,
        clock=county.clock,
        regions=county.regions,
        policy=county.policy,
        calendar=county.calendar,
        desk=county.desk,
        desk_engine=county.engine,
        vault=county.vault,
        state=lambda: county.state,
        log=county.log,
        county=prefix_of(county),
        reading=still,
        https=county.settings.https,
    )


def page_routes(county: County) -> list[BaseRoute]:
    """Return the routes of workers, supervisors and leaders."""
    mounted = services(county)
    return [*alert_routes(mounted), *board_routes(mounted)]


def prefix_of(county: County) -> str:
    """Return the first digits of the county that most households are in."""
    regions = county.state.households["region"]
    regions = regions[regions > 0]
    if not len(regions):
        return PROVINCE_PREFIX
    codes, counts = np.unique(county_of(regions), return_counts=True)
    return f"{int(codes[counts.argmax()]):012d}"[:COUNTY_DIGITS]
