"""Which county an installation serves, by its state."""

import numpy as np

from yujing.app.county import County
from yujing.domain.region import county_of

PROVINCE_PREFIX = "52"
COUNTY_DIGITS = 6


def prefix_of(county: County) -> str:
    """Return the first digits of the county that most households are in; the province's at first.

    Notes
    -----
    Reads a column of all households: a page or a command asks once.
    """
    regions = county.state.households["region"]
    regions = regions[regions > 0]
    if not len(regions):
        return PROVINCE_PREFIX
    codes, counts = np.unique(county_of(regions), return_counts=True)
    return f"{int(codes[counts.argmax()]):012d}"[:COUNTY_DIGITS]
