from collections import Counter
from datetime import date

import numpy as np

from streams.simulator.truth import Truth
from tests.support.simulated_county import Written
from yujing.domain.days import month_end, month_start, to_day


def test_most_sheets_come_in_the_first_days_of_the_next_month(written: Written) -> None:
    rows = [e for e in written.of("employment.monthly_status") if e["source_version"] == 1]
    late = np.array([
        (date.fromisoformat(e["reported_at"][:10])
         - month_end(int(e["month"][:4]) * 12 + int(e["month"][5:]) - 1)).days
        for e in rows])

    assert late.min() >= 1
    assert 0.85 < (late <= 5).mean() < 0.95
    assert 0.05 < (late > 30).mean() < 0.12


def test_the_sheet_is_mostly_true_and_sometimes_copied(written: Written, truth: Truth) -> None:
    place = {number: i for i, number in enumerate(truth.id_numbers.tolist())}
    right = Counter[bool]()
    for event in written.of("employment.monthly_status"):
        if event.get("op") == "retract" or event["id_number"] not in place:
            continue
        month = int(event["month"][:4]) * 12 + int(event["month"][5:]) - 1
        first, last = to_day(month_start(month)), to_day(month_end(month))
        rows = truth.spells_of(place[event["id_number"]])
        worked = bool(((truth.start[rows] <= last) & (truth.end[rows] > first)).any())
        right[worked == (event["worked"] == "yes")] += 1

    assert 0.93 < right[True] / right.total() < 0.995


def test_starts_and_ends_are_by_month_or_by_day(written: Written) -> None:
    for name, low, high in (("employment.start", 0.4, 0.6), ("employment.end", 0.3, 0.5)):
        rows = [e for e in written.of(name) if e["source_version"] == 1]
        by_month = [e for e in rows if e.get("precision") == "month"]
        assert low < len(by_month) / len(rows) < high
        assert all(e["occurred_from"].endswith("-01") for e in by_month)
        assert all("occurred_to" not in e for e in rows if "precision" not in e)


def test_ends_are_late_and_not_all_are_told(written: Written, truth: Truth) -> None:
    ends = [e for e in written.of("employment.end") if e["source_version"] == 1]
    late = [
        (date.fromisoformat(e["reported_at"][:10])
         - date.fromisoformat(e.get("occurred_to", e["occurred_from"]))).days for e in ends]
    since = to_day(date(2024, 5, 1))
    true = int(((truth.end > since) & (truth.end < to_day(date(2026, 3, 1)))).sum())
    told = len({e["source_record_id"] for e in ends})

    assert 18 < np.median(late) < 40
    assert 0.5 < told / true < 0.85
