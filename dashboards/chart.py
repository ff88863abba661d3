"""Charts drawn on the server as SVG: zero based, labelled at the line, readable without colour.

Nothing inside needs a script or a style attribute, so the pages' content policy holds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup, escape

HEIGHT = 240
LEFT, RIGHT, TOP, BOTTOM = 44, 76, 14, 30
LABEL_WIDTH = 74  # of a label under the line


@dataclass(frozen=True, slots=True)
class Point:
    """A value at a day; `complete` is False while late reports still come in."""

    day: date
    value: int
    complete: bool = True


@dataclass(frozen=True, slots=True)
class Band:
    """A span of days that is shaded, with its name."""

    first: date
    last: date
    name: str


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
    first, last = points[0].day, points[-1].day
    top = ceiling(max(point.value for point in points))
    scale = _Scale(first, last, top, width)
    parts = [_band(band, scale) for band in bands if band.last > first and band.first < last]
    parts += [_grid(value, scale) for value in (0, top // 2, top) if value == 0 or top > 1]
    parts += [_day_label(day, scale) for day in _label_days(points, width)]
    solid = [point for point in points if point.complete]
    if len(solid) > 1:
        parts.append(_line(solid, scale, "line"))
    if len(solid) < len(points):
        parts.append(_line(points[max(len(solid) - 1, 0) :], scale, "line open"))
    parts += [_dot(points[-1], scale), _end_label(points[-1], scale, name)]
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


def ceiling(value: int) -> int:
    """Return a round number at or above a value, so that grid lines are easy to read.

    Examples
    --------
    >>> [ceiling(v) for v in (0, 3, 7, 42, 214, 1999)]
    [1, 3, 8, 60, 300, 2000]
    """
    if value <= 1:
        return 1
    size = 1
    while size * 10 < value:
        size *= 10
    for step in (1, 2, 3, 4, 6, 8, 10):
        if step * size >= value:
            return step * size
    return size * 10


@dataclass(frozen=True, slots=True)
class _Scale:
    first: date
    last: date
    top: int
    width: int

    def x(self, day: date) -> float:
        span = max((self.last - self.first).days, 1)
        share = min(max((day - self.first).days / span, 0), 1)
        return round(LEFT + share * (self.width - LEFT - RIGHT), 1)

    def y(self, value: float) -> float:
        return round(HEIGHT - BOTTOM - value / self.top * (HEIGHT - BOTTOM - TOP), 1)


def _line(points: Sequence[Point], scale: _Scale, kind: str) -> Markup:
    path = " ".join(f"{scale.x(p.day)},{scale.y(p.value)}" for p in points)
    return Markup('<polyline class="{}" points="{}"/>').format(kind, path)


def _dot(point: Point, scale: _Scale) -> Markup:
    x, y = scale.x(point.day), scale.y(point.value)
    return Markup('<circle class="dot" cx="{}" cy="{}" r="3.5"/>').format(x, y)


def _end_label(point: Point, scale: _Scale, name: str) -> Markup:
    x, y = scale.x(point.day) + 8, min(max(scale.y(point.value), TOP + 12), HEIGHT - BOTTOM - 18)
    return Markup(
        '<text class="end" x="{x}" y="{y}">{value}</text>'
        '<text class="name" x="{x}" y="{below}">{name}</text>'
    ).format(x=x, y=y, below=y + 16, value=f"{point.value:,}", name=name)


def _grid(value: int, scale: _Scale) -> Markup:
    y = scale.y(value)
    return Markup(
        '<line class="grid" x1="{left}" x2="{right}" y1="{y}" y2="{y}"/>'
        '<text class="axis" x="{at}" y="{text}" text-anchor="end">{value}</text>'
    ).format(left=LEFT, right=scale.width - RIGHT, y=y, at=LEFT - 6, text=y + 4, value=f"{value:,}")


def _day_label(day: date, scale: _Scale) -> Markup:
    return Markup('<text class="axis" x="{x}" y="{y}" text-anchor="middle">{words}</text>').format(
        x=scale.x(day), y=HEIGHT - 8, words=f"{day.month} 月" if day.day == 1 else f"{day:%m-%d}"
    )


def _label_days(points: Sequence[Point], width: int) -> list[date]:
    step = -(-len(points) // max(1, (width - LEFT - RIGHT) // LABEL_WIDTH + 1))
    return [point.day for point in list(points)[::-1][::step]][::-1]


def _band(band: Band, scale: _Scale) -> Markup:
    left, right = scale.x(band.first), scale.x(band.last)
    return Markup(
        '<rect class="festival" x="{x}" y="{top}" width="{width}" height="{height}"/>'
        '<text class="axis" x="{middle}" y="{words}" text-anchor="middle">{name}</text>'
    ).format(
        x=left, top=TOP, width=round(max(right - left, 2), 1), height=HEIGHT - BOTTOM - TOP,
        middle=round((left + right) / 2, 1), words=TOP + 12, name=band.name,
    )  # fmt: skip


def _words(points: Sequence[Point], name: str, unit: str) -> str:
    ends = f"{points[0].day:%Y-%m-%d} 为 {points[0].value:,} {unit}"
    most = max(points, key=lambda point: point.value)
    text = f"{name}：{ends}，{points[-1].day:%Y-%m-%d} 为 {points[-1].value:,} {unit}，"
    text += f"最高 {most.value:,} {unit}（{most.day:%Y-%m-%d}）。"
    if not points[-1].complete:
        text += "虚线部分还会补报。"
    return str(escape(text))
