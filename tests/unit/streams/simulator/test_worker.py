import json
from collections import Counter
from datetime import date, datetime

import pytest

from streams.door.door import Door
from streams.door.grant import Grant
from streams.door.quality import QualityRules
from streams.simulator.truth import Truth
from streams.simulator.worker import DealtCard, Habits, VillageWorker
from streams.vault.keys import Keys
from yujing.domain.days import to_day
from yujing.domain.region import Regions

KEYS = Keys(b"k" * 32)
AS_OF = date(2025, 9, 15)
PERFECT = Habits(error=0, no_contact=0, never=0, known=0)


@pytest.fixture(scope="module")
def cards(truth: Truth) -> list[DealtCard]:
    """Cards about one member of every third household; every second names the member."""
    persons, households = truth.present(to_day(AS_OF))
    people = KEYS.person_keys(truth.id_numbers[persons].tolist())
    homes = KEYS.household_keys(truth.household_numbers[households].tolist())
    return [
        DealtCard(i + 1, int(homes[i]), int(people[i]) if i % 2 else None, 1 + i // 3 % 3, AS_OF)
        for i in range(0, len(persons), 3)]


def visits(worker: VillageWorker, cards: list[DealtCard]) -> dict[int, dict[str, object]]:
    read = [json.loads(one.line) for one in worker.answer(cards)]
    return {e["card_id"]: e for e in read if e["event_type"] == "verification.result"}


def test_answers_pass_the_door_and_come_in_the_order_of_their_reports(
    truth: Truth, cards: list[DealtCard]
) -> None:
    answers = VillageWorker(truth, KEYS, seed=1).answer(cards)
    door = Door(KEYS, Regions.load(), QualityRules.load())
    known_at = int(datetime.fromisoformat("2026-07-01T00:00:00+08:00").timestamp())
    reading = door.read([one.line for one in answers], grant=Grant(), known_at=known_at)
    moments = [one.reported_at for one in answers]

    assert [reject.reason for reject in reading.rejects] == []
    assert moments == sorted(moments)
    assert all(moment.date() >= AS_OF for moment in moments)


def test_the_same_seed_answers_the_same_in_any_order(
    truth: Truth, cards: list[DealtCard]
) -> None:
    one = VillageWorker(truth, KEYS, seed=1).answer(cards)
    other = VillageWorker(truth, KEYS, seed=1).answer(cards[::-1])

    assert sorted(a.line for a in one) == sorted(a.line for a in other)
    another = VillageWorker(truth, KEYS, seed=2).answer(cards)
    assert {a.line for a in one} != {a.line for a in another}


def test_a_perfect_worker_answers_every_card_and_sees_who_works(
    truth: Truth, cards: list[DealtCard]
) -> None:
    found = visits(VillageWorker(truth, KEYS, seed=1, habits=PERFECT), cards)
    place = {number: i for i, number in enumerate(truth.id_numbers.tolist())}

    assert set(found) == {card.card_id for card in cards}
    for event in found.values():
        assert event["outcome"] in ("confirmed", "solved", "unfounded")
        if "id_number" in event and event["worked"] == "yes":
            day = to_day(date.fromisoformat(str(event["occurred_from"])))
            working = truth.at_work(day)[place[event["id_number"]]]
            never = not len(truth.start[truth.spells_of(place[event["id_number"]])])
            assert working or never or truth.idle_until(day)[place[event["id_number"]]] == 0


def test_an_ordinary_worker_misses_and_leaves_some(truth: Truth, cards: list[DealtCard]) -> None:
    found = visits(VillageWorker(truth, KEYS, seed=1), cards)
    outcomes = Counter(event["outcome"] for event in found.values())

    assert 0.85 < len(found) / len(cards) < 1
    assert 0.06 < outcomes["no_contact"] / len(found) < 0.2
    assert outcomes["confirmed"]
    assert outcomes["unfounded"]
    assert all(e["worked"] == "unknown" for e in found.values() if e["outcome"] == "no_contact")


def test_urgent_cards_are_visited_sooner_and_help_follows_a_confirmation(
    truth: Truth, cards: list[DealtCard]
) -> None:
    answers = VillageWorker(truth, KEYS, seed=1).answer(cards)
    level = {card.card_id: card.level for card in cards}
    waits: dict[int, list[int]] = {1: [], 2: [], 3: []}
    confirmed, helped = set(), set()
    for one in answers:
        event = json.loads(one.line)
        if event["event_type"] == "service.delivered":
            helped.add(event["card_id"])
            continue
        if event["outcome"] == "confirmed":
            confirmed.add(event["card_id"])
        day = date.fromisoformat(event["occurred_from"])
        waits[level[event["card_id"]]].append((day - AS_OF).days)

    assert sum(waits[3]) / len(waits[3]) < sum(waits[1]) / len(waits[1])
    assert helped
    assert helped <= confirmed


def test_strangers_are_not_answered_and_late_answers_wait(
    truth: Truth, cards: list[DealtCard]
) -> None:
    worker = VillageWorker(truth, KEYS, seed=1)

    assert worker.answer([DealtCard(1, 99, None, 3, AS_OF)]) == []
    early = worker.answer(cards, until=date(2025, 9, 17))
    assert 0 < len(early) < len(worker.answer(cards))
