"""comparison.answer: who is right where two sources contradict each other."""

from typing import Annotated

from msgspec import UNSET, Meta

from streams.wire.envelope import Event
from streams.wire.event_type import FEEDBACK_EVENTS, EventType, Subject
from streams.wire.field import CardNumber, Needed
from yujing.domain.codes import Side

KIND = 26
ComparisonNumber = Annotated[
    int, Meta(ge=1, le=255, description="Number of the comparison (alerts/comparisons).")
]


class ComparisonAnswer(Event, tag="comparison.answer"):
    """Which of two sources is right about somebody, as told on `occurred_from`."""

    comparison: Needed[ComparisonNumber] = UNSET
    right: Needed[Side] = UNSET
    card_id: CardNumber = 0


EVENT = EventType(
    ComparisonAnswer,
    KIND,
    Subject.EITHER,
    FEEDBACK_EVENTS,
    columns={"comparison": "grade", "right": "result", "card_id": "card"},
)
