from streams.state.layout import N_CATEGORIES
from streams.state.priority import priorities
from streams.wire.catalogue import EVENT_TYPES
from yujing.domain.codes import Category, Source, number


def test_every_source_but_the_unknown_one_has_an_authority_for_every_event_type() -> None:
    table = priorities()

    for event_type in EVENT_TYPES:
        assert table[event_type.kind, number(Source.UNKNOWN)] == 0
        assert (table[event_type.kind, 1 : len(Source)] > 0).all()


def test_public_security_outranks_the_village_on_who_somebody_is() -> None:
    table = priorities()

    assert table[1, number(Source.PUBLIC_SECURITY)] > table[1, number(Source.VILLAGE_REPORT)]


def test_the_layout_has_a_place_for_every_category() -> None:
    assert len(Category) == N_CATEGORIES
