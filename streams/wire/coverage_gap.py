"""coverage.gap: a month closed and nobody said whether somebody worked in it."""

from msgspec import UNSET

from streams.wire.envelope import Event
from streams.wire.event_type import EMPLOYMENT_EVENTS, EventType, Subject
from streams.wire.field import Month, Needed

KIND = 27


class CoverageGap(Event, tag="coverage.gap"):
    """A labourer without a monthly status of a month that is closed."""

    month: Needed[Month] = UNSET


EVENT = EventType(CoverageGap, KIND, Subject.PERSON, EMPLOYMENT_EVENTS)
