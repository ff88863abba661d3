"""unemployment.deregister: a registration as unemployed ends (失业登记注销)."""

from msgspec import UNSET

from streams.wire.envelope import Event
from streams.wire.event_type import EMPLOYMENT_EVENTS, EventType, Subject
from streams.wire.field import Needed
from yujing.domain.codes import DeregisterReason

KIND = 12


class UnemploymentDeregister(Event, tag="unemployment.deregister"):
    """A registration as unemployed ends (失业登记注销)."""

    reason: Needed[DeregisterReason] = UNSET


EVENT = EventType(UnemploymentDeregister, KIND, Subject.PERSON, EMPLOYMENT_EVENTS)
