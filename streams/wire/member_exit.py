"""member.exit: a person leaves the household or the register."""

from msgspec import UNSET

from streams.wire.envelope import Event
from streams.wire.event_type import HOUSEHOLD_EVENTS, EventType, Subject
from streams.wire.field import Needed
from yujing.domain.codes import ExitReason

KIND = 2


class MemberExit(Event, tag="member.exit"):
    """A person leaves the household or the register."""

    reason: Needed[ExitReason] = UNSET


EVENT = EventType(MemberExit, KIND, Subject.PERSON, HOUSEHOLD_EVENTS)
