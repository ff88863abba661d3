"""Lines over time, several in one picture: labelled at their ends, told apart without colour."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from dashboards.chart import Band, ceiling

HEIGHT, LEFT, TOP, BOTTOM, RIGHT = 260, 52, 14, 30, 120
MOST_LINES = 6
_BETWEEN = 18  # labels at the ends stand at least so far apart
_LABEL_WIDTH = 84


@dataclass(frozen=True)
class Line:
    """One line: its name and its points in order of days; None is hidden or unknown."""

    name: str
    points: Sequence[tuple[date, float | None]]

    @property
    def last(self) -> tuple[date, float] | None:
        """The last point that is shown."""
        shown = [(day, value) for day, value in self.points if value is not None]
        return shown[-1] if shown else None


def lines(
    drawn: Sequence[Line],
    *,
    name: str,
    unit: str,
    share: bool = False,
    bands: Sequence[Band] = (),
    width: int = 640,
) -> Markup:
    """Return a picture of lines over time, from zero.

    Parameters
    ----------
    drawn
        At least one with a point; of more than `MOST_LINES` the first are drawn.
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
    drawn = [line for line in drawn if line.last is not None][:MOST_LINES]
    if not drawn:
        return Markup("")
    days = sorted({day for line in drawn for day, _ in line.points})
    values = [value for line in drawn for _, value in line.points if value is not None]
    factor = 100 if share else 1
    top = ceiling(round(max(max(values, default=0) * factor, 1)))
    scale = _Scale(days[0], days[-1], top, width, factor)
    shown = "%" if share else ""
    parts = [scale.band(band) for band in bands if band.last > days[0] and band.first < days[-1]]
    parts += [scale.grid(value, shown) for value in (0, top // 2, top) if value == 0 or top > 1]
    parts += [scale.day(day) for day in _some(days, width)]
    ends = _apart([scale.y(line.last[1]) for line in drawn if line.last is not None])
    for number, (line, y) in enumerate(zip(drawn, ends, strict=True)):
        parts += scale.line(line, number)
        parts.append(scale.label(line, y, shown))
    label = f"{name}：" + "；".join(_words(line, unit, factor, shown) for line in drawn) + "。"
    return Markup(
        '<svg class="chart" viewBox="0 0 {w} {h}" role="img" aria-label="{label}">{parts}</svg>'
    ).format(w=width, h=HEIGHT, label=label, parts=Markup("").join(parts))


@dataclass(frozen=True)
class _Scale:
    first: date
    last: date
    top: int
    width: int
    factor: int

    def x(self, day: date) -> float:
        share = (day - self.first).days / max((self.last - self.first).days, 1)
        return round(LEFT + min(max(share, 0), 1) * (self.width - LEFT - RIGHT), 1)

    def y(self, value: float) -> float:
        return round(HEIGHT - BOTTOM - value * self.factor / self.top * (HEIGHT - BOTTOM - TOP), 1)

    def line(self, line: Line, number: int) -> list[Markup]:
        """Return a line, broken where a value is not shown."""
        pieces: list[list[str]] = [[]]
        for day, value in line.points:
            if value is None:
                pieces.append([])
            else:
                pieces[-1].append(f"{self.x(day)},{self.y(value)}")
        found = [
            Markup('<polyline class="line line-{}" points="{}"/>').format(number, " ".join(piece))
            for piece in pieces
            if len(piece) > 1
        ]
        alone = [piece[0].split(",") for piece in pieces if len(piece) == 1]
        return found + [
            Markup('<circle class="dot" cx="{}" cy="{}" r="3"/>').format(x, y) for x, y in alone
        ]

    def label(self, line: Line, y: float, shown: str) -> Markup:
        assert line.last is not None  # noqa: S101  such lines were left out
        value = f"{line.last[1] * self.factor:,.3g}" if shown else f"{line.last[1]:,.0f}"
        return Markup('<text class="name" x="{x}" y="{y}">{name} {value}{shown}</text>').format(
            x=self.x(line.last[0]) + 6, y=y + 4, name=line.name, value=value, shown=shown
        )

    def grid(self, value: int, shown: str) -> Markup:
        y = round(HEIGHT - BOTTOM - value / self.top * (HEIGHT - BOTTOM - TOP), 1)
        return Markup(
            '<line class="grid" x1="{left}" x2="{right}" y1="{y}" y2="{y}"/>'
            '<text class="axis" x="{at}" y="{below}" text-anchor="end">{value}{shown}</text>'
        ).format(
            left=LEFT, right=self.width - RIGHT, y=y, at=LEFT - 6, below=y + 4,
            value=f"{value:,}", shown=shown,
        )  # fmt: skip

    def day(self, day: date) -> Markup:
        return Markup(
            '<text class="axis" x="{x}" y="{y}" text-anchor="middle">{words}</text>'
        ).format(x=self.x(day), y=HEIGHT - 8, words=f"{day:%y-%m}")

    def band(self, band: Band) -> Markup:
        left, right = self.x(band.first), self.x(band.last)
        return Markup(
            '<rect class="festival" x="{x}" y="{top}" width="{width}" height="{height}"/>'
        ).format(
            x=left, top=TOP, width=round(max(right - left, 2), 1), height=HEIGHT - BOTTOM - TOP
        )


def _some(days: Sequence[date], width: int) -> list[date]:
    step = -(-len(days) // max(1, (width - LEFT - RIGHT) // _LABEL_WIDTH + 1))
    return list(days)[::-1][::step][::-1]


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
            lack = _BETWEEN - (places[k + 1] - places[k])
            if lack > 0:
                places[k] -= lack / 2
                places[k + 1] += lack / 2
    out = [0.0] * len(wanted)
    for place, i in zip(places, order, strict=True):
        out[i] = round(min(max(place, TOP), HEIGHT - BOTTOM), 1)
    return out


def _words(line: Line, unit: str, factor: int, shown: str) -> str:
    assert line.last is not None  # noqa: S101  such lines were left out
    day, value = line.last
    known = [v for _, v in line.points if v is not None]
    return (
        f"{line.name} {day:%Y-%m} 为 {value * factor:,.3g}{shown or ' ' + unit}"
        f"（最高 {max(known) * factor:,.3g}，最低 {min(known) * factor:,.3g}）"
    )
