"""medical.settlement: a medical bill was settled."""

from msgspec import UNSET

from streams.wire.envelope import Event
from streams.wire.event_type import INSURANCE_EVENTS, EventType, Subject
from streams.wire.field import Needed, Yuan
from yujing.domain.codes import Treatment

KIND = 19


class MedicalSettlement(Event, tag="medical.settlement"):
    """A medical bill was settled; `self_pay` is the compliant part that the person pays."""

    treatment: Needed[Treatment] = UNSET
    total: Needed[Yuan] = UNSET
    fund: Yuan | None = None
    self_pay: Needed[Yuan] = UNSET


EVENT = EventType(
    MedicalSettlement,
    KIND,
    Subject.PERSON,
    INSURANCE_EVENTS,
    columns={"total": "total_fen", "fund": "amount_fen", "self_pay": "self_pay_fen"},
)
