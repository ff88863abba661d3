"""What people do with a card: see, assign, snooze, record an outcome, complete, undo."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from alerts.desk.differences import take_back
from alerts.desk.record import (
    ACKNOWLEDGED,
    COMPLETED,
    Card,
    Change,
    change_card,
    day_or_none,
    find_card,
    tell,
)
from alerts.desk.tables import CARDS, COOL_DOWNS, OUTCOMES, TRANSITIONS
from streams.fact import FactArray
from yujing.domain.calendar import Calendar
from yujing.domain.codes import Answer, Outcome, Risk, VisitMode, members, zh
from yujing.domain.days import from_day
from yujing.domain.policy import Policy
from yujing.errors import TransitionError
from yujing.storage.signed import to_signed
from yujing.storage.sql import insert_row

UNDOABLE = ("outcome", "snoozed", "assigned", "completed")
SILENT = {Outcome.UNFOUNDED: "cool_down.days", Outcome.KNOWN: "cool_down.days",
          Outcome.SOLVED: "rest.days"}   # policy keys: how long the same reason stays silent


@dataclass(frozen=True)
class Visit:
    """What a worker found.

    Parameters
    ----------
    outcome, mode
        What was found and how contact was made.
    worked
        Whether the member works, as told.
    risks
        Words of codes.Risk.
    answers
        Answer by question.
    note
        Number of the note in the vault, None without one.
    fact
        Hash of the `verification.result` that brought it; 0 when it was recorded here, and then it
        is told to the log through the outbox.
    day
        Day of the visit; the day of recording by default.
    """

    outcome: Outcome
    mode: VisitMode = VisitMode.UNKNOWN
    worked: Answer = Answer.UNKNOWN
    risks: tuple[str, ...] = ()
    answers: Mapping[str, str] = field(default_factory=dict)
    note: int | None = None
    fact: int = 0
    day: date | None = None


def the_card(connection: Connection, number: int) -> Card:
    """Return a card that nobody else changes until the end of the transaction.

    Raises
    ------
    TransitionError
        If there is none of that number.
    """
    card = find_card(connection, number, to_change=True)
    if card is None:
        raise TransitionError(f"没有编号为 {number} 的提醒")
    return card


def live_card(connection: Connection, number: int) -> Card:
    """Return a card that is still to be worked on.

    Raises
    ------
    TransitionError
        If it has ended.
    """
    card = the_card(connection, number)
    if not card.is_live:
        raise TransitionError("这条提醒已经结束，不能再改；如需更正请先撤销")
    return card


def record_outcome(
    connection: Connection, number: int, visit: Visit, change: Change, *, policy: Policy,
    calendar: Calendar,
) -> int:
    """Record a visit or call; return the number of its transition.

    Confirmed: help begins, the card waits for the measure. Solved, unfounded and known end it and
    keep the same reason silent for a while. No contact: to be tried again.

    Raises
    ------
    TransitionError
        If the card has ended, unless the visit comes from the log; then only the outcome is kept.
    """
    card = the_card(connection, number)
    if not card.is_live and not visit.fact:
        card = live_card(connection, number)
    columns = _columns(card, visit, change, policy, calendar) if card.is_live else {}
    transition = change_card(connection, card, change, undoable=True, **columns)
    day = (visit.day or change.day).isoformat()
    outcome = insert_row(connection, OUTCOMES, {
        "card": card.id, "transition": transition, "fact": to_signed(visit.fact), "day": day,
        "by": change.by, "outcome": visit.outcome.value, "mode": visit.mode.value,
        "note": visit.note, "rule": card.rule,
        "answers": json.dumps(dict(visit.answers), ensure_ascii=False, sort_keys=True),
        "kind": card.kind, "undone": 0,
    })
    if visit.outcome in SILENT and card.is_live:
        key, why = SILENT[visit.outcome], visit.outcome.value
        _keep_silent(connection, card, change, transition, policy, key=key, why=why)
    if not visit.fact:
        tell(connection, "outcome", change.at, transition=transition, body={
            "op": "upsert", "record": f"card-{card.id}-{outcome}", "version": 1, "card": card.id,
            "household": card.household, "person": card.person, "region": card.region,
            "day": day, "outcome": visit.outcome.value, "mode": visit.mode.value,
            "worked": visit.worked.value, "risks": list(visit.risks), "note": visit.note,
        })
    return transition


def _columns(
    card: Card, visit: Visit, change: Change, policy: Policy, calendar: Calendar,
) -> dict[str, Any]:
    """Return what an outcome changes on a live card."""
    columns: dict[str, Any] = {"outcome": visit.outcome.value, "snoozed_until": None}
    if visit.outcome is Outcome.NO_CONTACT:
        days = policy.whole("no_contact.retry_workdays", region=card.region, day=change.day)
        due = calendar.add_workdays(change.day, days)
        return columns | {"n_tries": card.n_tries + 1, "due_on": max(due, card.due_on)}
    if visit.outcome is Outcome.CONFIRMED:
        return columns | {"stage": ACKNOWLEDGED, "due_on": card.measure_due_on}
    return columns | {
        "stage": COMPLETED, "ended_on": change.day, "ended_why": zh(visit.outcome),
    }


def complete(connection: Connection, number: int, change: Change, *, policy: Policy) -> int:
    """Complete a card whose help was given; the same reason rests for a while."""
    card = live_card(connection, number)
    why = change.why or "帮扶已落实"
    transition = change_card(
        connection, card, change, undoable=True, stage=COMPLETED, ended_on=change.day,
        ended_why=why, ended_event=to_signed(change.event),
    )
    rest(connection, card, change, transition, policy)
    return transition


def rest(
    connection: Connection, card: Card, change: Change, transition: int, policy: Policy,
) -> None:
    """Keep the same reason silent after help was given."""
    _keep_silent(connection, card, change, transition, policy, key="rest.days", why="completed")


def _keep_silent(
    connection: Connection, card: Card, change: Change, transition: int, policy: Policy, *,
    key: str, why: str,
) -> None:
    """Keep the reasons of a card silent for the days of a policy key."""
    until = change.day + timedelta(days=policy.whole(key, region=card.region, day=change.day))
    connection.execute(insert(COOL_DOWNS).values(
        household=to_signed(card.household), card=card.id, kinds=card.kinds, level=card.level,
        score_reason=card.score_reason, until_on=until.isoformat(), why=why, transition=transition,
    ))


def see(connection: Connection, number: int, change: Change) -> None:
    """Note that a card was opened for the first time; an ended or seen one stays as it is."""
    card = the_card(connection, number)
    if card.is_live and card.seen_at is None:
        change_card(connection, card, change, seen_at=change.seconds)


def assign(connection: Connection, number: int, assignee: str, change: Change) -> int:
    """Give a card to somebody; "" takes it back."""
    card = live_card(connection, number)
    return change_card(connection, card, change, undoable=True, assignee=assignee)


def snooze(connection: Connection, number: int, until: date, change: Change) -> int:
    """Put a card off until a day; its deadlines stay.

    Raises
    ------
    TransitionError
        If the day is not after today.
    """
    card = live_card(connection, number)
    if until <= change.day:
        raise TransitionError("提醒日期要晚于今天")
    return change_card(connection, card, change, undoable=True, snoozed_until=until)


def undo(connection: Connection, number: int, change: Change) -> int:
    """Take back the last thing done to a card today; return the number of the undoing transition.

    Raises
    ------
    TransitionError
        If nothing of today can be taken back, or another card of the household was opened since.
    """
    card = the_card(connection, number)
    query = select(TRANSITIONS).where(
        TRANSITIONS.c.card == number, TRANSITIONS.c.undone == 0,
    ).order_by(TRANSITIONS.c.id.desc())
    rows = [row for row in connection.execute(query).mappings() if row["what"] not in (
        "undo", "seen")]
    last = rows[0] if rows else None
    if last is None or last["what"] not in UNDOABLE or last["by"] != change.by or (
        last["day"] != change.day.isoformat()
    ):
        raise TransitionError("只能撤销自己今天刚做的一步")
    kept = json.loads(last["before"])
    for name in ("due_on", "measure_due_on", "snoozed_until", "ended_on"):
        kept[name] = day_or_none(kept[name])
    kept["ended_event"] = to_signed(kept["ended_event"])
    connection.execute(
        update(TRANSITIONS).where(TRANSITIONS.c.id == last["id"]).values(undone=1)
    )
    connection.execute(delete(COOL_DOWNS).where(COOL_DOWNS.c.transition == last["id"]))
    try:
        transition = change_card(connection, card, change, **kept)
    except IntegrityError as error:
        raise TransitionError("该户已有新的提醒，不能撤销") from error
    _take_back_outcome(connection, card, int(last["id"]), change, transition)
    take_back(connection, int(last["id"]), change)
    return transition


def _take_back_outcome(
    connection: Connection, card: Card, undone: int, change: Change, transition: int,
) -> None:
    """Mark the outcome of an undone transition and tell the log to retract it."""
    found = connection.execute(select(OUTCOMES).where(OUTCOMES.c.transition == undone))
    outcome = found.mappings().first()
    if outcome is None:
        return
    connection.execute(update(OUTCOMES).where(OUTCOMES.c.id == outcome["id"]).values(undone=1))
    if not outcome["fact"]:
        tell(connection, "outcome", change.at, transition=transition, body={
            "op": "retract", "record": f"card-{card.id}-{outcome['id']}", "version": 2,
            "card": card.id, "household": card.household, "person": card.person,
            "region": card.region, "day": outcome["day"],
        })


def measured(connection: Connection, *, before: date | None = None) -> dict[int, tuple[int, int]]:
    """Return (right, wrong) outcomes of each rule, known before a day.

    Right is 属实; solved, unfounded and known did not need the card; no contact says nothing, and
    households picked by chance were led by no rule.
    """
    query = select(OUTCOMES.c.rule, OUTCOMES.c.outcome).where(
        OUTCOMES.c.undone == 0, OUTCOMES.c.rule > 0, OUTCOMES.c.kind != "audit",
    )
    if before is not None:
        query = query.where(OUTCOMES.c.day < before.isoformat())
    counts: dict[int, tuple[int, int]] = {}
    for rule, outcome in connection.execute(query):
        right, wrong = counts.get(rule, (0, 0))
        if outcome == Outcome.CONFIRMED.value:
            counts[rule] = (right + 1, wrong)
        elif outcome in (o.value for o in SILENT):
            counts[rule] = (right, wrong + 1)
    return counts


def last_card_of(connection: Connection, household: int) -> Card | None:
    """Return the newest card of a household, ended or not."""
    query = select(CARDS.c.id).where(CARDS.c.household == to_signed(household))
    number = connection.execute(query.order_by(CARDS.c.id.desc())).scalar()
    return None if number is None else find_card(connection, int(number))


def is_taken(connection: Connection, fact: int) -> bool:
    """Return whether the outcome that a fact brings was recorded."""
    query = select(OUTCOMES.c.id).where(OUTCOMES.c.fact == to_signed(fact))
    return connection.execute(query).first() is not None


def take_outcomes(
    connection: Connection, facts: FactArray, *, at: datetime, policy: Policy, calendar: Calendar,
) -> list[int]:
    """Record the outcomes that these `verification.result` facts bring; return the cards."""
    taken = []
    for row in facts:
        card = find_card(connection, int(row["card"]), to_change=True)
        if card is None or is_taken(connection, int(row["fact"])):
            continue
        visit = Visit(
            Outcome(members(Outcome)[int(row["outcome"])]),
            VisitMode(members(VisitMode)[int(row["mode"])]),
            Answer(members(Answer)[int(row["worked"])]),
            _risk_words(int(row["risks"])),
            fact=int(row["fact"]), day=from_day(int(row["occurred_from"])),
        )
        words = outcome_words(visit.outcome, visit.mode)
        change = Change("outcome", at, "event", "worker", words, visit.fact)
        record_outcome(connection, card.id, visit, change, policy=policy, calendar=calendar)
        taken.append(card.id)
    return taken


def outcome_words(outcome: Outcome, mode: VisitMode) -> str:
    """Return an outcome in Chinese."""
    return zh(outcome) if mode is VisitMode.UNKNOWN else f"{zh(mode)}：{zh(outcome)}"


def _risk_words(mask: int) -> tuple[str, ...]:
    """Return the words of a mask of risks."""
    return tuple(risk.value for n, risk in enumerate(members(Risk)) if mask >> n & 1)
