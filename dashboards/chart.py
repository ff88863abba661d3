"""Charts drawn on the server as SVG: zero based, labelled at the line, readable without colour.

Nothing inside needs a script or a style attribute, so the pages' content policy holds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup, escape

from dashboards.axes import BOTTOM, TOP, Axes, Band, ceiling

HEIGHT, LEFT, RIGHT = 240, 44, 76


@dataclass(frozen=True, slots=True)
class Point:
    """A value at a day; `complete` is False while late reports still come in."""

    day: date
    value: int
    complete: bool = True


def trend(
    points: Sequence[Point], *, name: str, unit: str, bands: Sequence[Band] = (), width: int = 640
) -> Markup:
    """Return a line over time.

    Parameters
    ----------
    points
        In order of days; at least one.
    name
        What is counted; written at the end of the line and in the text alternative.
    unit
        Counted in.
    bands
        Shaded spans; parts outside of the points are cut off.
    width
        Units across; a phone gets a narrow chart of its own, so that its letters stay readable.

    Returns
    -------
    An `svg` element; the part with incomplete points is dashed and said to be so.
    """
    top = ceiling(max(point.value for point in points))
    axes = Axes(points[0].day, points[-1].day, top, width, HEIGHT, LEFT, RIGHT)
    parts = [*axes.bands(bands), *axes.grid()]
    parts += [axes.day(d, _day_words(d)) for d in axes.labelled([p.day for p in points])]
    solid = [point for point in points if point.complete]
    if len(solid) > 1:
        parts.append(_line(solid, axes, "line"))
    if len(solid) < len(points):
        parts.append(_line(points[max(len(solid) - 1, 0) :], axes, "line open"))
    parts += [_dot(points[-1], axes), _end_label(points[-1], axes, name)]
    return Markup(
        '<svg class="chart" viewBox="0 0 {w} {h}" role="img" aria-label="{label}">{parts}</svg>'
    ).format(w=width, h=HEIGHT, label=_words(points, name, unit), parts=Markup("").join(parts))


def bar(value: int | None, most: int, *, known: bool = True) -> Markup:
    """Return a bar from zero for a table cell; grey and empty when unknown or hidden."""
    width = 0 if value is None or most <= 0 else round(100 * value / most)
    kind = "bar" if known else "bar unknown"
    return Markup(
        '<svg class="{kind}" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="ground" width="100" height="8"/>'
        '<rect class="value" width="{width}" height="8"/></svg>'
    ).format(kind=kind, width=width if known else 0)


def _line(points: Sequence[Point], axes: Axes, kind: str) -> Markup:
    path = " ".join(f"{axes.x(p.day)},{axes.y(p.value)}" for p in points)
    return Markup('<polyline class="{}" points="{}"/>').format(kind, path)


def _dot(point: Point, axes: Axes) -> Markup:
    x, y = axes.x(point.day), axes.y(point.value)
    return Markup('<circle class="dot" cx="{}" cy="{}" r="3.5"/>').format(x, y)


def _end_label(point: Point, axes: Axes, name: str) -> Markup:
    x, y = axes.x(point.day) + 8, min(max(axes.y(point.value), TOP + 12), HEIGHT - BOTTOM - 18)
    return Markup(
        '<text class="end" x="{x}" y="{y}">{value}</text>'
        '<text class="name" x="{x}" y="{below}">{name}</text>'
    ).format(x=x, y=y, below=y + 16, value=f"{point.value:,}", name=name)


def _day_words(day: date) -> str:
    return f"{day.month} 月" if day.day == 1 else f"{day:%m-%d}"


def _words(points: Sequence[Point], name: str, unit: str) -> str:
    ends = f"{points[0].day:%Y-%m-%d} 为 {points[0].value:,} {unit}"
    most = max(points, key=lambda point: point.value)
    text = f"{name}：{ends}，{points[-1].day:%Y-%m-%d} 为 {points[-1].value:,} {unit}，"
    text += f"最高 {most.value:,} {unit}（{most.day:%Y-%m-%d}）。"
    if not points[-1].complete:
        text += "虚线部分还会补报。"
    return str(escape(text))
