"""The types of stamped events, made from those of the wire: keys stand where a person was named.

A stamped event is what the door made of an event. It has no ID number, household number, name,
phone, note or employer, but keys of them, and the stamps `known_at` and `fact`.
"""

from datetime import date
from typing import Annotated, Any, get_type_hints

from msgspec import UNSET, Meta, UnsetType, defstruct, structs

from streams.door.payload import Field, fields_of
from streams.wire.catalogue import EVENT_TYPES
from streams.wire.envelope import Record
from streams.wire.event_type import EventType
from streams.wire.field import Key, Spelling

TEXT_KEY = "text_key"


class StampedEvent(Record):
    """Envelope of every stamped event."""

    known_at: Annotated[int, Meta(ge=0, le=2**32 - 1, description="Seconds since 1970, UTC.")]
    fact: Annotated[Key, Meta(description="Keyed hash of the source's system and record id.")]
    occurred_from: date  # the door wrote 1970-01-01 where a retraction had none
    flagged: bool = False
    """Whether the door did not know the place."""
    moved_from: Key | None = None
    """Which household a member leaves with this event, as far as the door knows."""


def _stamped(event_type: EventType) -> EventType:
    """Return the stamped type of a type of the wire."""
    hints = get_type_hints(event_type.struct, include_extras=True)
    fields: dict[str, tuple[str, Any, Any]] = {}
    columns: dict[str, str] = {}
    defaults = {f.name: f.default for f in structs.fields(event_type.struct)}
    for field in fields_of(event_type):
        name, hint, default = _stamped_field(field, hints[field.name], defaults[field.name])
        if name:
            fields[name] = (name, hint, default)
            columns[name] = field.column
    wire = event_type.struct
    struct: Any = defstruct(
        f"Stamped{wire.__name__}",
        list(fields.values()),
        bases=(StampedEvent,),
        module=__name__,
        namespace={"__doc__": wire.__doc__},
        tag=event_type.name,
        kw_only=True,
    )
    return EventType(
        struct, event_type.kind, event_type.subject, event_type.topic, columns, event_type.needs
    )


def _stamped_field(field: Field, hint: Any, default: Any) -> tuple[str, Any, Any]:
    if field.spelling is Spelling.ID_NUMBER:
        return "", None, None  # its key is in the other field of the same column
    if field.spelling is Spelling.TEXT:
        return TEXT_KEY, Key | None, None
    if field.spelling is Spelling.EMPLOYER:
        return f"{field.name}_key", Key | None, None
    if field.spelling is Spelling.KEY:
        return (
            field.name,
            Key | UnsetType,
            UNSET,
        )  # the door knows the key of whom an ID number named
    return field.name, hint, default


STAMPED_TYPES: tuple[EventType, ...] = tuple(map(_stamped, EVENT_TYPES))
