"""Rows of the desk as they are read, and the one way to write a change: transition and outbox."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from alerts.desk.tables import CARDS, OUTBOX, TRANSITIONS
from yujing.storage.signed import from_signed, to_signed
from yujing.storage.sql import insert_row

OPEN, ACKNOWLEDGED = "open", "acknowledged"
COMPLETED, CANCELLED, EXPIRED = "completed", "cancelled", "expired"
LIVE = (OPEN, ACKNOWLEDGED)
CHINA = timezone(timedelta(hours=8))   # one zone, no summer time
SYSTEM = "yujing"            # who, when no person did it
_ADD_TO_OUTBOX = insert(OUTBOX)
_CHANGE_CARD = update(CARDS).where(CARDS.c.id == bindparam("of_card"))
RESTORED = (                 # columns that an undo puts back
    "stage", "level", "due_on", "measure_due_on", "assignee", "snoozed_until", "n_tries", "outcome",
    "ended_on", "ended_why", "ended_event",
)


@dataclass(frozen=True)
class Card:
    """One card; keys are unsigned, days are dates."""

    id: int
    household: int
    person: int
    region: int
    kind: str
    stage: str
    level: int
    rule: int
    reason: str
    score_reason: str
    kinds: int
    source: int
    employer: int
    file: int
    sentence: str
    benefit_fen: int
    p12: float
    u90: float
    audit_probability: float | None
    opened_on: date
    opened_at: int
    due_on: date
    measure_due_on: date
    seen_at: int | None
    assignee: str
    snoozed_until: date | None
    n_tries: int
    outcome: str
    ended_on: date | None
    ended_why: str
    ended_event: int

    @property
    def is_live(self) -> bool:
        """Return whether the card is still to be worked on."""
        return self.stage in LIVE


@dataclass(frozen=True)
class Evidence:
    """One signal behind a card."""

    rule: int
    person: int
    level: int
    since: int
    sentence: str
    first_on: date
    last_on: date
    gone_on: date | None


@dataclass(frozen=True)
class Transition:
    """One change of a card."""

    id: int
    card: int
    at: int
    day: date
    by: str
    role: str
    what: str
    from_stage: str
    to_stage: str
    why: str
    event: int
    undone: bool


@dataclass(frozen=True)
class Change:
    """Who changes a card, when and why.

    Parameters
    ----------
    what
        dealt, updated, seen, assigned, snoozed, outcome, completed, cancelled, expired, moved,
        undo.
    by, role
        Account and role; `yujing` and "" for the system.
    at
        Aware.
    why
        In Chinese, fit to be shown.
    event
        Hash of the fact that made it so, 0 none.
    """

    what: str
    at: datetime
    by: str = SYSTEM
    role: str = ""
    why: str = ""
    event: int = 0

    @property
    def seconds(self) -> int:
        """Return the moment in seconds since 1970."""
        return int(self.at.timestamp())

    @property
    def day(self) -> date:
        """Return the day in China."""
        return local_day(self.at)


def local_day(at: datetime) -> date:
    """Return the day in China of a moment.

    Examples
    --------
    >>> from datetime import UTC
    >>> local_day(datetime(2026, 11, 23, 17, tzinfo=UTC))
    datetime.date(2026, 11, 24)
    """
    return at.astimezone(CHINA).date()


def day_or_none(value: str | None) -> date | None:
    """Return the date of an ISO text."""
    return date.fromisoformat(value) if value else None


def to_card(row: Mapping[str, Any]) -> Card:
    """Return a row of `cards` with its types."""
    values = dict(row)
    for name in ("household", "person", "employer", "file", "ended_event"):
        values[name] = from_signed(values[name])
    for name in ("opened_on", "due_on", "measure_due_on", "snoozed_until", "ended_on"):
        values[name] = day_or_none(values[name])
    return Card(**values)


def find_card(connection: Connection, card: int, *, to_change: bool = False) -> Card | None:
    """Return a card, None when there is none of that number.

    Parameters
    ----------
    to_change
        Nobody else changes it until the end of the transaction.
    """
    query = select(CARDS).where(CARDS.c.id == card)
    if to_change:
        query = query.with_for_update()
    row = connection.execute(query).mappings().first()
    return None if row is None else to_card(dict(row))


def change_card(
    connection: Connection, card: Card, change: Change, *, undoable: bool = False, **columns: Any,
) -> int:
    """Change columns of a card, with its transition and its outbox row; return the transition.

    Parameters
    ----------
    undoable
        Keep what was there, so that `undo` can put it back.
    columns
        New values; days as dates.
    """
    values = {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in columns.items()
    }
    if values:
        write_columns(connection, card.id, values)
    before = ""
    if undoable:
        kept = {name: getattr(card, name) for name in RESTORED}
        before = json.dumps(kept, default=lambda day: day.isoformat())
    to_stage = str(columns.get("stage", card.stage))
    level = int(columns.get("level", card.level))
    region = int(columns.get("region", card.region))
    return write_transition(
        connection, card.id, change, household=card.household, person=card.person, region=region,
        level=level, from_stage=card.stage, to_stage=to_stage, before=before,
    )


def write_columns(connection: Connection, card: int, values: Mapping[str, Any]) -> None:
    """Write columns of a card without a transition; days as texts."""
    connection.execute(_CHANGE_CARD, {**values, "of_card": card})


def write_transition(
    connection: Connection, card: int, change: Change, *, household: int, person: int, region: int,
    level: int, from_stage: str, to_stage: str, before: str = "",
) -> int:
    """Write a transition and the outbox row that tells it; return its number."""
    row = {
        "card": card, "at": change.seconds, "day": change.day.isoformat(), "by": change.by,
        "role": change.role, "what": change.what, "from_stage": from_stage, "to_stage": to_stage,
        "why": change.why, "event": to_signed(change.event), "before": before,
    }
    number = insert_row(connection, TRANSITIONS, row)
    tell(connection, "card", change.at, transition=number, body={
        "transition": number, "card": card, "household": household, "person": person,
        "region": region, "level": level, "from_stage": from_stage, "to_stage": to_stage,
        "reason": change.what, "role": change.role, "happened_at": change.seconds,
    })
    return number


def tell(
    connection: Connection, kind: str, at: datetime, *, body: Mapping[str, Any],
    transition: int = 0,
) -> None:
    """Write one outbox row in the transaction of the change that it tells."""
    connection.execute(_ADD_TO_OUTBOX, {
        "kind": kind, "transition": transition, "made_at": int(at.timestamp()),
        "body": json.dumps(body, ensure_ascii=False, sort_keys=True),
    })
