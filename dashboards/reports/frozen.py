"""The figures of a report as they were when it was made: all that is needed to write it again.

A report is written from these alone, so that a later release with other panels writes the same.
"""

import hashlib
import math
from datetime import date
from typing import Any

import msgspec

from dashboards.figures import written
from dashboards.macros import Filters, expanded
from dashboards.panel import About, Column, Panel, Shape, Unit
from dashboards.reading import Answer, Row
from dashboards.suppression import Suppress

Value = int | float | str | None


class FrozenColumn(msgspec.Struct, frozen=True):
    """A column of a panel; `day` where its values are days."""

    name: str
    zh: str
    unit: str | None = None
    day: bool = False


class FrozenRow(msgspec.Struct, frozen=True):
    """A row; days are texts."""

    values: tuple[Value, ...]
    hidden: bool = False
    small: bool = False


class Earlier(msgspec.Struct, frozen=True):
    """The rows of the same panel for a period before.

    Parameters
    ----------
    word, period
        Which period, such as 上月 and 2026-09.
    report
        Id of the frozen report that they come from, "" where they were read with the others.
    rows
        What it said.
    """

    word: str
    period: str
    report: str
    rows: tuple[FrozenRow, ...]


class Figures(msgspec.Struct, frozen=True):
    """A panel with its rows.

    Parameters
    ----------
    code
        Board and panel, such as labour/flows.
    title, shape, columns, empty
        Of the panel.
    about
        Counts, among, source, delay, caveat.
    hides
        The counted column and those that are hidden with it; empty where nothing is.
    query
        The panel's SQL with its macros.
    sql
        The same as it was asked: the filters of the report filled in.
    rows, earlier
        What it showed, and what it showed for periods before.
    """

    code: str
    title: str
    shape: str
    columns: tuple[FrozenColumn, ...]
    empty: str
    about: tuple[str, str, str, str, str]
    hides: tuple[str, ...]
    query: str
    sql: str
    rows: tuple[FrozenRow, ...]
    earlier: tuple[Earlier, ...] = ()

    @property
    def answer(self) -> Answer:
        """The panel and its rows as boards write them."""
        return self.answer_of(self.rows)

    def answer_of(self, rows: tuple[FrozenRow, ...]) -> Answer:
        """Return other rows of this panel as boards write them."""
        days = [column.day for column in self.columns]
        counts, among, source, delay, caveat = self.about
        panel = Panel(
            self.code, self.title, Shape(self.shape),
            tuple(Column(c.name, c.zh, None if c.unit is None else Unit[c.unit])
                  for c in self.columns),
            self.query, About(counts, source, delay, among, caveat),
            suppress=Suppress(self.hides[0], also=self.hides[1:]) if self.hides else None,
            empty=self.empty,
        )  # fmt: skip
        return Answer(panel, [
            Row(
                tuple(date.fromisoformat(v) if is_day and isinstance(v, str) else v
                      for is_day, v in zip(days, row.values, strict=True)),
                row.hidden, row.small,
            )
            for row in rows
        ])  # fmt: skip

    @property
    def texts(self) -> list[list[str]]:
        """The rows as everybody reads them."""
        return written(self.answer)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(column.name for column in self.columns)

    @property
    def keys(self) -> list[int]:
        """The places of the columns that tell the rows apart."""
        return [place for place, column in enumerate(self.columns) if column.unit is None]


class Asked(msgspec.Struct, frozen=True):
    """The filters behind every figure of a report: days of China, codes of places."""

    first: str
    last: str
    counties: tuple[int, ...]
    townships: tuple[int, ...]


class Chapter(msgspec.Struct, frozen=True):
    """A heading with its panels."""

    title: str
    figures: tuple[Figures, ...]


class Body(msgspec.Struct, frozen=True):
    """The frozen content of a report."""

    kind: str
    period: str
    place: int
    place_name: str
    title: str
    until: str
    asked: Asked
    chapters: tuple[Chapter, ...]

    @property
    def figures(self) -> tuple[Figures, ...]:
        """All panels in reading order."""
        return tuple(one for chapter in self.chapters for one in chapter.figures)

    def find(self, code: str) -> Figures | None:
        """Return the panel of a code, such as labour/flows."""
        return next((one for one in self.figures if one.code == code), None)


def frozen(
    code: str, answer: Answer, filters: Filters, earlier: tuple[Earlier, ...] = ()
) -> Figures:
    """Return a panel as it is kept."""
    panel, rows = answer.panel, frozen_rows(answer)
    days = [
        any(isinstance(row.values[place], date) for row in answer.rows)
        for place in range(len(panel.columns))
    ]
    about = panel.about
    return Figures(
        code=code, title=panel.title, shape=panel.shape.value,
        columns=tuple(
            FrozenColumn(c.name, c.zh, None if c.unit is None else c.unit.name, is_day)
            for c, is_day in zip(panel.columns, days, strict=True)
        ),
        empty=panel.empty,
        about=(about.counts, about.among, about.source, about.delay, about.caveat),
        hides=() if panel.suppress is None else panel.suppress.hides,
        query=panel.query, sql=expanded(panel.query, filters), rows=rows, earlier=earlier,
    )  # fmt: skip


def frozen_rows(answer: Answer) -> tuple[FrozenRow, ...]:
    """Return rows as they are kept."""
    return tuple(
        FrozenRow(tuple(_kept(value) for value in row.values), row.hidden, row.small)
        for row in answer.rows
    )


def encode(body: Body) -> bytes:
    """Return the content in one form only: what is the same has the same bytes."""
    return msgspec.json.encode(body)


def decode(content: bytes | str) -> Body:
    """Return the content of its bytes."""
    return msgspec.json.decode(content, type=Body)


def digest_of(content: bytes) -> str:
    """Return the SHA-256 of the bytes of a content."""
    return hashlib.sha256(content).hexdigest()


def _kept(value: Any) -> Value:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if isinstance(value, (int, float, str)) else None
