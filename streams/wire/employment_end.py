"""employment.end: a job ends."""

from msgspec import UNSET

from streams.wire.envelope import Event
from streams.wire.event_type import EMPLOYMENT_EVENTS, EventType, Subject
from streams.wire.field import Needed, Yuan
from yujing.domain.codes import Answer, EndReason

KIND = 8


class EmploymentEnd(Event, tag="employment.end"):
    """A job ends on `occurred_from`."""

    reason: Needed[EndReason] = UNSET
    wage_month: Yuan | None = None
    arrears: Answer = Answer.UNKNOWN


EVENT = EventType(
    EmploymentEnd, KIND, Subject.PERSON, EMPLOYMENT_EVENTS, columns={"wage_month": "wage_fen"}
)
