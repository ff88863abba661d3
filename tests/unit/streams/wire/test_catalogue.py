from pathlib import Path

import pytest

import streams.wire
from streams.fact import FACT
from streams.wire.catalogue import BY_KIND, BY_NAME, EVENT_TYPES
from streams.wire.event_type import TOPICS, Subject
from tests.support.wire_events import N_REQUIRED, OF_HOUSEHOLD, WIRE

EITHER = (5, 6, 20, 22, 23, 24, 26)
NO_EVENT_TYPES = {"__init__", "catalogue", "envelope", "event_type", "field"}


def test_numbers_and_names_are_fixed() -> None:
    assert {name: event_type.kind for name, event_type in BY_NAME.items()} == {
        name: kind for name, (kind, _) in WIRE.items()
    }
    assert [event_type.kind for event_type in EVENT_TYPES] == list(range(1, 28))
    assert BY_KIND[7] is BY_NAME["employment.start"]


def test_every_file_of_an_event_type_is_in_the_list() -> None:
    files = {path.stem for path in Path(streams.wire.__path__[0]).glob("*.py")} - NO_EVENT_TYPES

    assert files == {event_type.name.replace(".", "_") for event_type in EVENT_TYPES}


@pytest.mark.parametrize("event_type", EVENT_TYPES, ids=lambda t: t.name)
class TestEachType:
    def test_required_fields(self, event_type) -> None:
        forms = WIRE[event_type.name][1]

        assert set(event_type.required) == set(list(forms)[: N_REQUIRED.get(event_type.name, 0)])

    def test_every_field_has_its_column(self, event_type) -> None:
        forms = WIRE[event_type.name][1]
        known = {name: column for name, (column, _) in forms.items()}

        assert all(event_type.column(name) in FACT.names for name in event_type.payload)
        assert {name: event_type.column(name) for name in known} == known

    def test_subject_topic_and_title(self, event_type) -> None:
        if event_type.kind in EITHER:
            subject = Subject.EITHER
        elif event_type.name in OF_HOUSEHOLD:
            subject = Subject.HOUSEHOLD
        else:
            subject = Subject.AREA if event_type.kind == 21 else Subject.PERSON

        assert event_type.subject is subject
        assert event_type.topic in TOPICS
        assert event_type.title.endswith((".", ")"))
