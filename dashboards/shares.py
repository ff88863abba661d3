"""Panels of one number and what it is a part of."""

from dataclasses import dataclass

from dashboards.panel import About, Column, Panel, Shape, Unit
from dashboards.sql import standing
from dashboards.suppression import Suppress

WITH_SHARE = Suppress(also=("share",))
_OF_A_WHOLE = Suppress(others=("among",), also=("share",))


@dataclass(frozen=True)
class Counted:
    """A standing number (see `dashboards.standing.measures`), or its cells of one value."""

    code: str
    value: int | None = None

    @property
    def condition(self) -> str:
        """SQL of its cells."""
        code = f"code = '{self.code}'"
        return code if self.value is None else f"({code} AND value = {self.value})"


def share(code: str, title: str, unit: Unit, part: Counted, whole: Counted, about: About) -> Panel:
    """Return the panel of a standing number, the number it is a part of, and its share.

    Parameters
    ----------
    code, title, unit, about
        Of the panel.
    part, whole
        What is counted, and of what.
    """
    sql = (
        f"SELECT sumIf(cell, {part.condition}) AS n, sumIf(cell, {whole.condition}) AS among, "
        f"if(among = 0, NULL, n / among) AS share FROM {standing(part.code, whole.code)} "
        "HAVING count() > 0"
    )
    columns = (
        Column("n", title, unit), Column("among", "总数", unit), Column("share", "占比", Unit.SHARE)
    )  # fmt: skip
    return Panel(code, title, Shape.STAT, columns, sql, about, suppress=_OF_A_WHOLE)
