"""assist.measure: help was given to a person or household (帮扶措施)."""

from msgspec import UNSET

from streams.wire.envelope import Event
from streams.wire.event_type import HOUSEHOLD_EVENTS, EventType, Subject
from streams.wire.field import Needed, Yuan
from yujing.domain.codes import Measure

KIND = 23


class AssistMeasure(Event, tag="assist.measure"):
    """Help was given to a person or household (帮扶措施)."""

    measure: Needed[Measure] = UNSET
    amount: Yuan | None = None


EVENT = EventType(
    AssistMeasure, KIND, Subject.EITHER, HOUSEHOLD_EVENTS, columns={"amount": "amount_fen"}
)
