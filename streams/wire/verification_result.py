"""verification.result: what a worker found on a visit or call."""

from msgspec import UNSET

from streams.wire.envelope import Event
from streams.wire.event_type import FEEDBACK_EVENTS, EventType, Subject
from streams.wire.field import CardNumber, Needed, Note
from yujing.domain.codes import Answer, Outcome, Risk, VisitMode

KIND = 24


class VerificationResult(Event, tag="verification.result"):
    """What a worker found on a visit or call on `occurred_from`."""

    card_id: CardNumber = 0
    outcome: Needed[Outcome] = UNSET
    mode: VisitMode = VisitMode.UNKNOWN
    risks: tuple[Risk, ...] = ()
    worked: Answer = Answer.UNKNOWN
    note: Note | None = None


EVENT = EventType(
    VerificationResult,
    KIND,
    Subject.EITHER,
    FEEDBACK_EVENTS,
    columns={"card_id": "card", "note": "text"},
)
