"""migration.depart: somebody leaves home for work."""

from msgspec import UNSET

from streams.wire.envelope import Event
from streams.wire.event_type import MIGRATION_EVENTS, EventType, Subject
from streams.wire.field import Needed, WorkRegion
from yujing.domain.codes import Answer, Area

KIND = 16


class MigrationDepart(Event, tag="migration.depart"):
    """Somebody leaves home for work."""

    work_region: Needed[WorkRegion] = UNSET
    area: Area = Area.UNKNOWN
    organised: Answer = Answer.UNKNOWN


EVENT = EventType(MigrationDepart, KIND, Subject.PERSON, MIGRATION_EVENTS)
