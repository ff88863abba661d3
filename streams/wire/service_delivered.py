"""service.delivered: a service of the 1131 standard was given."""

from msgspec import UNSET

from streams.wire.envelope import Event
from streams.wire.event_type import FEEDBACK_EVENTS, EventType, Subject
from streams.wire.field import CardNumber, Needed
from yujing.domain.codes import Service, ServiceResult

KIND = 25


class ServiceDelivered(Event, tag="service.delivered"):
    """A service of the 1131 standard was given on `occurred_from`."""

    service: Needed[Service] = UNSET
    result: ServiceResult = ServiceResult.UNKNOWN
    card_id: CardNumber = 0


EVENT = EventType(
    ServiceDelivered, KIND, Subject.PERSON, FEEDBACK_EVENTS, columns={"card_id": "card"}
)
