"""Panels of events: how many over time, and by what."""

from enum import StrEnum

from dashboards.panel import About, Column, Panel, Shape, Unit
from dashboards.sql import events, term
from dashboards.suppression import Suppress

BY_MONTH = "toStartOfMonth(day)"
BOTH_WAYS = Suppress(lines=(("day",), ("label",)))


def over_time(
    code: str,
    title: str,
    about: About,
    counted: dict[str, tuple[str, int]],
    unit: Unit = Unit.TIMES,
) -> Panel:
    """Return a line for each kind of event, by the month in which it happened.

    Parameters
    ----------
    code, title, about, unit
        Of the panel.
    counted
        Name of the line: event type and facet.
    """
    parts = " UNION ALL ".join(
        f"SELECT {BY_MONTH} AS day, '{name}' AS label, sum(cell) AS n "
        f"FROM {events(event_type, facet)} GROUP BY day"
        for name, (event_type, facet) in counted.items()
    )
    columns = (Column("day", "月份"), Column("label", "类别"), Column("n", unit.zh, unit))
    return Panel(
        code, title, Shape.SERIES, columns, f"SELECT * FROM ({parts})", about,
        suppress=BOTH_WAYS, order="day, label",
    )  # fmt: skip


def by_code(
    code: str, title: str, about: About, event_type: str, facet: int, code_set: type[StrEnum],
    *, what: str, unit: Unit = Unit.TIMES,
) -> Panel:  # fmt: skip
    """Return a bar for each code of a facet, over the whole span.

    Parameters
    ----------
    code, title, about, unit
        Of the panel.
    event_type, facet
        What is counted.
    code_set
        The words of its values.
    what
        Head of the first column.
    """
    sql = (
        f"SELECT {term(code_set)} AS label, sum(cell) AS n FROM {events(event_type, facet)} "
        "GROUP BY value HAVING n > 0"
    )
    columns = (Column("label", what), Column("n", unit.zh, unit))
    return Panel(code, title, Shape.BARS, columns, sql, about, order="n DESC, label")
