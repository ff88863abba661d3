"""The payload of a batch as columns, one type at a time, by the annotations of its fields."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from operator import attrgetter
from types import NoneType
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import numpy as np
from msgspec import UNSET, UnsetType, structs

from streams.door import columns
from streams.door.decoding import Group
from streams.door.reason import Faults
from streams.fact import FactArray
from streams.vault.keys import Keys
from streams.wire.catalogue import EventType
from streams.wire.envelope import Event
from streams.wire.field import Spelling
from yujing.domain.days import NEVER

_WORK_REGION_DIGITS = 6


@dataclass(frozen=True)
class Field:
    """How one payload field becomes a column."""

    name: str
    column: str
    default: Any
    code_set: type[StrEnum] | None
    many: bool
    """Whether it is a list of codes."""
    spelling: Spelling | None


@dataclass
class PersonalTexts:
    """Texts that only the vault keeps, with the places of their rows."""

    employers: dict[str, int]
    """Employer or intermediary -> its key."""
    notes: list[tuple[int, str]]
    """(row, text)."""


def fill(
    group: Group,
    events: Sequence[Event],
    facts: FactArray,
    faults: Faults,
    texts: PersonalTexts,
    keys: Keys,
) -> None:
    """Fill the payload columns of the events of one type, none of them retracted."""
    at = group.at
    for field in fields_of(group.event_type):
        values: list[Any] = list(map(attrgetter(field.name), events))
        n_missing = values.count(UNSET) if field.default is UNSET else 0
        if n_missing:
            missing = np.fromiter((value is UNSET for value in values), bool, len(values))
            faults.fail(missing, "missing_field", field.name, at)
            values = [None if value is UNSET else value for value in values]
        if values.count(field.default) == len(values):
            continue  # nobody said anything: the column is unknown already
        if field.spelling is Spelling.TEXT:
            continue  # all texts of an event have one hash, see below
        if field.spelling is Spelling.EMPLOYER:
            facts[field.column][at] = _employers(values, texts, keys)
        elif field.spelling is Spelling.KEY or field.name == "other_id_number":
            continue  # the other person of a link, see streams.door.link
        else:
            _fill_column(field, values, facts, faults, at)
    _fill_texts(group, events, facts, texts, keys)


def _fill_column(
    field: Field, values: list[Any], facts: FactArray, faults: Faults, at: slice
) -> None:
    column: Any
    if field.code_set is not None:
        table = columns.code_numbers(field.code_set)
        column = columns.masks(values, table) if field.many else columns.codes(values, table)
    elif field.spelling is Spelling.YUAN:
        column, bad = columns.fen(values)
        faults.fail(bad, "many_decimals", field.name, at)
    elif field.spelling is Spelling.MONTH:
        column, bad = columns.months(values)
        faults.fail(bad, "impossible_month", field.name, at)
    elif field.spelling is Spelling.DIGITS:
        column, bad = columns.digits(values, _WORK_REGION_DIGITS)
        faults.fail(bad, "wrong_digits", field.name, at)
    elif field.column == "birth":
        column = columns.days(values, NEVER)
    else:
        column = np.array([value or 0 for value in values], dtype=np.int64)
        if field.spelling is Spelling.YEAR:
            column *= 12
    facts[field.column][at] = column


def _employers(names: list[str | None], texts: PersonalTexts, keys: Keys) -> Any:
    different = [name for name in dict.fromkeys(names) if name]
    found = dict(zip(different, keys.employer_keys(different).tolist(), strict=True))
    texts.employers.update(found)
    table: dict[str | None, int] = {None: 0, "": 0}
    table.update(found)
    return np.fromiter(map(table.__getitem__, names), np.uint64, len(names))


def _fill_texts(
    group: Group, events: Sequence[Event], facts: FactArray, texts: PersonalTexts, keys: Keys
) -> None:
    names = [f.name for f in fields_of(group.event_type) if f.spelling is Spelling.TEXT]
    if not names:
        return
    joined = ["\0".join([getattr(event, name) or "" for name in names]) for event in events]
    told = [(at, text) for at, text in enumerate(joined) if text.strip("\0")]
    hashes = keys.text_keys([text for _, text in told])
    facts["text"][group.at][[at for at, _ in told]] = hashes
    if len(names) == 1:
        texts.notes += [(group.at.start + at, text) for at, text in told]


@cache
def _fields(struct: type[Event]) -> dict[str, Any]:
    return get_type_hints(struct, include_extras=True)


def fields_of(event_type: EventType) -> list[Field]:
    """Return how each payload field of a type becomes a column."""
    return _fields_of(event_type.struct, tuple(sorted(event_type.columns.items())))


@cache
def _fields_of(struct: type[Event], renamed: tuple[tuple[str, str], ...]) -> list[Field]:
    inherited = Event.__struct_fields__
    hints, names = _fields(struct), dict(renamed)
    return [
        _field(f.name, names.get(f.name, f.name), f.default, hints[f.name])
        for f in structs.fields(struct)
        if f.name not in inherited
    ]


def _field(name: str, column: str, default: Any, hint: Any) -> Field:
    spelling = None
    while get_origin(hint) is not tuple:
        if get_origin(hint) is Annotated:
            spelling = next((m for m in hint.__metadata__ if isinstance(m, Spelling)), spelling)
            hint = get_args(hint)[0]
            continue
        inner = [part for part in get_args(hint) if part not in (NoneType, UnsetType)]
        if len(inner) != 1:
            break
        hint = inner[0]
    many = get_origin(hint) is tuple
    if many:
        hint = get_args(hint)[0]
    code_set = hint if isinstance(hint, type) and issubclass(hint, StrEnum) else None
    return Field(name, column, default, code_set, many, spelling)
