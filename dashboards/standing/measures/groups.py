"""Standing numbers of the unemployment risk by groups that are never an input of the score."""

import numpy as np

from dashboards.standing.cells import CellArray, tally
from dashboards.standing.ground import Ground

AGE_EDGES = (30, 40, 50)  # bands 0 to 3
SEX, AGE, ETHNICITY = 0, 1, 2
GROUP_UNIT = 100  # a value is which grouping * GROUP_UNIT + the group
_PER_MILLION = 1_000_000
_DAYS_A_YEAR = 365.25


def unemployment(ground: Ground) -> CellArray:
    """Count labourers in work by sex, age and ethnicity; `amount` sums the risks in millionths.

    Everybody is counted once in each grouping.
    """
    known = ~np.isnan(ground.u90)
    amounts = np.round(np.nan_to_num(ground.u90) * _PER_MILLION).astype(np.int64)
    age = np.digitize((ground.day - ground.of_people("birth")) / _DAYS_A_YEAR, AGE_EDGES)
    groups = {
        SEX: ground.of_people("sex"), AGE: age.astype(np.int64),
        ETHNICITY: ground.of_people("ethnicity"),
    }  # fmt: skip
    return np.concatenate(
        [
            tally(ground.regions, which * GROUP_UNIT + group, mask=known, amounts=amounts)
            for which, group in groups.items()
        ]
    )
