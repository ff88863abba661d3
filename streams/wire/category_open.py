"""category.open: a person or household enters a category."""

from msgspec import UNSET

from streams.wire.envelope import Event
from streams.wire.event_type import HOUSEHOLD_EVENTS, EventType, Subject
from streams.wire.field import Needed
from yujing.domain.codes import Category

KIND = 5


class CategoryOpen(Event, tag="category.open"):
    """A person or household enters a category."""

    category: Needed[Category] = UNSET


EVENT = EventType(CategoryOpen, KIND, Subject.EITHER, HOUSEHOLD_EVENTS)
