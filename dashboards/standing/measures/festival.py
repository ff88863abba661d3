"""Standing numbers of who came home around the last Spring Festival."""

import numpy as np

from dashboards.standing.cells import CellArray, tally
from dashboards.standing.ground import Ground
from models.features.bits import register_day
from models.features.work import EMPLOYED
from yujing.domain.calendar import spring_festival
from yujing.domain.days import to_day

RETURN_DAYS = 35  # as the policy's `festival.return_days`
LEFT_AGAIN, HOME_IN_WORK, HOME_WITHOUT_WORK = 0, 1, 2


def came_home(ground: Ground) -> CellArray:
    """Count labourers who came home within `RETURN_DAYS` of the last festival, by what they do now.

    Values: left again, at home with work, at home without work or with nothing known of it.
    """
    as_of = ground.snapshot.as_of
    this_year = spring_festival(as_of.year)
    festival = to_day(this_year if this_year <= as_of else spring_festival(as_of.year - 1))
    returned = register_day(ground.of_people("return_"))
    departed = register_day(ground.of_people("depart"))
    home = np.where(ground.work == EMPLOYED, HOME_IN_WORK, HOME_WITHOUT_WORK)
    came = ground.labourer & (np.abs(returned - festival) <= RETURN_DAYS)
    return tally(ground.regions, np.where(departed > returned, LEFT_AGAIN, home), mask=came)
