"""What the catalogue knows of an event type beside its fields."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from msgspec import UNSET, structs

from streams.wire.envelope import ENVELOPE_FIELDS, Event

HOUSEHOLD_EVENTS = "household-events"
EMPLOYMENT_EVENTS = "employment-events"
INSURANCE_EVENTS = "insurance-events"
MIGRATION_EVENTS = "migration-events"
FEEDBACK_EVENTS = "feedback-events"
TOPICS = (
    EMPLOYMENT_EVENTS, INSURANCE_EVENTS, MIGRATION_EVENTS, HOUSEHOLD_EVENTS, FEEDBACK_EVENTS,
)  # fmt: skip


class Subject(Enum):
    """Whom an event type is about."""

    PERSON = "person"
    HOUSEHOLD = "household"
    EITHER = "either"  # the person if one is named, else the household
    AREA = "area"  # the place of `region_code`


@dataclass(frozen=True)
class EventType:
    """One kind of event.

    Parameters
    ----------
    struct
        Its fields; one whose default is UNSET is required unless the event retracts.
    kind
        Its number in `FACT`, never used again for another.
    subject
        Whom it is about.
    topic
        The topic of its kind.
    columns
        Column of `FACT` for each payload field whose column has another name.
    needs
        Envelope fields that it requires unless it retracts; "household" is either form of the key.
    """

    struct: type[Event]
    kind: int
    subject: Subject
    topic: str
    columns: Mapping[str, str] = field(default_factory=dict)
    needs: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The word on the wire."""
        return str(self.struct.__struct_config__.tag)

    @property
    def title(self) -> str:
        """One line on what it means."""
        return (self.struct.__doc__ or "").strip().splitlines()[0]

    @property
    def payload(self) -> tuple[str, ...]:
        """Names of the fields beside the envelope."""
        return tuple(n for n in self.struct.__struct_fields__ if n not in ENVELOPE_FIELDS)

    @property
    def required(self) -> tuple[str, ...]:
        """Names of the payload fields that are required unless it retracts."""
        return tuple(f.name for f in structs.fields(self.struct) if f.default is UNSET)

    def column(self, name: str) -> str:
        """Return the column of `FACT` that a payload field fills."""
        return self.columns.get(name, name)
