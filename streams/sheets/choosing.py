"""Which mapping fits a table, and which of its columns is which field."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from streams.sheets.cells import header_text
from streams.sheets.rules import ColumnRule, SheetMapping
from streams.sheets.table import Column, Table

_NEUTRAL_ENDS = (  # say nothing about the meaning; "(万元)" does
    "(元)", "(元/月)", "(必填)", "(选填)", "(是/否)", "(天)", "(人)", "*", ":", "(单位:元)",
)  # fmt: skip
_NEUTRAL_HEADING = re.compile(
    "(?:基本|登记|人员|个人|家庭|成员|务工|就业|外出|已外出务工|计划外出务工)*(?:情况|信息)?"
)
_TELLING, _WORD, _PLAIN = 6, 8, 1


Place = tuple[str, str, bool]


@dataclass(frozen=True, slots=True)
class Choice:
    """A mapping for a table.

    Parameters
    ----------
    mapping
        That fits best.
    columns
        Field -> index into the table's columns.
    unknown
        Indices of columns that are no field.
    missing
        Required fields that no column has.
    doubled
        Fields for which two columns have the same header, with their indices.
    """

    mapping: SheetMapping
    columns: Mapping[str, int]
    unknown: tuple[int, ...]
    missing: tuple[str, ...]
    doubled: Mapping[str, tuple[int, ...]]


def choose(table: Table, mappings: Iterable[SheetMapping], *, file_name: str = "") -> Choice | None:
    """Return the mapping that fits a table best, None where none fits.

    Parameters
    ----------
    table
        With its header.
    mappings
        To choose from; two that fit equally well are no choice.
    file_name
        Its words count like those of the title and the sheet's name.

    Returns
    -------
    The choice; required columns may still be missing. A mapping fits when one of its telling
    columns or words is there and at least half of its required columns are.
    """
    said = header_text(f"{table.title} {table.name} {file_name}").casefold()
    scored: list[tuple[float, Choice]] = []
    for mapping in mappings:
        choice = fit(table, mapping)
        score = _score(choice, said)
        if score > 0:
            scored.append((score, choice))
    scored.sort(key=lambda found: -found[0])
    if not scored or (len(scored) > 1 and scored[0][0] == scored[1][0]):
        return None
    return scored[0][1]


def fit(table: Table, mapping: SheetMapping) -> Choice:
    """Return which column of a table is which field of a mapping.

    Parameters
    ----------
    table
        With its header.
    mapping
        Whether it fits or not.
    """
    places = _places(table.columns)
    columns: dict[str, int] = {}
    doubled: dict[str, tuple[int, ...]] = {}
    taken: set[int] = set()
    for whole in (True, False):  # whole headers first, then last parts of headers in two lines
        for rule in mapping.columns.values():
            if rule.field in columns or rule.field in doubled:
                continue
            found = [at for at in _found(rule, places, whole=whole) if at not in taken]
            if len(found) > 1:
                doubled[rule.field] = tuple(found)
            elif found:
                columns[rule.field] = found[0]
            taken.update(found)
    missing = [
        rule.field
        for rule in mapping.columns.values()
        if rule.required and rule.field not in columns and rule.field not in doubled
    ]
    unknown = tuple(at for at in range(len(table.columns)) if at not in taken)
    return Choice(mapping, columns, unknown, tuple(missing), doubled)


def bare_header(header: str) -> str:
    """Return a header without what says nothing about its meaning.

    Examples
    --------
    >>> bare_header("*务工月收入(元)"), bare_header("收入(万元)")
    ('务工月收入', '收入(万元)')
    """
    bare = header_text(header).lstrip("*★").casefold()
    while True:
        end = next((end for end in _NEUTRAL_ENDS if bare.endswith(end) and bare != end), None)
        if end is None:
            return bare
        bare = bare.removesuffix(end)


def _places(columns: Iterable[Column]) -> list[Place]:
    """Return whole header, last part and whether the rest says nothing, of each column."""
    places = []
    for column in columns:
        last = _last_part(column.header)
        heading = column.header.removesuffix(last).rstrip("/")
        neutral = all(map(_NEUTRAL_HEADING.fullmatch, heading.split("/")))
        places.append((bare_header(column.header), bare_header(last), neutral))
    return places


def _last_part(header: str) -> str:
    """Return the last part of a header, where a slash in brackets divides nothing."""
    depth = 0
    for at in range(len(header) - 1, -1, -1):
        depth += {")": 1, "(": -1}.get(header[at], 0)
        if header[at] == "/" and depth == 0:
            return header[at + 1 :]
    return header


def _found(rule: ColumnRule, places: list[Place], *, whole: bool) -> list[int]:
    for alias in rule.aliases:
        wanted = bare_header(alias.header)
        found = [
            at
            for at, (header, last, neutral) in enumerate(places)
            if (header == wanted if whole else last == wanted and (neutral or not alias.generic))
        ]
        if found:
            return found
    return []


def _score(choice: Choice, said: str) -> float:
    """Return how well a mapping fits; 0 where it does not."""
    mapping = choice.mapping
    here = [*choice.columns, *choice.doubled]
    required = sum(rule.required for rule in mapping.columns.values())
    telling = sum(mapping.columns[field].telling for field in here)
    words = sum(header_text(word).casefold() in said for word in mapping.words)
    if not (telling or words) or 2 * len(choice.missing) > required:
        return 0.0
    return _PLAIN * len(here) + _TELLING * telling + _WORD * min(words, 1) - 4 * len(choice.missing)
