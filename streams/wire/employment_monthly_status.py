"""employment.monthly_status: whether somebody worked in a month (务工月监测)."""

from msgspec import UNSET

from streams.wire.envelope import Event
from streams.wire.event_type import EMPLOYMENT_EVENTS, EventType, Subject
from streams.wire.field import Count, Employer, Month, Needed, WorkRegion, Yuan
from yujing.domain.codes import Answer, Area, Channel, Form, Industry

KIND = 9


class EmploymentMonthlyStatus(Event, tag="employment.monthly_status"):
    """Whether somebody worked in a month (务工月监测)."""

    month: Needed[Month] = UNSET
    worked: Needed[Answer] = UNSET
    area: Area = Area.UNKNOWN
    form: Form = Form.UNKNOWN
    work_region: WorkRegion | None = None
    employer: Employer | None = None
    industry: Industry = Industry.UNKNOWN
    wage_month: Yuan | None = None
    days_worked: Count = 0
    channel: Channel = Channel.UNKNOWN


EVENT = EventType(
    EmploymentMonthlyStatus,
    KIND,
    Subject.PERSON,
    EMPLOYMENT_EVENTS,
    columns={"wage_month": "wage_fen"},
)
