"""Lines over time, several in one picture: labelled at their ends, told apart without colour."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from dashboards.axes import BOTTOM, TOP, Axes, Band, ceiling

HEIGHT, LEFT, RIGHT = 260, 52, 120
MOST_LINES = 6
_BETWEEN = 18  # labels at the ends stand at least so far apart
_PERCENT = 100


@dataclass(frozen=True)
class Line:
    """One line: its name and its points in order of days; None is hidden or unknown."""

    name: str
    points: Sequence[tuple[date, float | None]]

    @property
    def shown(self) -> list[tuple[date, float]]:
        """The points that have a value."""
        return [(day, value) for day, value in self.points if value is not None]


def lines(
    drawn: Sequence[Line],
    *,
    name: str,
    unit: str,
    share: bool = False,
    bands: Sequence[Band] = (),
    width: int = 640,
) -> Markup:
    """Return a picture of lines over time, from zero; nothing when no line has a point.

    Parameters
    ----------
    drawn
        Of more than `MOST_LINES` the first are drawn.
    name
        What is counted, for the text alternative.
    unit
        Counted in.
    share
        Whether values are shares, 0 to 1.
    bands
        Shaded spans of days.
    width
        Units across.
    """
    drawn = [line for line in drawn if line.shown][:MOST_LINES]
    if not drawn:
        return Markup("")
    days = sorted({day for line in drawn for day, _ in line.points})
    factor, mark = (_PERCENT, "%") if share else (1, "")
    most = max(value for line in drawn for _, value in line.shown)
    top = ceiling(round(max(most * factor, 1)))
    axes = Axes(days[0], days[-1], top, width, HEIGHT, LEFT, RIGHT, factor, mark)
    parts = [*axes.bands(bands), *axes.grid()]
    parts += [axes.day(day, f"{day:%y-%m}") for day in axes.labelled(days)]
    ends = _apart([axes.y(line.shown[-1][1]) for line in drawn])
    for number, (line, y) in enumerate(zip(drawn, ends, strict=True)):
        parts += [*_pieces(line, axes, number), _label(line, axes, y)]
    label = f"{name}：" + "；".join(_words(line, axes, unit) for line in drawn) + "。"
    return Markup(
        '<svg class="chart" viewBox="0 0 {w} {h}" role="img" aria-label="{label}">{parts}</svg>'
    ).format(w=width, h=HEIGHT, label=label, parts=Markup("").join(parts))


def _pieces(line: Line, axes: Axes, number: int) -> list[Markup]:
    """Return a line, broken where a value is not shown; a point alone is a dot."""
    pieces: list[list[tuple[float, float]]] = [[]]
    for day, value in line.points:
        if value is None:
            pieces.append([])
        else:
            pieces[-1].append((axes.x(day), axes.y(value)))
    found = []
    for piece in pieces:
        if len(piece) > 1:
            path = " ".join(f"{x},{y}" for x, y in piece)
            mark = Markup('<polyline class="line line-{}" points="{}"/>').format(number, path)
            found.append(mark)
        found += [
            Markup('<circle class="dot" cx="{}" cy="{}" r="3"/>').format(x, y)
            for x, y in piece[: len(piece) == 1]
        ]
    return found


def _label(line: Line, axes: Axes, y: float) -> Markup:
    day, value = line.shown[-1]
    return Markup('<text class="name" x="{x}" y="{y}">{words}</text>').format(
        x=axes.x(day) + 6, y=y + 4, words=f"{line.name} {_number(value, axes)}"
    )


def _apart(wanted: Sequence[float]) -> list[float]:
    """Return places for labels near the wanted ones, none nearer to another than `_BETWEEN`.

    Examples
    --------
    >>> _apart([100.0, 100.0, 40.0])
    [91.0, 109.0, 40.0]
    """
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    places = [wanted[i] for i in order]
    for _ in range(2 * len(places)):
        for k in range(len(places) - 1):
            lack = max(_BETWEEN - (places[k + 1] - places[k]), 0)
            places[k] -= lack / 2
            places[k + 1] += lack / 2
    out = [0.0] * len(wanted)
    for place, i in zip(places, order, strict=True):
        out[i] = round(min(max(place, TOP), HEIGHT - BOTTOM), 1)
    return out


def _number(value: float, axes: Axes) -> str:
    return f"{value * axes.factor:,.3g}{axes.mark}" if axes.mark else f"{value:,.0f}"


def _words(line: Line, axes: Axes, unit: str) -> str:
    day, value = line.shown[-1]
    values = [value for _, value in line.shown]
    unit = "" if axes.mark else f" {unit}"
    return (
        f"{line.name} {day:%Y-%m} 为 {_number(value, axes)}{unit}"
        f"（最高 {_number(max(values), axes)}，最低 {_number(min(values), axes)}）"
    )
