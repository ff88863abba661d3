"""Bursts: many of one kind within two weeks, far more than is usual for it."""

from dashboards.panel import About, Column, Panel, Shape, Unit
from dashboards.sql import events

LEAST, TIMES_USUAL = 10, 3  # at least so many, and so many times the usual two weeks
_FORTNIGHT = 14


def bursts(
    code: str, title: str, about: About, event_type: str, facet: int, name: str, *, what: str
) -> Panel:
    """Return the two weeks in which one value of a weekly facet had far more than is usual.

    Parameters
    ----------
    code, title, about
        Of the panel.
    event_type, facet
        What is counted; the facet's periods are weeks.
    name
        SQL of the words of `value`.
    what
        Head of the first column.
    """
    found = events(event_type, facet)
    weekly = f"SELECT value, period, sum(cell) AS one FROM {found} GROUP BY value, period"
    pairs = (
        "SELECT value, period, sum(one) OVER (PARTITION BY value ORDER BY period RANGE BETWEEN "
        f"7 PRECEDING AND CURRENT ROW) AS both, sum(one) OVER (PARTITION BY value) AS whole, "
        f"max(period) OVER () - min(period) OVER () + 7 AS days FROM ({weekly})"
    )
    sql = f"""
        SELECT {name} AS label, most AS n, usual, toDate(first) AS day FROM (
            SELECT value, max(both) AS most, argMax(period - 7, both) AS first,
                round(any(whole) * {_FORTNIGHT} / greatest(any(days), {_FORTNIGHT}), 1) AS usual
            FROM ({pairs}) GROUP BY value)
        WHERE most >= {LEAST} AND most >= {TIMES_USUAL} * usual
    """
    columns = (
        Column("label", what), Column("n", "两周里", Unit.TIMES),
        Column("usual", "平常两周", Unit.TIMES), Column("day", "从哪一天起"),
    )  # fmt: skip
    return Panel(
        code, title, Shape.TABLE, columns, sql, about, order="n DESC, label",
        empty="没有集中出现的",
    )  # fmt: skip


def about_bursts(counts: str, source: str, caveat: str = "") -> About:
    """Return what a reader of a panel of bursts is told."""
    words = f"两周里至少 {LEAST} 次、并且是平常的 {TIMES_USUAL} 倍才列出；只列最多的那两周"
    return About(
        counts, source, "按发生的周数，还会补报",
        caveat=f"{words}；{caveat}" if caveat else words,
    )  # fmt: skip
