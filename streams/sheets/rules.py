"""A mapping: how one sheet of a department becomes events. It is data, read from one TOML file."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from streams.wire.event_type import EventType
from yujing.domain.codes import ReporterRole, Source

Replaced = Literal["month", "village", "township", "category"]


@dataclass(frozen=True, slots=True)
class Alias:
    """A header of a column.

    Parameters
    ----------
    header
        In the form of `cells.header_text`.
    seen
        Where it was met.
    generic
        Whether it means something else below another heading, as 开始时间 does.
    """

    header: str
    seen: str
    generic: bool = False


@dataclass(frozen=True, slots=True)
class ColumnRule:
    """What one column holds.

    Parameters
    ----------
    field
        Its name inside the mapping.
    spelling
        How its cells are read (`values.spelling`).
    aliases
        The first that a table has wins.
    required
        Whether the sheet must have it, and every row a value in it.
    telling
        Whether it tells this sheet from others.
    personal
        Whether its values are masked in reasons.
    code_set
        Of the spellings "code" and "codes".
    words
        Spelling of a cell (as `values.codes.folded`) -> word on the wire.
    shown
        Words that a reason proposes.
    unknown
        What becomes of a word that nobody knows: the row is refused, or taken with a warning.
    blank
        Spellings that say that there is nothing, beside those that always do.
    """

    field: str
    spelling: str
    aliases: tuple[Alias, ...]
    required: bool = False
    telling: bool = False
    personal: bool = False
    code_set: type[StrEnum] | None = None
    words: Mapping[str, str] = dataclasses.field(default_factory=dict)
    shown: tuple[str, ...] = ()
    unknown: Literal["refuse", "warn"] = "refuse"
    blank: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Condition:
    """What must hold of a row: the field is given, missing, one of `values` or none of them."""

    field: str
    comparison: Literal["given", "missing", "is", "not"]
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Value:
    """What a field of an event takes.

    Parameters
    ----------
    fields
        Fields of the row; the first that has a value, or all of them added up.
    add
        Whether they are amounts to be added.
    otherwise
        A constant where none has a value; None leaves the field out.
    """

    fields: tuple[str, ...]
    add: bool = False
    otherwise: str | int | None = None


@dataclass(frozen=True, slots=True)
class IdPart:
    """A piece of a record id.

    Parameters
    ----------
    text
        What stands there, with fields: where none of them has a value.
    fields
        The first that has a value counts; with each whether a date is cut to its month.
    """

    text: str = ""
    fields: tuple[tuple[str, bool], ...] = ()


@dataclass(frozen=True, slots=True)
class EventRule:
    """One kind of event that a row makes.

    Parameters
    ----------
    event_type
        Of the catalogue.
    record
        Pieces of the record id. It never depends on the place of a row.
    when
        Conditions, all of which must hold.
    occurred_from, occurred_to
        Fields with the days; the first that has a value.
    values
        Field on the wire -> what it takes.
    scoped
        Whether a record that is missing from the next sheet of the same scope is retracted.
    """

    event_type: EventType
    record: tuple[IdPart, ...]
    when: tuple[Condition, ...]
    occurred_from: tuple[str, ...]
    occurred_to: tuple[str, ...]
    values: Mapping[str, Value]
    scoped: bool = False


@dataclass(frozen=True, slots=True)
class SheetMapping:
    """How one sheet becomes events.

    Parameters
    ----------
    name
        Name of its file.
    title
        What the department calls the sheet.
    source
        The source of its events.
    role
        Who reports.
    period
        What the sheet is about: a month, a year, or neither.
    replaces
        What a sheet is the whole of; empty: it replaces nothing.
    category
        Word of the category in the scope, where `replaces` names it.
    words
        Words in a title, a sheet's or a file's name that tell this sheet from others.
    columns
        By field.
    events
        In their order.
    no_event_zh, no_event
        Why a row that makes no event is refused.
    """

    name: str
    title: str
    source: Source
    role: ReporterRole
    period: Literal["month", "year", "none"]
    replaces: tuple[Replaced, ...]
    category: str
    words: tuple[str, ...]
    columns: Mapping[str, ColumnRule]
    events: tuple[EventRule, ...]
    no_event_zh: str
    no_event: str
