"""employment.plan: whether somebody means to leave for work (计划外出务工)."""

from msgspec import UNSET

from streams.wire.envelope import Event
from streams.wire.event_type import EMPLOYMENT_EVENTS, EventType, Subject
from streams.wire.field import Month, Needed, Yuan
from yujing.domain.codes import Answer, Area, Industry

KIND = 10


class EmploymentPlan(Event, tag="employment.plan"):
    """Whether somebody means to leave for work (计划外出务工); may lie in the future."""

    month: Needed[Month] = UNSET
    planned: Needed[Answer] = UNSET
    area: Area = Area.UNKNOWN
    industry: Industry = Industry.UNKNOWN
    wage_month: Yuan | None = None
    training_wish: Answer = Answer.UNKNOWN


EVENT = EventType(
    EmploymentPlan, KIND, Subject.PERSON, EMPLOYMENT_EVENTS, columns={"wage_month": "wage_fen"}
)
