"""A panel as a picture: its number, its lines, its bars, its tiles; with a text alternative."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil

from markupsafe import Markup

from dashboards.axes import Band
from dashboards.chart import bar
from dashboards.figures import cell
from dashboards.panel import Shape, Unit
from dashboards.reading import Answer
from dashboards.series import Line, lines
from yujing.domain.calendar import spring_festival

FESTIVAL = timedelta(days=20)
NARROW, WIDE = 340, 680
STEPS = 4  # with nothing five shades: more cannot be told apart


@dataclass(frozen=True)
class Bar:
    """A bar with its words."""

    name: str
    words: str
    drawn: Markup


@dataclass(frozen=True)
class Tile:
    """A place as a tile: its name, its number, and how dark it is."""

    name: str
    words: str
    step: int  # 0 for nothing or unknown, then 1 to `STEPS`


def pictures(answer: Answer) -> list[tuple[str, Markup]]:
    """Return the lines of a series, for narrow and for wide screens; nothing for other shapes."""
    if answer.panel.shape is not Shape.SERIES or not answer.rows:
        return []
    column = answer.columns[-1]
    drawn = _lines(answer)
    days = [day for line in drawn for day, _ in line.points]
    bands = _festivals(min(days), max(days))
    return [
        (
            kind,
            lines(
                drawn, name=answer.panel.title, unit=column.unit.zh if column.unit else "",
                share=column.unit is Unit.SHARE, bands=bands, width=width,
            ),
        )
        for kind, width in (("narrow-only", NARROW), ("wide-only", WIDE))
    ]  # fmt: skip


def bars(answer: Answer) -> list[Bar]:
    """Return the rows of a panel of bars; the first column is the name."""
    if answer.panel.shape is not Shape.BARS:
        return []
    values = [row.values[1] for row in answer.rows]
    most = max((value for value in values if value), default=0)
    return [
        Bar(
            cell(answer, row, 0),
            cell(answer, row, 1),
            bar(_scaled(row.values[1], most), 1000, known=row.values[1] is not None),
        )
        for row in answer.rows
    ]


def tiles(answer: Answer) -> list[Tile]:
    """Return the rows of a panel of tiles in their order, shaded in equal steps from zero."""
    if answer.panel.shape is not Shape.TILES:
        return []
    most = max((row.values[1] for row in answer.rows if row.values[1]), default=0)
    return [
        Tile(cell(answer, row, 0), cell(answer, row, 1), _step(row.values[1], most))
        for row in answer.rows
    ]


def _step(value: float | None, most: float) -> int:
    """Return how dark a number is.

    Examples
    --------
    >>> [_step(value, 20) for value in (None, 0, 1, 5, 6, 20)]
    [0, 0, 1, 1, 2, 4]
    """
    return ceil(STEPS * value / most) if value else 0


def _scaled(value: float | None, most: float) -> int | None:
    return None if value is None or not most else max(round(1000 * value / most), 10 * (value > 0))


def _lines(answer: Answer) -> Sequence[Line]:
    """Return a line for each label, the largest last value first."""
    labelled = len(answer.columns) > 2
    found: dict[str, list[tuple[date, float | None]]] = {}
    for row in answer.rows:
        name = str(row.values[1]) if labelled else answer.columns[-1].zh
        found.setdefault(name, []).append((row.values[0], row.values[-1]))
    drawn = [Line(name, sorted(points)) for name, points in found.items()]
    return sorted(drawn, key=lambda line: -(line.shown[-1][1] if line.shown else -1.0))


def _festivals(first: date, last: date) -> list[Band]:
    return [
        Band(spring_festival(year) - FESTIVAL, spring_festival(year) + FESTIVAL, "春节")
        for year in range(first.year, last.year + 1)
    ]
