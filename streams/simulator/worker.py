"""The simulated village worker: visits the households of dealt cards and reports what is found.

May read the truth, as a real worker sees it on the doorstep; errs, misses people and comes late.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone

import numpy as np

from streams.simulator.array import NEVER
from streams.simulator.truth import Truth
from streams.vault.keys import Keys
from yujing.domain.codes import (
    Answer,
    Outcome,
    ReporterRole,
    Risk,
    Service,
    ServiceResult,
    Source,
    VisitMode,
)
from yujing.domain.days import from_day, to_day, to_month

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
_DELAY_DAYS = {3: 1.0, 2: 3.0, 1: 5.0}   # median days from the card to the visit, by level
_TROUBLE_AHEAD_DAYS = 90                 # who is about to lose work often says so
_SOLVED_WITHIN_DAYS = 60
_LONG_SPELL_DAYS = 30


@dataclass(frozen=True)
class DealtCard:
    """A card as the worker gets it.

    Attributes
    ----------
    card_id
        Number of the card.
    household
        Household key.
    person
        Key of the member whom the card is about, None when it is about the household.
    level
        1, 2 or 3 (most urgent).
    as_of
        Day on which it was dealt, or on which the worker is to try again.
    attempt
        1, then 2, 3, ... for a card whose people were not reached, or that was left lying.
    """

    card_id: int
    household: int
    person: int | None
    level: int
    as_of: date
    attempt: int = 1


@dataclass(frozen=True)
class Habits:
    """How good a worker is.

    Attributes
    ----------
    error
        Share of visits whose finding is the wrong way round.
    no_contact, never
        Shares of cards whose people are not reached, and that are never worked on.
    known
        Share of the true cases that the worker had known already.
    """

    error: float = 0.05
    no_contact: float = 0.12
    never: float = 0.06
    known: float = 0.10


@dataclass(frozen=True, order=True)
class Answered:
    """An event of the worker, with the moment at which it is reported."""

    reported_at: datetime
    line: bytes = field(compare=False)


class VillageWorker:
    """Answers cards; the same seed and card give the same answer in whatever order they come.

    Parameters
    ----------
    truth
        What truly happened.
    keys
        The vault's keys, to know people and households by the keys on the cards.
    seed
        Seed of delays, errors and misses.
    habits
        How good the worker is.
    """

    def __init__(
        self, truth: Truth, keys: Keys, *, seed: int, habits: Habits | None = None
    ) -> None:
        self._truth = truth
        self._seed = seed
        self._habits = habits or Habits()
        people = keys.person_keys(truth.id_numbers.tolist())
        homes = keys.household_keys(truth.household_numbers.tolist())
        self._person = {int(key): i for i, key in enumerate(people.tolist())}
        self._household = {int(key): i for i, key in enumerate(homes.tolist())}

    def answer(self, cards: Sequence[DealtCard], *, until: date | None = None) -> list[Answered]:
        """Return the events that answer some cards, in the order of their reports.

        Parameters
        ----------
        cards
            Dealt cards; those about people whom the truth does not know stay unanswered.
        until
            Last day; later reports are left out.
        """
        answers = [event for card in cards for event in self._worked_on(card)]
        if until is not None:
            answers = [one for one in answers if one.reported_at.date() <= until]
        return sorted(answers)

    def _worked_on(self, card: DealtCard) -> list[Answered]:
        household = self._household.get(card.household)
        if household is None:
            return []
        again = [card.attempt] if card.attempt > 1 else []
        rng = np.random.default_rng([self._seed, card.card_id, *again])
        if rng.random() < self._habits.never:
            return []
        median = _DELAY_DAYS.get(card.level, _DELAY_DAYS[1])
        delay = min(int(median * np.exp(rng.normal(0, 0.6))), 40)
        visit = card.as_of + timedelta(days=delay)
        person = None if card.person is None else self._person.get(card.person)
        outcome, idle = self._found(rng, household, person, to_day(visit))
        worked = Answer.UNKNOWN
        if person is not None and outcome is not Outcome.NO_CONTACT:
            at_work = not idle[person] if rng.random() >= self._habits.error else idle[person]
            worked = Answer.YES if at_work else Answer.NO
        answers = [self._visit(rng, card, household, person, visit, outcome, worked)]
        if outcome is Outcome.CONFIRMED:
            whom = person if person is not None else next(
                (member for member, without in idle.items() if without), None)
            if whom is not None:
                answers += self._helped(rng, card, whom, visit)
        return answers

    def _found(
        self, rng: np.random.Generator, household: int, person: int | None, day: int
    ) -> tuple[Outcome, dict[int, bool]]:
        """Return what the visit finds, and which members are without work."""
        habits, truth = self._habits, self._truth
        members = _members(truth, household, day)
        idle, trouble, over = _work_of(truth, members, person, day)
        trouble |= _poor(truth, household, day)
        if rng.random() < habits.no_contact:
            return Outcome.NO_CONTACT, idle
        if rng.random() < habits.error:
            trouble = not trouble
        if trouble:
            known = rng.random() < habits.known
            return (Outcome.KNOWN if known else Outcome.CONFIRMED), idle
        return (Outcome.SOLVED if over else Outcome.UNFOUNDED), idle

    def _visit(
        self, rng: np.random.Generator, card: DealtCard, household: int, person: int | None,
        visit: date, outcome: Outcome, worked: Answer,
    ) -> Answered:
        risks = []
        if outcome in (Outcome.CONFIRMED, Outcome.KNOWN):
            jobless = worked is Answer.NO or person is not None
            risks = [Risk.UNSTABLE_JOB if jobless else Risk.ILLNESS]
        mode = VisitMode.VISIT if card.level == 3 or rng.random() < 0.4 else VisitMode.CALL
        payload = {
            "card_id": card.card_id, "outcome": outcome, "mode": mode, "risks": risks,
            "worked": worked,
        }
        record = f"V-{card.card_id}" + (f"-{card.attempt}" if card.attempt > 1 else "")
        return self._event(
            rng, "verification.result", record, household, person, visit, payload)

    def _helped(
        self, rng: np.random.Generator, card: DealtCard, person: int, visit: date
    ) -> list[Answered]:
        """Return the services of the next weeks: talk, guidance, up to 3 referrals, training."""
        plan = [Service.POLICY_TALK, Service.GUIDANCE]
        plan += [Service.REFERRAL] * int(rng.integers(1, 4))
        if rng.random() < 0.2:
            plan.append(Service.TRAINING)
        events, day = [], visit
        for place, service in enumerate(plan):
            day += timedelta(days=int(rng.integers(0, 12)))
            result = ServiceResult.DONE if rng.random() < 0.85 else ServiceResult.REFUSED
            payload = {"service": service, "result": result, "card_id": card.card_id}
            events.append(self._event(
                rng, "service.delivered", f"G-{card.card_id}-{place}", None, person, day, payload))
        return events

    def _event(
        self, rng: np.random.Generator, event: str, record: str, household: int | None,
        person: int | None, day: date, payload: dict[str, object],
    ) -> Answered:
        seconds = int(rng.integers(9 * 3600, 20 * 3600))
        moment = datetime(day.year, day.month, day.day, tzinfo=SHANGHAI) + timedelta(
            seconds=seconds)
        body: dict[str, object] = {
            "event_type": event, "source_system": Source.VILLAGE_REPORT,
            "source_record_id": record, "source_version": 1, "occurred_from": day.isoformat(),
            "reported_at": moment.isoformat(), "reporter_role": ReporterRole.VILLAGE,
        }
        if household is not None:
            body["household_no"] = str(self._truth.household_numbers[household])
        if person is not None:
            body["id_number"] = str(self._truth.id_numbers[person])
        line = json.dumps({**body, **payload}, ensure_ascii=False).encode()
        return Answered(moment.astimezone(UTC), line)


def _members(truth: Truth, household: int, day: int) -> list[int]:
    rows = truth.members_of(household)
    there = (truth.member_first[rows] <= day) & (day < truth.member_last[rows])
    members: list[int] = truth.member_person[rows][there].tolist()
    return members


def _work_of(
    truth: Truth, members: list[int], person: int | None, day: int
) -> tuple[dict[int, bool], bool, bool]:
    """Return who is idle, whether work is truly in trouble, and whether a trouble is over."""
    idle: dict[int, bool] = {}
    trouble = over = False
    asked = set(members if person is None else [person])
    for member in sorted({*members, *asked}):
        rows = truth.spells_of(member)
        start, end, following = truth.start[rows], truth.end[rows], truth.following[rows]
        at_work = bool(((start <= day) & (end > day)).any())
        worked_before = bool((start <= day).any())
        idle[member] = worked_before and not at_work
        if member not in asked:
            continue
        long = following - end >= _LONG_SPELL_DAYS
        trouble |= bool((long & (end <= day + _TROUBLE_AHEAD_DAYS) & (following > day)
                         & (end > day - 400)).any())
        over |= bool((long & (following <= day) & (following > day - _SOLVED_WITHIN_DAYS)).any())
    return idle, trouble, over


def _poor(truth: Truth, household: int, day: int) -> bool:
    month = to_month(from_day(day)) - truth.begin_month
    last = truth.below.shape[1] - 1
    below = bool(truth.below[household, min(month, last)])
    approved = int(truth.approved[household])
    return below or (approved < NEVER and abs(approved - day) < 120)
