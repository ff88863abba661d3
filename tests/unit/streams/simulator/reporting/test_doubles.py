import numpy as np

from streams.simulator.county import County
from streams.simulator.reporting.doubles import draw_doubles
from tests.support.simulated_county import Written


def numbers_of_the_register(written: Written) -> set[str]:
    return {e["id_number"] for e in written.of("member.upsert")}


def test_links_join_two_registered_numbers_and_wrong_ones_are_withdrawn(written: Written) -> None:
    links, known = written.of("identity.link"), numbers_of_the_register(written)

    assert links
    for event in links:
        if event.get("op") != "retract":
            assert event["id_number"] != event["other_id_number"]
            assert {event["id_number"], event["other_id_number"]} <= known


def test_a_second_number_has_events_of_its_own(written: Written) -> None:
    second = {
        e["other_id_number"] for e in written.of("identity.link")
        if e.get("op") != "retract" and e["source_record_id"].startswith("L-")}
    told = {e["id_number"] for e in written.events if "id_number" in e
            and e["event_type"].startswith(("insurance", "medical"))}

    assert second & told


def test_some_events_are_about_people_whom_nobody_registered(written: Written) -> None:
    known = numbers_of_the_register(written)
    named = [e for e in written.events if "id_number" in e]
    strange = [e for e in named if e["id_number"] not in known]

    assert 0.001 < len(strange) / len(written.events) < 0.02


def test_strangers_are_grown_up_and_rows_do_not_meet(county: County) -> None:
    doubles = draw_doubles(county.world, np.random.default_rng(1))
    age = county.world.people.ages(county.world.first_day)[doubles.strangers]

    assert age.min() > 18
    assert not set(doubles.rows().tolist()) & set(doubles.stranger_rows().tolist())
    assert doubles.rows().min() == len(county.world.people)


def test_the_federation_of_the_disabled_knows_people_by_their_cards(written: Written) -> None:
    told = [e for e in written.events if e["source_system"] == "disabled_federation"]
    known = numbers_of_the_register(written)

    assert told
    assert all(len(e["id_number"]) == 20 for e in told)
    assert {e["id_number"][:18] for e in told} & known
