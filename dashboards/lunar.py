"""One year beside the same lunar weeks of former years: weeks counted from the Spring Festival.

A week belongs to the nearest festival and is shown where it lies in the year of the span. The
festivals are written into the SQL: the engine has no lunar calendar.
"""

from dashboards.panel import About, Column, Panel, Shape, Unit
from dashboards.sql import FIRST, LAST, events
from dashboards.suppression import Suppress
from yujing.domain.calendar import spring_festival
from yujing.domain.days import to_day

FIRST_YEAR, LAST_YEAR = 2012, 2060
WEEKS = 25  # on either side of a festival: further away a week may be nearest to another one
NAMES = ("今年", "上一年", "前年")
_DAYS = ", ".join(
    str(to_day(spring_festival(year))) for year in range(FIRST_YEAR, LAST_YEAR + 1)
)
_FESTIVALS = f"[{_DAYS}]"
_AT = (
    "arrayFirstIndex(x -> abs(x - period) = arrayMin(y -> abs(y - period), festivals), festivals)"
)
CAVEAT = (
    f"按离春节的周数对齐，离春节 {WEEKS} 周以外的不比；只知道月份的算在当月 1 日；"
    "最近几周还会补报"
)


def against_former_years(
    code: str, title: str, about: About, event_type: str, *, unit: Unit = Unit.TIMES
) -> Panel:
    """Return lines of how many events each lunar week saw, this year and in the two years before.

    Parameters
    ----------
    code, title, about, unit
        Of the panel.
    event_type
        What is counted.
    """
    found = (
        f"SELECT {_AT} AS at, toInt32(floor((period - festivals[at]) / 7)) AS week, cell AS one, "
        f"{_FESTIVALS} AS festivals FROM {events(event_type, 1, since_ever=True)}"
    )
    # weeks without events are zero from the first event on, not missing
    begun = f"(SELECT min(period) FROM {events(event_type, 1, since_ever=True)})"
    empty = (
        f"SELECT at, week, 0 AS one, {_FESTIVALS} AS festivals FROM (SELECT "
        f"arrayJoin(arrayEnumerate({_FESTIVALS})) AS at, "
        f"toInt32(arrayJoin(range(-{WEEKS}, {WEEKS}))) AS week) "
        f"WHERE festivals[at] + 7 * week >= {begun} "
        f"AND festivals[at] + 7 * week + 6 <= toRelativeDayNum({LAST})"
    )
    names = ", ".join(f"'{name}'" for name in NAMES)
    sql = f"""
        SELECT toDate(festivals[at + lag] + 7 * week) AS day, [{names}][lag + 1] AS label,
            sum(one) AS n
        FROM (SELECT at, week, one, festivals FROM ({found}) UNION ALL
            SELECT at, week, one, festivals FROM ({empty}))
        ARRAY JOIN range({len(NAMES)}) AS lag
        WHERE week >= -{WEEKS} AND week < {WEEKS} AND day >= {FIRST} AND day + 6 <= {LAST}
        GROUP BY day, label
    """
    columns = (Column("day", "周"), Column("label", "哪一年"), Column("n", unit.zh, unit))
    return Panel(
        code, title, Shape.SERIES, columns, sql, about, suppress=Suppress(lines=(("label",),)),
        order="day, label",
    )  # fmt: skip
