"""Of which place a report is."""

from dashboards.reports.making import Place
from yujing.app.county import County
from yujing.app.pages import prefix_of
from yujing.errors import UsageError

_DIGITS, _COUNTY, _TOWNSHIP = 12, 6, 9


def place_of(county: County, code: str = "") -> Place:
    """Return the place of a code, the own county without one.

    Raises
    ------
    UsageError
        If it is no county or township of the province.
    """
    prefix = (code or prefix_of(county)).rstrip() or ""
    if not prefix.isdecimal() or len(prefix) > _DIGITS:
        raise UsageError(f"there is no place {code}")
    number = int(prefix.ljust(_DIGITS, "0"))
    name = county.regions.name(number)
    ends = number % 10**3 == 0
    if name is None or not ends or len(prefix) < _COUNTY:
        raise UsageError(f"{prefix} is no county or township that there can be a report of")
    return Place(number, name)
