"""migration.return: somebody comes home."""

from msgspec import UNSET

from streams.wire.envelope import Event
from streams.wire.event_type import MIGRATION_EVENTS, EventType, Subject
from streams.wire.field import Needed, WorkRegion
from yujing.domain.codes import Intent, ReturnReason

KIND = 17


class MigrationReturn(Event, tag="migration.return"):
    """Somebody comes home, for a reason and with an intent."""

    reason: Needed[ReturnReason] = UNSET
    intent: Needed[Intent] = UNSET
    work_region: WorkRegion | None = None


EVENT = EventType(MigrationReturn, KIND, Subject.PERSON, MIGRATION_EVENTS)
