"""unemployment.register: somebody registers as unemployed (失业登记)."""

from streams.wire.envelope import Event
from streams.wire.event_type import EMPLOYMENT_EVENTS, EventType, Subject
from yujing.domain.codes import EndReason

KIND = 11


class UnemploymentRegister(Event, tag="unemployment.register"):
    """Somebody registers as unemployed (失业登记)."""

    reason: EndReason = EndReason.UNKNOWN


EVENT = EventType(UnemploymentRegister, KIND, Subject.PERSON, EMPLOYMENT_EVENTS)
