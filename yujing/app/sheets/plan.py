"""What a file is before anything of it is taken: its tables, their mappings, their scopes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from streams.door.grant import Grant
from streams.door.record_id import safe
from streams.sheets.choosing import Choice, choose
from streams.sheets.mapping import Mappings
from streams.sheets.rules import SheetMapping
from streams.sheets.table import Book, LeftSheet, Table
from streams.sheets.translate import Frame, Hints, read_frame, record_ids_of
from streams.sheets.workbook import read_book
from streams.vault.keys import Keys
from yujing.app.county import County
from yujing.app.sheets.order import SheetOrder
from yujing.app.sheets.scopes import NOTHING, Facts
from yujing.domain.region import CODE_DIGITS
from yujing.errors import SheetRefusedError

_COUNTY_DIGITS = 6
COUNTY_UNIT = 10 ** (CODE_DIGITS - _COUNTY_DIGITS)


@dataclass(frozen=True)
class Piece:
    """One table of a part; `first` is the number of rows of the part before it."""

    table: Table
    choice: Choice
    frame: Frame
    first: int

    @property
    def n_rows(self) -> int:
        """Number of data rows."""
        return len(self.table.data)


@dataclass(frozen=True)
class Part:
    """The tables of a file that one mapping fits: they are delivered together."""

    mapping: SheetMapping
    pieces: tuple[Piece, ...]

    @property
    def n_rows(self) -> int:
        """Number of data rows."""
        return sum(piece.n_rows for piece in self.pieces)

    @property
    def source(self) -> str:
        """The word of the source."""
        return self.mapping.source.value

    @property
    def months(self) -> list[int]:
        """Month numbers that it speaks of, rising."""
        spoken = [p.frame.months.values for p in self.pieces if p.frame.months.values is not None]
        found = {month for values in spoken for month in values.distinct}
        return sorted(month for month in found if isinstance(month, int))


@dataclass(frozen=True)
class Plan:
    """A file that can be taken: its parts, and the sheets that nobody takes."""

    book: Book
    parts: tuple[Part, ...]
    left: tuple[LeftSheet, ...]


@dataclass(frozen=True)
class Brought:
    """Which facts a part names, as far as a later sheet may miss them.

    Parameters
    ----------
    facts
        All of them, sorted, those of refused rows too.
    by_scope
        Those of each scope, sorted.
    unsure
        Scopes with rows that could not be told apart: nothing is missing from them.
    """

    facts: Facts
    by_scope: Mapping[str, Facts]
    unsure: frozenset[str]


def mappings_of(county: County) -> Mappings:
    """Return the mappings, the county's own over the shipped ones."""
    own = county.settings.data / "mappings"
    return Mappings.load(own if own.is_dir() else None)


def plan(county: County, order: SheetOrder) -> Plan:
    """Read a file and find what its sheets are; nothing is changed.

    Raises
    ------
    UnreadableFileError
        If it cannot be read as a whole, or no sheet of it is known.
    SheetRefusedError
        If a sheet says no month, two months, lacks a column, or is another department's.
    """
    mappings = mappings_of(county)
    book = read_book(order.content, order.name, known_headers=mappings.known_headers)
    left = list(book.left)
    chosen: list[tuple[Table, Choice]] = []
    for table in book.tables:
        choice = choose(table, mappings, file_name=order.name)
        if choice is None:
            left.append(
                LeftSheet(table.name, "表头与已知的表都不符，未处理", "no mapping fits its header")
            )
        else:
            chosen.append((table, choice))
    if not chosen:
        raise SheetRefusedError(
            "表头与已知的表都不符；请核对列名，或请数据管理员为这张表添加对应关系",
            "no sheet of it fits a mapping; `yujing mappings try FILE` shows why",
        )
    return Plan(book, tuple(_parts(county, order, chosen)), tuple(left))


def _parts(county: County, order: SheetOrder, chosen: list[tuple[Table, Choice]]) -> Iterator[Part]:
    hints = Hints(order.name, order.month, county.today())
    home = home_of(county, order.grant)
    by_mapping: dict[str, list[Piece]] = {}
    for table, choice in chosen:
        mapping = choice.mapping
        if order.grant.source is not None and order.grant.source != mapping.source:
            owner = county.source_register.department(mapping.source)
            raise SheetRefusedError(
                f"“{mapping.title}”由{owner}报送，本单位的账号不能报，未接收",
                f"this sender may not send {mapping.name}; {mapping.source.value} does",
            )
        frame = read_frame(table, choice, hints, county.regions, home=home)
        pieces = by_mapping.setdefault(mapping.name, [])
        first = pieces[-1].first + pieces[-1].n_rows if pieces else 0
        pieces.append(Piece(table, choice, frame, first))
    for pieces in by_mapping.values():
        yield Part(pieces[0].choice.mapping, tuple(pieces))


def home_of(county: County, grant: Grant) -> int:
    """Return the 12-digit code of the county that a row means which names none; 0 unknown.

    It is the county that the sender may speak of, else the one in which all households live.
    """
    prefixes = {prefix[:_COUNTY_DIGITS] for prefix in grant.regions}
    if len(prefixes) == 1:
        prefix = prefixes.pop()
        if len(prefix) == _COUNTY_DIGITS:
            return int(prefix.ljust(CODE_DIGITS, "0"))
    if county.settings.distributed:
        return 0  # a province; and only workers and pages hold a state
    with county.busy:
        regions = county.state.households["region"]
        held = np.unique(regions // COUNTY_UNIT)
    held = held[held > 0]
    return int(held[0]) * COUNTY_UNIT if len(held) == 1 else 0


def brought_by(part: Part, keys: Keys) -> Brought:
    """Return which facts a part names that a later sheet may miss."""
    if not part.mapping.replaces:
        return Brought(NOTHING, {}, frozenset())
    found: list[Facts] = []
    numbers: list[npt.NDArray[np.int64]] = []
    names: dict[str, int] = {}
    unsure: set[str | None] = set()
    for piece in part.pieces:
        named = record_ids_of(piece.frame)
        sources = [part.source] * len(named.record_ids)
        found.append(keys.fact_keys(sources, safe(named.record_ids, keys)))
        scopes = piece.frame.scopes
        of_row = np.fromiter(
            (-1 if s is None else names.setdefault(s, len(names)) for s in scopes),
            np.int64, len(scopes),
        )  # fmt: skip
        numbers.append(of_row[named.row])
        unsure |= {scopes[row] for row in named.unreadable.tolist()}
    facts, of = np.concatenate(found), np.concatenate(numbers)
    order = np.argsort(of, kind="stable")
    facts, of = facts[order], of[order]
    edges = np.searchsorted(of, np.arange(len(names) + 1))
    by_scope = {name: np.unique(facts[edges[i] : edges[i + 1]]) for name, i in names.items()}
    doubted = set(by_scope) if None in unsure else {name for name in unsure if name is not None}
    return Brought(np.unique(facts), by_scope, frozenset(doubted))
