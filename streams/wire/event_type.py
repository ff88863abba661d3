"""What the catalogue knows of an event type beside its fields."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from msgspec import UNSET, structs

from streams.wire.envelope import Record

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


@dataclass(frozen=True, eq=False)  # each is one of a kind, and is a key of tables
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

    struct: type[Record]
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
        envelope = [base for base in self.struct.__mro__[1:] if issubclass(base, Record)]
        inherited = envelope[0].__struct_fields__
        return tuple(name for name in self.struct.__struct_fields__ if name not in inherited)

    @property
    def required(self) -> tuple[str, ...]:
        """Names of the payload fields that are required unless it retracts."""
        return tuple(f.name for f in structs.fields(self.struct) if f.default is UNSET)

    def column(self, name: str) -> str:
        """Return the column of `FACT` that a payload field fills."""
        return self.columns.get(name, name)
