"""The plugin's macros, expanded as its own code does."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from dashboards.macros import Filters, expanded
from dashboards.panel import PLACE
from yujing.errors import UsageError

CHINA = ZoneInfo("Asia/Shanghai")
ALL = Filters(datetime(2026, 1, 1, 8, tzinfo=CHINA), datetime(2026, 11, 24, 12, tzinfo=CHINA))
ONE = Filters(ALL.first, ALL.last, (520526000000,), (520526101000, 520526102000))


def test_time_is_told_in_seconds_and_days_of_utc() -> None:
    assert expanded("$__timeFilter(t)", ALL) == (
        "t >= toDateTime(1767225600) AND t <= toDateTime(1795492800)"
    )
    assert expanded("$__dateFilter(day)", ALL) == (
        "day >= toDate('2026-01-01') AND day <= toDate('2026-11-24')"
    )
    assert expanded("f($__fromTime, $__toTime)", ALL) == (
        "f(toDateTime(1767225600), toDateTime(1795492800))"
    )


def test_all_places_are_no_condition_and_chosen_ones_are() -> None:
    assert expanded(PLACE, ALL) == "1=1 AND 1=1"
    assert expanded(PLACE, ONE) == (
        "intDiv(township, 1000000) * 1000000 IN (520526000000) "
        "AND township IN (520526101000,520526102000)"
    )


def test_a_macro_inside_a_condition_is_expanded_too() -> None:
    sql = "$__conditionalAll($__dateFilter(d) AND f(a, b) IN (${county:csv}), $county)"

    assert expanded(sql, ONE) == (
        "d >= toDate('2026-01-01') AND d <= toDate('2026-11-24') AND f(a, b) IN (520526000000)"
    )


@pytest.mark.parametrize(
    "sql",
    [
        "$__timeInterval(t)", "${village:csv}", "$county", "$__conditionalAll(a, $village)",
        "$__dateFilter(a", "$__dateFilter(a, b)", "$__fromTime(x)",
    ],
)  # fmt: skip
def test_what_is_not_known_is_refused(sql: str) -> None:
    with pytest.raises(UsageError):
        expanded(sql, ALL)
