"""A panel, written once: Grafana, the pages and the exports are made from it."""

from dataclasses import dataclass
from enum import Enum

from dashboards.suppression import Suppress, suppressed

PLACE = (
    "$__conditionalAll(intDiv(township, 1000000) * 1000000 IN (${county:csv}), $county) "
    "AND $__conditionalAll(township IN (${township:csv}), $township)"
)  # the condition on cells of the places that a reader chose

IN_ONE_LIST = Suppress()


class Shape(Enum):
    """How a panel is drawn."""

    STAT = "stat"  # one row; a number, and what it is a part of
    SERIES = "series"  # a line over time for each value of `label`
    BARS = "bars"  # a bar a row
    TABLE = "table"
    TILES = "tiles"  # townships as tiles of equal size, shaded by the number


class Unit(Enum):
    """What a number is; its word on the page and its name in Grafana."""

    PEOPLE = ("人", "suffix:人")
    HOUSEHOLDS = ("户", "suffix:户")
    CASES = ("件", "suffix:件")
    TIMES = ("次", "suffix:次")
    RECORDS = ("条", "suffix:条")
    YUAN = ("元", "suffix:元")
    DAYS = ("天", "suffix:天")
    SHARE = ("%", "percentunit")  # 0 to 1
    PLAIN = ("", "short")

    @property
    def zh(self) -> str:
        """The word behind the number."""
        return self.value[0]

    @property
    def grafana(self) -> str:
        """The unit's name in Grafana."""
        return self.value[1]


@dataclass(frozen=True)
class Column:
    """A column of a panel.

    Parameters
    ----------
    name
        In the SQL.
    zh
        On the board.
    unit
        Of its numbers; None for a text or a day.
    """

    name: str
    zh: str
    unit: Unit | None = None


@dataclass(frozen=True)
class About:
    """What a reader of a panel is told.

    Parameters
    ----------
    counts, among
        What numerator and denominator count; `among` empty without one.
    source
        Where it comes from.
    delay
        How late it is.
    caveat
        What it does not say.
    """

    counts: str
    source: str
    delay: str
    among: str = ""
    caveat: str = ""

    @property
    def text(self) -> str:
        """All of it as one paragraph."""
        parts = [f"统计：{self.counts}", f"其中分母：{self.among}" if self.among else ""]
        parts += [f"来源：{self.source}", f"时效：{self.delay}"]
        parts += [f"注意：{self.caveat}" if self.caveat else ""]
        return "。".join(part for part in parts if part) + "。"


@dataclass(frozen=True)
class Panel:
    """One panel of a board.

    Parameters
    ----------
    code
        Its name in addresses; unique on its board.
    title
        What it shows, in a leader's words.
    shape
        How it is drawn.
    columns
        Those of its SQL, in order. A series begins with a day, then `label` where it has several
        lines, then the number; bars and tiles with a text (tiles: `township`), then the number.
    sql
        A SELECT in the language of the Grafana plugin, without ORDER BY.
    about
        What it says.
    suppress
        What is hidden; None where a panel counts no people or households.
    order
        SQL of the order of the rows.
    link
        Address in the service of the list behind it, "" without one.
    empty
        What is said instead of rows that are not there.
    """

    code: str
    title: str
    shape: Shape
    columns: tuple[Column, ...]
    sql: str
    about: About
    suppress: Suppress | None = IN_ONE_LIST
    order: str = ""
    link: str = ""
    empty: str = "尚无数据"

    @property
    def query(self) -> str:
        """The whole SQL, small cells hidden, still with the plugin's macros."""
        sql = " ".join(self.sql.split())
        if self.suppress is not None:
            numbers = set(self.suppress.hides)
            keys = [c.name for c in self.columns if c.name not in numbers and c.unit is None]
            sql = suppressed(sql, self.suppress, keys)
        return f"{sql} ORDER BY {self.order}" if self.order else sql


@dataclass(frozen=True)
class Board:
    """A board: panels in reading order.

    Parameters
    ----------
    code
        Its name in addresses, and the end of its uid in Grafana.
    title
        Its name.
    question
        What it answers, in one sentence.
    rows
        Panels side by side, from the top.
    operators
        Whether it is for operators instead of leaders.
    """

    code: str
    title: str
    question: str
    rows: tuple[tuple[Panel, ...], ...]
    operators: bool = False

    @property
    def panels(self) -> tuple[Panel, ...]:
        """All panels in reading order."""
        return tuple(panel for row in self.rows for panel in row)
