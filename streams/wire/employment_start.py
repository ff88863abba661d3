"""employment.start: a job begins."""

from msgspec import UNSET

from streams.wire.envelope import Event
from streams.wire.event_type import EMPLOYMENT_EVENTS, EventType, Subject
from streams.wire.field import Count, Employer, Needed, WorkRegion, Yuan
from yujing.domain.codes import Answer, Area, Channel, Form, Industry

KIND = 7


class EmploymentStart(Event, tag="employment.start"):
    """A job begins on `occurred_from`."""

    area: Needed[Area] = UNSET
    form: Form = Form.UNKNOWN
    work_region: WorkRegion | None = None
    channel: Channel = Channel.UNKNOWN
    employer: Employer | None = None
    industry: Industry = Industry.UNKNOWN
    wage_month: Yuan | None = None
    contract: Answer = Answer.UNKNOWN
    contract_months: Count = 0
    organised: Answer = Answer.UNKNOWN
    intermediary: Employer | None = None


EVENT = EventType(
    EmploymentStart,
    KIND,
    Subject.PERSON,
    EMPLOYMENT_EVENTS,
    columns={"wage_month": "wage_fen", "intermediary": "other"},
)
