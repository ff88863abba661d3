"""insurance.resident_annual: the yearly premium of a resident scheme."""

from msgspec import UNSET

from streams.wire.envelope import Event
from streams.wire.event_type import INSURANCE_EVENTS, EventType, Subject
from streams.wire.field import GradeYuan, Needed, Year
from yujing.domain.codes import Insurance, Payer

KIND = 15


class InsuranceResidentAnnual(Event, tag="insurance.resident_annual"):
    """The premium of a resident scheme (170 pension, 390 medical) for a year."""

    insurance: Needed[Insurance] = UNSET
    year: Needed[Year] = UNSET
    grade: GradeYuan = 0
    payer: Needed[Payer] = UNSET


EVENT = EventType(
    InsuranceResidentAnnual, KIND, Subject.PERSON, INSURANCE_EVENTS, columns={"year": "month"}
)
