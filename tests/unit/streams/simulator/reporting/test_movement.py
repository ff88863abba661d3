from collections import Counter

from tests.support.simulated_county import Written


def test_returns_of_the_festival_say_so(written: Written) -> None:
    rows = [e for e in written.of("migration.return") if e["source_version"] == 1]
    winter = [e for e in rows if e["occurred_from"][5:7] in ("01", "02")]
    festive = Counter(e["intent"] for e in winter)

    assert festive["festival"] > 0.5 * len(winter)
    assert {e["intent"] for e in rows} >= {"festival", "short", "stay", "undecided"}


def test_departures_name_where_to(written: Written) -> None:
    rows = [e for e in written.of("migration.depart") if e.get("op") != "retract"]

    assert all(len(e["work_region"]) == 6 for e in rows)
    assert {e["area"] for e in rows} == {"province", "out_of_province"}


def test_people_are_asked_about_their_plans_above_all_in_spring(written: Written) -> None:
    rows = written.of("employment.plan")
    months = Counter(e["month"][5:] for e in rows)

    assert sum(months[m] for m in ("01", "02", "03")) > 0.5 * len(rows)
    assert {e["planned"] for e in rows} == {"yes", "no"}


def test_registered_unemployment_ends_after_it_began(written: Written) -> None:
    began = {
        e["source_record_id"][2:]: e["occurred_from"] for e in written.of("unemployment.register")}

    assert began
    for event in written.of("unemployment.deregister"):
        since = began.get(event["source_record_id"][2:], "0000")   # one told after the last day
        assert since <= event["occurred_from"]
