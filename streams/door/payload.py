"""The payload of a batch as columns, one type at a time, by the annotations of its fields.

Both readers share it: the door's, and the one of stamped events behind it, where nothing is
personal any more and keys stand for employers and texts.
"""

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
from streams.wire.envelope import Event, Record
from streams.wire.field import Spelling
from yujing.domain.days import NEVER

WORK_REGION_DIGITS = 6
PERSONAL = (Spelling.TEXT, Spelling.EMPLOYER, Spelling.ID_NUMBER)


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


def fill(group: Group, events: Sequence[Record], facts: FactArray, faults: Faults) -> None:
    """Fill the payload columns of the events of one type, none of them retracted.

    Personal fields are left to `fill_personal`.
    """
    at = group.at
    for field in fields_of(group.event_type):
        if field.spelling in PERSONAL:
            continue
        values: list[Any] = list(map(attrgetter(field.name), events))
        n_missing = values.count(UNSET) if field.default is UNSET else 0
        if n_missing:
            missing = np.fromiter((value is UNSET for value in values), bool, len(values))
            faults.fail(missing, "missing_field", field.name, at)
            values = [None if value is UNSET else value for value in values]
        if values.count(field.default) != len(values):  # else the column is unknown already
            _fill_column(field, values, facts, faults, at)


def fill_personal(
    group: Group, events: Sequence[Event], facts: FactArray, texts: PersonalTexts, keys: Keys
) -> None:
    """Fill the columns that hold keys of employers and of texts."""
    for field in fields_of(group.event_type):
        if field.spelling is Spelling.EMPLOYER:
            names: list[Any] = list(map(attrgetter(field.name), events))
            if names.count(None) != len(names):
                facts[field.column][group.at] = _employers(names, texts, keys)
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
        column, bad = columns.digits(values, WORK_REGION_DIGITS)
        faults.fail(bad, "wrong_digits", field.name, at)
    elif field.spelling is Spelling.KEY:
        column, bad = columns.keys(values)
        faults.fail(bad, "bad_key", field.name, at)
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
def fields_of(event_type: EventType) -> list[Field]:
    """Return how each payload field of a type becomes a column."""
    struct, payload = event_type.struct, event_type.payload
    hints = get_type_hints(struct, include_extras=True)
    return [
        _field(f.name, event_type.column(f.name), f.default, hints[f.name])
        for f in structs.fields(struct)
        if f.name in payload
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
