"""department.warning: a department warns of a person or household (部门预警)."""

from msgspec import UNSET

from streams.wire.envelope import Event
from streams.wire.event_type import HOUSEHOLD_EVENTS, EventType, Subject
from streams.wire.field import Needed, Yuan
from yujing.domain.codes import Warning

KIND = 22


class DepartmentWarning(Event, tag="department.warning"):
    """A department warns of a person or household (部门预警)."""

    warning: Needed[Warning] = UNSET
    value: Yuan | None = None
    threshold: Yuan | None = None


EVENT = EventType(
    DepartmentWarning,
    KIND,
    Subject.EITHER,
    HOUSEHOLD_EVENTS,
    columns={"value": "amount_fen", "threshold": "total_fen"},
)
