"""category.close: a person or household leaves a category."""

from msgspec import UNSET

from streams.wire.envelope import Event
from streams.wire.event_type import HOUSEHOLD_EVENTS, EventType, Subject
from streams.wire.field import Needed
from yujing.domain.codes import Category

KIND = 6


class CategoryClose(Event, tag="category.close"):
    """A person or household leaves a category."""

    category: Needed[Category] = UNSET


EVENT = EventType(CategoryClose, KIND, Subject.EITHER, HOUSEHOLD_EVENTS)
