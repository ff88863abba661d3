"""Of which place a report is."""

import numpy as np

from dashboards.reports.making import Place
from yujing.app.county import County
from yujing.app.county_code import prefix_of
from yujing.errors import UsageError

_DIGITS, _COUNTY = 12, 6


def place_of(county: County, code: str = "") -> Place:
    """Return the place of a code, the own county without one.

    Raises
    ------
    UsageError
        If it is no county or township of the province.
    """
    prefix = code or prefix_of(county)
    if not prefix.isdecimal() or len(prefix) > _DIGITS:
        raise UsageError(f"there is no place {code}")
    number = int(prefix.ljust(_DIGITS, "0"))
    known = county.regions.known(np.array([number], dtype=np.int64))[0]
    if not known or number % 10**3 or len(prefix) < _COUNTY:
        raise UsageError(f"{prefix} is no county or township that there can be a report of")
    return Place(number, county.regions.name(number))
