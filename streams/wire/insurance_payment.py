"""insurance.payment: a contribution for a month."""

from msgspec import UNSET

from streams.wire.envelope import Event
from streams.wire.event_type import INSURANCE_EVENTS, EventType, Subject
from streams.wire.field import Month, Needed, Yuan
from yujing.domain.codes import Answer, Insurance, Payer

KIND = 14


class InsurancePayment(Event, tag="insurance.payment"):
    """A contribution for a month (费款所属期)."""

    insurance: Needed[Insurance] = UNSET
    month: Needed[Month] = UNSET
    amount: Needed[Yuan] = UNSET
    payer: Needed[Payer] = UNSET
    base_month: Yuan | None = None
    arrears: Answer = Answer.UNKNOWN


EVENT = EventType(
    InsurancePayment,
    KIND,
    Subject.PERSON,
    INSURANCE_EVENTS,
    columns={"amount": "amount_fen", "base_month": "base_fen"},
)
