import pytest

from streams.simulator.parameter import TAGS, WORLDS, load, read
from yujing.errors import SettingsError


@pytest.mark.parametrize("world", WORLDS)
def test_every_number_carries_a_tag_and_a_source(world: str) -> None:
    parameters = load(world)

    assert len(parameters) > 100
    assert all(p.tag in TAGS and p.ref for p in parameters.values())
    assert {p.tag for p in parameters.values()} == set(TAGS)


@pytest.mark.parametrize("world", ["pessimistic", "shifted"])
def test_another_world_changes_only_what_base_states(world: str) -> None:
    base, other = load("base"), load(world)

    assert set(base) == set(other)
    assert any(base[path].value != other[path].value for path in base)


def test_what_a_ref_names_as_a_source_is_in_the_list_of_sources() -> None:
    parameters = load("base")
    sourced = [p.ref for p in parameters.values() if p.tag == "sourced"]

    assert sourced
    assert all(any(name in ref for name in parameters.sources) for ref in sourced)


@pytest.mark.parametrize("text", [
    "a: 1",
    "a: {is: 1, tag: guess, ref: x}",
    "a: {is: 1, tag: own}",
    "a: {is: 1, tag: own, ref: ''}",
])
def test_a_number_without_a_source_is_refused(text: str) -> None:
    with pytest.raises(SettingsError):
        read(text)


def test_an_overlay_may_not_invent_a_number() -> None:
    base, other = load("base"), read("jobs: {new: {is: 1, tag: own, ref: x}}")

    with pytest.raises(SettingsError, match=r"jobs\.new"):
        base.overlaid(other)


def test_a_list_is_not_a_number_and_an_unknown_world_is_refused() -> None:
    with pytest.raises(SettingsError):
        load("base").number("wages.away_yuan")
    with pytest.raises(SettingsError, match="no world"):
        load("other")
