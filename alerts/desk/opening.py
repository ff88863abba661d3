"""Open a card from its draft, and renew the evidence of an open one."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from alerts.desk.record import (
    OPEN,
    Card,
    Change,
    change_card,
    to_card,
    write_columns,
    write_transition,
)
from alerts.desk.tables import CARDS, EVIDENCE, FACTORS, is_live
from alerts.drafts import CardDraft, EvidenceDraft
from yujing.storage.signed import to_signed
from yujing.storage.sql import insert_new, upsert

_ADD_FACTOR = insert(FACTORS)
_RENEWED = ("level", "since", "sentence", "last_on", "gone_on")
_KEYS_OF_A_QUERY = 500   # SQLite's limit on bound values
_KEYS = ("household", "person", "employer", "file")
_COLUMNS = [name for name in CardDraft.__struct_fields__ if name not in ("evidence", "factors")]


def live_cards(connection: Connection) -> list[Card]:
    """Return every card that is still to be worked on, by number; nobody else changes them now."""
    query = select(CARDS).where(is_live()).order_by(CARDS.c.id).with_for_update()
    return [to_card(dict(row)) for row in connection.execute(query).mappings()]


def live_cards_of(connection: Connection, households: Sequence[int]) -> dict[int, Card]:
    """Return the open cards of households; nobody else changes them now."""
    keys = sorted(to_signed(key) for key in households)
    found: list[Card] = []
    for start in range(0, len(keys), _KEYS_OF_A_QUERY):
        some = CARDS.c.household.in_(keys[start : start + _KEYS_OF_A_QUERY])
        query = select(CARDS).where(some, is_live()).order_by(CARDS.c.household).with_for_update()
        found += [to_card(dict(row)) for row in connection.execute(query).mappings()]
    return {card.household: card for card in found}


def live_card_of(connection: Connection, household: int) -> Card | None:
    """Return the open card of a household."""
    mine = select(CARDS).where(CARDS.c.household == to_signed(household), is_live())
    row = connection.execute(mine).mappings().first()
    return None if row is None else to_card(dict(row))


def open_card(
    connection: Connection, draft: CardDraft, *, day: date, at: datetime, by: str, why: str = "",
) -> int | None:
    """Open a card; return its number, None when the household has an open card already."""
    row: dict[str, Any] = {name: getattr(draft, name) for name in _COLUMNS}
    for name in _KEYS:
        row[name] = to_signed(row[name])
    row |= {"stage": OPEN, "opened_on": day.isoformat(), "opened_at": int(at.timestamp())}
    new = insert_new(connection, CARDS).returning(CARDS.c.id)
    card: int | None = connection.execute(new, row).scalar()
    if card is None:
        return None
    _write_evidence(connection, card, draft.evidence, day)
    if draft.factors:
        connection.execute(_ADD_FACTOR, [
            {"card": card, "place": place, "name": factor.name, "zh": factor.zh,
             "points": factor.points, "words": factor.words}
            for place, factor in enumerate(draft.factors)
        ])
    write_transition(
        connection, card, Change("dealt", at, by=by, why=why or draft.sentence),
        household=draft.household, person=draft.person, region=draft.region, level=draft.level,
        from_stage="", to_stage=OPEN,
    )
    return card


def renew_card(
    connection: Connection, card: Card, draft: CardDraft, *, day: date, at: datetime,
) -> bool:
    """Bring evidence, severity and sentence of an open card up to date; return whether it changed.

    Notes, assignee, snooze and visits stay as they are. A date by which to act only comes nearer.
    """
    new_kinds = draft.kinds & ~card.kinds
    _write_evidence(connection, card.id, draft.evidence, day)
    due, measure = date.fromisoformat(draft.due_on), date.fromisoformat(draft.measure_due_on)
    columns: dict[str, Any] = {
        "level": draft.level, "sentence": draft.sentence, "kinds": card.kinds | draft.kinds,
        "benefit_fen": draft.benefit_fen, "p12": draft.p12, "u90": draft.u90,
    }
    if draft.kind != card.kind and card.kind in ("audit", "score"):   # now a fact speaks
        columns |= {"kind": draft.kind, "rule": draft.rule, "reason": draft.reason}
    if draft.kind == "report":
        columns |= {"kind": "report"}
    if draft.level > card.level:
        columns["due_on"] = min(due, card.due_on)
        columns["measure_due_on"] = min(measure, card.measure_due_on)
    told = bool(new_kinds & ~1) or draft.level != card.level
    if told:
        why = draft.sentence
        change_card(connection, card, Change("updated", at, why=why), **columns)
        return True
    silent = {name: value for name, value in columns.items() if getattr(card, name) != value}
    if silent:
        write_columns(connection, card.id, silent)
    return bool(silent)


def _write_evidence(
    connection: Connection, card: int, evidence: tuple[EvidenceDraft, ...], day: date,
) -> None:
    """Add or renew the signals behind a card; what is gone stays, with the day it went."""
    if not evidence:
        return
    put = upsert(connection, EVIDENCE, key=("card", "rule", "person"), columns=_RENEWED)
    connection.execute(put, [
        {
            "card": card, "rule": one.rule, "person": to_signed(one.person), "level": one.level,
            "since": one.since, "sentence": one.sentence, "first_on": day.isoformat(),
            "last_on": day.isoformat(), "gone_on": None,
        } for one in evidence
    ])
