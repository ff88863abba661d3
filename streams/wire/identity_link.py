"""identity.link: two keys are one person."""

from streams.wire.envelope import Event
from streams.wire.event_type import HOUSEHOLD_EVENTS, EventType, Subject
from streams.wire.field import IdNumber, Key

KIND = 3


class IdentityLink(Event, tag="identity.link"):
    """Two keys are one person; can be retracted."""

    other_id_number: IdNumber | None = None
    other_person_key: Key | None = None


EVENT = EventType(
    IdentityLink,
    KIND,
    Subject.PERSON,
    HOUSEHOLD_EVENTS,
    columns={"other_id_number": "other", "other_person_key": "other"},
    needs=("other_person",),
)
