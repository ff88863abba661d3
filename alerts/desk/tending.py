"""What the daily sweep does with open cards: follow, cancel, expire."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, bindparam, select, update

from alerts.desk.opening import live_card_of, live_cards
from alerts.desk.record import (
    ACKNOWLEDGED,
    CANCELLED,
    COMPLETED,
    EXPIRED,
    Card,
    Change,
    change_card,
)
from alerts.desk.tables import CARDS, EVIDENCE, is_live
from alerts.desk.visits import rest
from alerts.evidence import dated_facts
from alerts.rules import RED, Signals
from alerts.whereabouts import Whereabouts
from streams.fact import FactArray
from yujing.domain.calendar import Calendar
from yujing.domain.codes import Answer, InsuranceStatus, Outcome, number
from yujing.domain.policy import Policy
from yujing.storage.signed import from_signed, to_signed

_LET_GO = update(EVIDENCE).where(
    EVIDENCE.c.card == bindparam("of_card"), EVIDENCE.c.rule == bindparam("of_rule"),
    EVIDENCE.c.person == bindparam("of_person"),
)
_SAY_MONTH = (9, 10, 14, 15)   # kinds whose words name their month
BY_FACT = ("fact", "report", "seasonal")
# Kinds of event that can make the reason of each rule disappear (numbers of streams.wire).
CLEARING: Mapping[int, tuple[int, ...]] = MappingProxyType({
    1: (14, 13, 7, 9), 2: (7, 9, 14, 12, 24), 3: (16, 7, 9, 14, 24), 4: (7, 9, 14, 12, 24, 2, 1),
    5: (18,), 6: (23, 19), 7: (9, 7), 8: (24, 22), 9: (15, 14, 6), 10: (24, 20), 11: (24, 21),
    12: (1, 2),
})


class FactSource(Protocol):
    """Where effective facts of subjects come from."""

    def facts_of(self, subjects: npt.NDArray[np.uint64]) -> FactArray:
        """Return the effective facts of persons and households."""
        ...


def follow(
    connection: Connection, there: Whereabouts, *, at: datetime, opened_before: int | None = None,
) -> list[int]:
    """Let cards follow: to the new household of the member who caused them, to the new village.

    Where the new household has an open card already, the one that came is cancelled into it.
    """
    moved: list[int] = []
    for card in _tended(connection, opened_before):
        household = there.home_of(card.person) or card.household
        region = there.region_of(household)
        if region is None:
            continue   # nobody present there: what becomes of the card is for a person to say
        if (household, region) == (card.household, card.region):
            continue
        if household != card.household and live_card_of(connection, household) is not None:
            change = Change("cancelled", at, why="成员已转入另一户，并入该户提醒")
            end(connection, card, CANCELLED, change)
        else:
            change_card(
                connection, card, Change("moved", at, why="随成员或住址变动转到新的户或村"),
                household=to_signed(household), region=region,
            )
        moved.append(card.id)
    return moved


def _tended(connection: Connection, opened_before: int | None) -> list[Card]:
    """Return the live cards that were opened before a moment: the facts seen end there too.

    A red that a later fact opened would seem to have lost its reason.
    """
    cards = live_cards(connection)
    if opened_before is None:
        return cards
    return [card for card in cards if card.opened_at < opened_before]


def cancel_where_gone(
    connection: Connection, signals: Signals, there: Whereabouts, facts: FactSource, *,
    at: datetime, policy: Policy, opened_before: int | None = None,
) -> list[int]:
    """End cards whose every reason on facts is gone, with the event that made it so.

    A card whose reason was confirmed and then disappeared is completed: help worked. Cards by score
    or by chance stay: they are never withdrawn because a number fell.
    """
    holds = {
        (int(s["household"]), int(s["rule"]), int(s["person"])) for s in signals
    }
    gone: list[tuple[Card, list[int]]] = []
    left: list[dict[str, Any]] = []
    behind = _evidence_of_live(connection)
    for card in _tended(connection, opened_before):
        rows = behind.get(card.id, [])
        fallen = [
            (rule, person, gone_on) for rule, person, gone_on in rows
            if (card.household, rule, from_signed(person)) not in holds
        ]
        left += [
            {"of_card": card.id, "of_rule": rule, "of_person": person}
            for rule, person, gone_on in fallen if gone_on is None
        ]
        if card.kind in BY_FACT and rows and len(fallen) == len(rows):
            gone.append((card, [rule for rule, _, _ in rows]))
    if left:
        day = there.as_of.isoformat()
        connection.execute(_LET_GO.values(gone_on=day), left)
    subjects = _subjects(there, [card for card, _ in gone])
    found = facts.facts_of(np.array(sorted(set().union(*subjects.values())), dtype=np.uint64)) if (
        subjects) else None
    for card, rules in gone:
        mine = None if found is None else found[
            np.isin(found["subject"], np.array(sorted(subjects[card.id]), dtype=np.uint64))
        ]
        event, why = clearing_event(card, rules, mine, there.as_of)
        confirmed = card.stage == ACKNOWLEDGED and card.outcome == Outcome.CONFIRMED.value
        stage, what = (COMPLETED, "completed") if confirmed else (CANCELLED, "cancelled")
        change = Change(what, at, why=why, event=event)
        transition = end(connection, card, stage, change)
        if confirmed:
            rest(connection, card, change, transition, policy)
    return [card.id for card, _ in gone]


def _evidence_of_live(connection: Connection) -> dict[int, list[tuple[int, int, str | None]]]:
    """Return (rule, signed person, day it went) behind every live card."""
    query = select(
        EVIDENCE.c.card, EVIDENCE.c.rule, EVIDENCE.c.person, EVIDENCE.c.gone_on,
    ).join(CARDS, CARDS.c.id == EVIDENCE.c.card).where(is_live())
    behind: dict[int, list[tuple[int, int, str | None]]] = {}
    for card, rule, person, gone_on in connection.execute(query):
        behind.setdefault(card, []).append((rule, person, gone_on))
    return behind


def _subjects(there: Whereabouts, cards: Iterable[Card]) -> dict[int, set[int]]:
    """Return the household, its present members and the causing member of each card."""
    return {
        card.id: {card.household, *map(int, there.members_of(card.household))} | (
            {card.person} - {0})
        for card in cards
    }


def clearing_event(
    card: Card, rules: Iterable[int], facts: FactArray | None, as_of: date,
) -> tuple[int, str]:
    """Return the fact that made the reasons of a card disappear, and the sentence that says so.

    The fact is the newest one known since the card was opened, of a kind that can clear its rules;
    without one a correction or the passing of time did it.
    """
    kinds = frozenset(kind for rule in rules for kind in CLEARING.get(rule, ()))
    if facts is not None and len(facts):
        fresh = facts[
            (facts["known_at"] >= card.opened_at) & np.isin(facts["kind"], list(kinds))
            & _could_clear(facts)
        ]
        newest = fresh[np.lexsort((fresh["fact"], fresh["occurred_from"], fresh["known_at"]))][-1:]
        shown = dated_facts(newest, as_of=as_of)
        if shown:
            one, kind = shown[0], int(newest["kind"][0])
            when = "" if kind in _SAY_MONTH else f"{one.day.month:02}-{one.day.day:02} "
            return one.fact, f"{when}{one.words}（{one.source}），提醒自动取消"
    return 0, "数据已更正或时限已过，提醒自动取消"


def _could_clear(facts: FactArray) -> npt.NDArray[np.bool_]:
    """Return which facts speak against a reason: work, a line resumed, and whatever else is new."""
    idle = (facts["kind"] == 9) & (facts["worked"] != number(Answer.YES))
    goes_on = (number(InsuranceStatus.ENROL), number(InsuranceStatus.RESUME))
    stops = (facts["kind"] == 13) & ~np.isin(facts["status"], goes_on)
    result: npt.NDArray[np.bool_] = ~(idle | stops)
    return result


def expire(
    connection: Connection, *, at: datetime, policy: Policy, calendar: Calendar,
) -> list[int]:
    """End cards on which nobody acted in time.

    Reds and people's reports never expire; they stay overdue until somebody acts. A card that was
    put off waits for its day.
    """
    change = Change("expired", at, why="逾期未处理，自动到期")
    expired = []
    for card in live_cards(connection):
        if card.level >= RED or card.kind == "report":
            continue
        if card.snoozed_until is not None and card.snoozed_until >= change.day:
            continue
        grace = policy.whole("expiry.workdays_after_due", region=card.region, day=change.day)
        if calendar.add_workdays(card.due_on, grace) < change.day:
            transition = end(connection, card, EXPIRED, change)
            if card.outcome == Outcome.CONFIRMED.value:   # known to be true: not again next day
                rest(connection, card, change, transition, policy)
            expired.append(card.id)
    return expired


def end(connection: Connection, card: Card, stage: str, change: Change, **more: Any) -> int:
    """End a card; return the transition."""
    return change_card(
        connection, card, change, stage=stage, ended_on=change.day, ended_why=change.why,
        ended_event=to_signed(change.event), **more,
    )
