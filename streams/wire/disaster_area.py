"""disaster.area: a disaster struck a place."""

from msgspec import UNSET

from streams.wire.envelope import Event
from streams.wire.event_type import HOUSEHOLD_EVENTS, EventType, Subject
from streams.wire.field import Grade, Needed
from yujing.domain.codes import Disaster

KIND = 21


class DisasterArea(Event, tag="disaster.area"):
    """A disaster struck the place of `region_code`, which may be a county, township or village."""

    disaster: Needed[Disaster] = UNSET
    grade: Grade | None = None


EVENT = EventType(DisasterArea, KIND, Subject.AREA, HOUSEHOLD_EVENTS)
