"""How the values of a panel are written: Chinese units, shares, days, and what is hidden."""

from datetime import date
from typing import Any

from dashboards.panel import Column, Unit
from dashboards.reading import Answer, Row
from yujing.web.words import SMALL

UNKNOWN, WITHHELD = "未知", "不显示"


def written(answer: Answer) -> list[list[str]]:
    """Return the rows of a panel as texts, in the order of its columns."""
    return [
        [cell(answer, row, place) for place in range(len(answer.columns))] for row in answer.rows
    ]


def cell(answer: Answer, row: Row, place: int) -> str:
    """Return one value as a text.

    A hidden count is "<5" or, where it only protects another, 不显示; with it its shares.
    """
    column, value = answer.columns[place], row.values[place]
    if value is None and row.hidden and is_hidden(answer, column):
        rule = answer.panel.suppress
        is_count = rule is not None and column.name == rule.count
        return f"<{SMALL}" if is_count and row.small else WITHHELD
    return figure(value, column)


def is_hidden(answer: Answer, column: Column) -> bool:
    """Tell whether a column is among those that are hidden in a row."""
    rule = answer.panel.suppress
    return rule is not None and column.name in rule.hides


def figure(value: Any, column: Column) -> str:
    """Return a value in the words of its column.

    Examples
    --------
    >>> figure(0.1234, Column("s", "占比", Unit.SHARE))
    '12.3%'
    >>> figure(1234, Column("n", "人", Unit.PEOPLE))
    '1,234'
    >>> figure(None, Column("n", "人", Unit.PEOPLE)), figure(date(2026, 11, 2), Column("d", "日"))
    ('未知', '2026-11-02')
    """
    if value is None:
        return UNKNOWN
    if isinstance(value, date):
        return value.isoformat()
    if column.unit is Unit.SHARE:
        return f"{100 * value:.1f}%"
    if isinstance(value, float):
        return f"{value:,.1f}"
    return f"{value:,}" if isinstance(value, int) else str(value)
