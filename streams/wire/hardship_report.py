"""hardship.report: somebody reports hardship (一键申报, 村报, 12317)."""

from msgspec import UNSET

from streams.wire.envelope import Event
from streams.wire.event_type import FEEDBACK_EVENTS, EventType, Subject
from streams.wire.field import Needed, Note, Yuan
from yujing.domain.codes import Risk

KIND = 20


class HardshipReport(Event, tag="hardship.report"):
    """Somebody reports hardship (一键申报, 村报, 12317)."""

    risks: Needed[tuple[Risk, ...]] = UNSET
    amount: Yuan | None = None
    description: Note | None = None


EVENT = EventType(
    HardshipReport,
    KIND,
    Subject.EITHER,
    FEEDBACK_EVENTS,
    columns={"amount": "amount_fen", "description": "text"},
)
