"""What leaves the desk becomes events that the door takes, in the order in which it was done."""

from typing import Any

import msgspec
import numpy as np
import pytest

from alerts.desk.queries import OutboxRow
from tests.support.wire_events import VILLAGE, a_door
from yujing.app.feedback import _OURS, _events
from yujing.domain.codes import Side, Source, number

ANSWER: dict[str, Any] = {
    "op": "upsert", "version": 1, "record": "difference-7-3", "card": 5, "household": 2**63 + 1,
    "person": 11, "region": int(VILLAGE), "day": "2026-11-24", "comparison": 12, "right": "second",
}  # fmt: skip
VISIT: dict[str, Any] = {
    "op": "upsert", "version": 1, "record": "card-5-1", "card": 5, "household": 2**63 + 1,
    "person": 0, "region": 0, "day": "2026-11-24", "outcome": "confirmed", "mode": "call",
    "worked": "unknown", "risks": [], "note": None,
}  # fmt: skip
RETRACTED = ANSWER | {"op": "retract", "version": 2, "right": ""}
NOW = 1_795_500_000


def rows(*given: tuple[str, dict[str, Any]]) -> list[OutboxRow]:
    return [OutboxRow(place + 1, kind, 3, body) for place, (kind, body) in enumerate(given)]


def test_visits_and_answers_are_events_and_cards_are_not() -> None:
    lines = _events(rows(("card", {}), ("comparison", ANSWER), ("outcome", VISIT)))

    assert [msgspec.json.decode(line)["event_type"] for line in lines] == [
        "comparison.answer", "verification.result"]  # fmt: skip
    facts = a_door().read(lines, grant=_OURS, known_at=NOW).facts
    assert facts["kind"].tolist() == [26, 24]
    answer = facts[0]
    assert (answer["grade"], answer["result"], answer["card"], answer["subject"]) == (
        12, number(Side.SECOND), 5, 11)  # fmt: skip
    assert facts["source"].tolist() == [number(Source.YUJING)] * 2
    assert facts["subject"][1] == 2**63 + 1


def test_taken_back_it_withdraws_the_same_fact() -> None:
    lines = _events(rows(("comparison", ANSWER), ("comparison", RETRACTED)))

    reading = a_door().read(lines, grant=_OURS, known_at=NOW)
    assert reading.rejects == []
    assert np.unique(reading.facts["fact"]).size == 1
    assert reading.facts["retracted"].tolist() == [0, 1]


@pytest.mark.parametrize("person", [11, 0])
def test_an_answer_about_a_household_names_no_person(person: int) -> None:
    (line,) = _events(rows(("comparison", ANSWER | {"person": person})))

    assert ("person_key" in msgspec.json.decode(line)) == (person != 0)
