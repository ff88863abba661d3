"""What a reader of a board chose: a span of months and a place, never more than the own scope."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from dashboards.macros import Filters
from yujing.access.scope import COUNTY, TOWNSHIP, Scope
from yujing.domain.days import month_start, to_month
from yujing.errors import AccessDeniedError, UsageError
from yujing.settings import SHANGHAI

MONTHS = 13  # of the span when none is chosen: the same month of last year is in it
MOST_MONTHS = 120
_DIGITS = 12


@dataclass(frozen=True)
class Choice:
    """A choice in the words of the page.

    Parameters
    ----------
    first, last
        Months as month numbers.
    place
        12-digit code of the county or township, 0 for all of the scope.
    filters
        The same as the panels' SQL takes it.
    """

    first: int
    last: int
    place: int
    filters: Filters

    @property
    def query(self) -> str:
        """What stands behind the question mark of an address with the same choice."""
        parts = [f"from={month_word(self.first)}", f"to={month_word(self.last)}"]
        return "&".join([*parts, f"place={self.place}"] if self.place else parts)


def chosen(
    query: Mapping[str, str], scope: Scope, today: date, *, counties: Sequence[int]
) -> Choice:
    """Return what a reader chose.

    Parameters
    ----------
    query
        `from`, `to` (YYYY-MM) and `place` (a code), all optional.
    scope
        Where the reader may look.
    today
        The day.
    counties
        Codes of all counties that there are numbers of.

    Raises
    ------
    AccessDeniedError
        If the place lies outside the scope, or the scope is a village: boards end at the township.
    UsageError
        If a month or place cannot be read.
    """
    if len(scope.prefix) > TOWNSHIP:
        raise AccessDeniedError("boards end at the township")
    last = _month(query.get("to", ""), to_month(today))
    first = _month(query.get("from", ""), last - MONTHS + 1)
    if not 0 <= last - first < MOST_MONTHS:
        raise UsageError(f"开始月份要不晚于结束月份，最多 {MOST_MONTHS} 个月。")
    place = Scope.of(query["place"]) if query.get("place") else scope
    if not scope.contains(place) or len(place.prefix) > TOWNSHIP:
        raise AccessDeniedError("outside")
    code = int(place.prefix.ljust(_DIGITS, "0")) if place.prefix else 0
    filters = Filters(
        datetime.combine(month_start(first), time(), SHANGHAI),
        datetime.combine(month_start(last + 1) - timedelta(days=1), time(23, 59), SHANGHAI),
        counties=_counties(place, counties),
        townships=(code,) if len(place.prefix) == TOWNSHIP else (),
    )
    return Choice(first, last, code, filters)


def month_word(month: int) -> str:
    """Return a month number as YYYY-MM.

    Examples
    --------
    >>> month_word(2026 * 12 + 10)
    '2026-11'
    """
    return f"{month_start(month):%Y-%m}"


def _counties(place: Scope, known: Sequence[int]) -> tuple[int, ...]:
    """Return the counties that a place stands for; none is all of them."""
    if not place.prefix or len(place.prefix) > COUNTY:
        return ()
    if len(place.prefix) == COUNTY:
        return (int(place.prefix.ljust(_DIGITS, "0")),)
    return tuple(code for code in known if place.covers(code)) or (-1,)


def _month(text: str, otherwise: int) -> int:
    if not text:
        return otherwise
    try:
        return to_month(date.fromisoformat(f"{text}-01"))
    except ValueError:
        raise UsageError("月份要写成 2026-11 这样。") from None
