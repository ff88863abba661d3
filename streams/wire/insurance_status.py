"""insurance.status: an enrolment begins, is suspended, resumes or ends."""

from msgspec import UNSET

from streams.wire.envelope import Event
from streams.wire.event_type import INSURANCE_EVENTS, EventType, Subject
from streams.wire.field import Employer, Month, Needed, WorkRegion, Yuan
from yujing.domain.codes import Insurance, InsuranceStatus

KIND = 13


class InsuranceStatusChange(Event, tag="insurance.status"):
    """An enrolment begins, is suspended, resumes or ends with a month."""

    insurance: Needed[Insurance] = UNSET
    status: Needed[InsuranceStatus] = UNSET
    month: Needed[Month] = UNSET
    work_region: WorkRegion | None = None
    employer: Employer | None = None
    base_month: Yuan | None = None


EVENT = EventType(
    InsuranceStatusChange,
    KIND,
    Subject.PERSON,
    INSURANCE_EVENTS,
    columns={"base_month": "base_fen"},
)
