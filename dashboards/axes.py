"""What pictures over time share: days across, values up from zero, grid lines, shaded spans."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

TOP, BOTTOM = 14, 30
LABEL_WIDTH = 74  # of a day under a line


@dataclass(frozen=True, slots=True)
class Band:
    """A span of days that is shaded, with its name."""

    first: date
    last: date
    name: str


@dataclass(frozen=True, slots=True)
class Axes:
    """Where days and values stand in a picture.

    Parameters
    ----------
    first, last
        The span of days.
    top
        The value of the highest grid line, in the unit that is written.
    width, height
        Of the picture.
    left, right
        Room for the numbers of the grid, and for labels at the ends of lines.
    factor, mark
        What a value is multiplied by before it is written, and what stands behind it.
    """

    first: date
    last: date
    top: int
    width: int
    height: int
    left: int
    right: int
    factor: int = 1
    mark: str = ""

    def x(self, day: date) -> float:
        """Return where a day stands; days outside stand at the edge."""
        share = (day - self.first).days / max((self.last - self.first).days, 1)
        return round(self.left + min(max(share, 0), 1) * (self.width - self.left - self.right), 1)

    def y(self, value: float) -> float:
        """Return where a value stands."""
        share = value * self.factor / self.top
        return round(self.height - BOTTOM - share * (self.height - BOTTOM - TOP), 1)

    def grid(self) -> list[Markup]:
        """Return the lines at zero, the middle and the top, with their numbers."""
        wanted = [0, self.top // 2, self.top] if self.top > 1 else [0]
        return [self._grid_line(value) for value in wanted]

    def _grid_line(self, value: int) -> Markup:
        y = self.y(value / self.factor)
        return Markup(
            '<line class="grid" x1="{left}" x2="{right}" y1="{y}" y2="{y}"/>'
            '<text class="axis" x="{at}" y="{below}" text-anchor="end">{value}{mark}</text>'
        ).format(
            left=self.left, right=self.width - self.right, y=y, at=self.left - 6, below=y + 4,
            value=f"{value:,}", mark=self.mark,
        )  # fmt: skip

    def day(self, day: date, words: str) -> Markup:
        """Return the words under a day."""
        return Markup(
            '<text class="axis" x="{x}" y="{y}" text-anchor="middle">{words}</text>'
        ).format(x=self.x(day), y=self.height - 8, words=words)

    def labelled(self, days: Sequence[date]) -> list[date]:
        """Return the days that there is room to write under, the last one among them."""
        room = (self.width - self.left - self.right) // LABEL_WIDTH + 1
        return list(days)[::-1][:: -(-len(days) // max(1, room))][::-1]

    def bands(self, bands: Sequence[Band]) -> list[Markup]:
        """Return the shaded spans that reach into the picture."""
        return [
            self._band(band) for band in bands if band.last > self.first and band.first < self.last
        ]

    def _band(self, band: Band) -> Markup:
        left, right = self.x(band.first), self.x(band.last)
        return Markup(
            '<rect class="festival" x="{x}" y="{top}" width="{width}" height="{height}"/>'
            '<text class="axis" x="{middle}" y="{words}" text-anchor="middle">{name}</text>'
        ).format(
            x=left, top=TOP, width=round(max(right - left, 2), 1),
            height=self.height - BOTTOM - TOP, middle=round((left + right) / 2, 1),
            words=TOP + 12, name=band.name,
        )  # fmt: skip


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
