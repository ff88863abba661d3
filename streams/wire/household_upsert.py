"""household.upsert: a household is in the register."""

from streams.wire.envelope import Event
from streams.wire.event_type import HOUSEHOLD_EVENTS, EventType, Subject
from streams.wire.field import Count
from yujing.domain.codes import Answer, HouseholdType

KIND = 4


class HouseholdUpsert(Event, tag="household.upsert"):
    """A household is in the register, of this type and at this place."""

    household_type: HouseholdType = HouseholdType.UNKNOWN
    relocation: Answer = Answer.UNKNOWN
    n_members: Count = 0


EVENT = EventType(
    HouseholdUpsert, KIND, Subject.HOUSEHOLD, HOUSEHOLD_EVENTS, needs=("region_code",)
)
