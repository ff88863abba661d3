from collections import Counter

from tests.support.simulated_county import Written


def test_nothing_is_paid_for_the_month_of_a_stop_or_after_it(written: Written) -> None:
    stops = {
        (e["id_number"], e["insurance"], e["employer"]): e["month"]
        for e in written.of("insurance.status") if e.get("status") in ("suspend", "terminate")}
    paid: dict[str, set[str]] = {}
    for event in written.of("insurance.payment"):
        if event.get("op") != "retract":
            paid.setdefault(f"{event['id_number']}{event['insurance']}", set()).add(event["month"])
    silent = [
        key for key, month in stops.items() if month not in paid.get(f"{key[0]}{key[1]}", set())]

    assert stops
    assert len(silent) > 0.6 * len(stops)   # others have found another insured job


def test_contributions_are_a_part_of_the_base(written: Written) -> None:
    rows = [e for e in written.of("insurance.payment") if e.get("op") != "retract"]

    assert all(0 < e["amount"] < 0.3 * e["base_month"] for e in rows)
    assert {e["payer"] for e in rows} == {"employer"}
    assert set(Counter(e["insurance"] for e in rows)) == {"110", "210", "310", "410"}


def test_the_premiums_of_the_poor_are_mostly_paid_for_them(written: Written) -> None:
    rows = [e for e in written.of("insurance.resident_annual") if e["insurance"] == "170"]
    payers = Counter(e["payer"] for e in rows)
    months = Counter(e["occurred_from"][5:7] for e in rows)

    assert payers["government"] > 0.1 * len(rows)
    assert set(months) == {"09", "10", "11", "12"}


def test_a_contribution_that_was_reversed_is_withdrawn(written: Written) -> None:
    assert any(e.get("op") == "retract" for e in written.of("insurance.payment"))
