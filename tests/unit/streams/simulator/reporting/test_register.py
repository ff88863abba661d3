from collections import defaultdict
from datetime import date

from streams.simulator.county import County
from streams.simulator.reporting.register import registered
from tests.support.simulated_county import Written


def test_everybody_of_the_register_is_told_with_name_and_household(written: Written) -> None:
    members = [e for e in written.of("member.upsert") if e.get("op") != "retract"]

    assert all(len(e["name"]) in (2, 3) for e in members)
    assert all(e["household_no"] and e["region_code"].startswith("522632") for e in members)


def test_people_are_told_again_when_they_move_finish_school_or_fall_ill(written: Written) -> None:
    told = defaultdict(set)
    for event in written.of("member.upsert"):
        told[event["id_number"]].add(event["source_record_id"])
    several = sum(len(records) > 1 for records in told.values())

    assert 0.05 < several / len(told) < 0.6


def test_some_people_are_claimed_by_two_households_and_most_claims_are_withdrawn(
    written: Written,
) -> None:
    claims = [e for e in written.of("member.upsert") if e["source_system"] == "village_report"]

    assert claims
    assert any(e.get("op") == "retract" for e in claims)


def test_deaths_are_told_by_the_police_and_late(written: Written) -> None:
    deaths = [e for e in written.of("member.exit") if e.get("reason") == "death"]
    late = [
        (date.fromisoformat(e["reported_at"][:10]) - date.fromisoformat(e["occurred_from"])).days
        for e in deaths]

    assert {e["source_system"] for e in deaths} == {"public_security"}
    assert min(late) >= 0
    assert max(late) > 30


def test_every_household_has_a_category_of_the_watched(written: Written) -> None:
    watched = {e["household_no"] for e in written.of("category.open") if "household_no" in e}
    households = {e["household_no"] for e in written.of("household.upsert")}

    assert households <= watched
    assert {e["category"] for e in written.of("category.open")} >= {
        "ex_poor", "relocated", "minimum_living", "severely_disabled"}


def test_a_category_closes_only_after_it_opened(written: Written) -> None:
    opened = {
        (e["household_no"], e["category"]): e["occurred_from"]
        for e in written.of("category.open") if "household_no" in e}

    assert written.of("category.close")
    for event in written.of("category.close"):
        assert opened[event["household_no"], event["category"]] <= event["occurred_from"]


def test_registered_are_those_who_were_there(county: County) -> None:
    flags = registered(county.world)

    assert flags[county.world.living[:, -1] >= 0].all()
