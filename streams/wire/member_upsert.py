"""member.upsert: a person belongs to a household."""

from datetime import date

from msgspec import UNSET

from streams.wire.envelope import Event
from streams.wire.event_type import HOUSEHOLD_EVENTS, EventType, Subject
from streams.wire.field import DisabilityGrade, Name, Needed, Phone
from yujing.domain.codes import Ethnicity, Health, Relation, Schooling, Sex, Skill, Student

KIND = 1


class MemberUpsert(Event, tag="member.upsert"):
    """A person belongs to a household from `occurred_from` on."""

    sex: Needed[Sex] = UNSET
    birth: Needed[date] = UNSET
    relation: Needed[Relation] = UNSET
    ethnicity: Ethnicity = Ethnicity.UNKNOWN
    schooling: Schooling = Schooling.UNKNOWN
    student: Student = Student.UNKNOWN
    health: tuple[Health, ...] = ()
    skill: Skill = Skill.UNKNOWN
    disability: DisabilityGrade = 0
    name: Name | None = None
    phone: Phone | None = None


EVENT = EventType(
    MemberUpsert,
    KIND,
    Subject.PERSON,
    HOUSEHOLD_EVENTS,
    columns={"name": "text", "phone": "text"},
    needs=("household", "region_code"),
)
