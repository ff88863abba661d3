"""What pages, digests and boards read from the desk."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec
from sqlalchemy import Connection, RowMapping, and_, func, or_, select, update

from alerts.desk.dealt import PastDeal, past_deals
from alerts.desk.record import OPEN, Card, Evidence, Transition, to_card
from alerts.desk.tables import (
    CARDS,
    DEALS,
    EVIDENCE,
    FACTORS,
    OUTBOX,
    OUTCOMES,
    TRANSITIONS,
    is_live,
)
from alerts.drafts import FactorDraft
from yujing.storage.signed import from_signed

VILLAGE_DIGITS = 12


def in_scope(prefix: str, region: Any = CARDS.c.region) -> Any:
    """Return the condition that a card lies in a place; the prefix is 2 to 12 digits of a code."""
    width = VILLAGE_DIGITS - len(prefix)
    if not prefix:
        return region >= 0
    low = int(prefix) * 10**width
    return and_(region >= low, region < low + 10**width)


def open_cards(
    connection: Connection, prefix: str = "", *, stages: tuple[str, ...] = (OPEN,),
    today: date | None = None, assignee: str | None = None,
) -> list[Card]:
    """Return cards of a place: by level, then due, then tries, then number.

    Parameters
    ----------
    prefix
        First digits of the region code.
    stages
        Stages to show; only cards nobody has confirmed by default.
    today
        Leaves out what was put off beyond this day.
    assignee
        Only what was given to this account.
    """
    query = select(CARDS).where(CARDS.c.stage.in_(stages), in_scope(prefix))
    if today is not None:
        asleep = CARDS.c.snoozed_until > today.isoformat()
        query = query.where(or_(CARDS.c.snoozed_until.is_(None), ~asleep))
    if assignee is not None:
        query = query.where(CARDS.c.assignee == assignee)
    order = (CARDS.c.level.desc(), CARDS.c.due_on, CARDS.c.n_tries, CARDS.c.id)
    return [to_card(dict(row)) for row in connection.execute(query.order_by(*order)).mappings()]


def ended_cards(
    connection: Connection, prefix: str, *, since: date, stages: tuple[str, ...],
) -> list[Card]:
    """Return cards of a place that ended on or after a day, newest first."""
    query = select(CARDS).where(
        CARDS.c.stage.in_(stages), in_scope(prefix), CARDS.c.ended_on >= since.isoformat(),
    ).order_by(CARDS.c.ended_on.desc(), CARDS.c.id.desc())
    return [to_card(dict(row)) for row in connection.execute(query).mappings()]


def evidence_of(connection: Connection, card: int) -> list[Evidence]:
    """Return the signals behind a card: standing first, then by level and day."""
    query = select(EVIDENCE).where(EVIDENCE.c.card == card).order_by(
        EVIDENCE.c.gone_on.isnot(None), EVIDENCE.c.level.desc(), EVIDENCE.c.since.desc(),
        EVIDENCE.c.rule, EVIDENCE.c.person,
    )
    return [
        Evidence(
            row["rule"], from_signed(row["person"]), row["level"], row["since"], row["sentence"],
            date.fromisoformat(row["first_on"]), date.fromisoformat(row["last_on"]),
            None if row["gone_on"] is None else date.fromisoformat(row["gone_on"]),
        ) for row in connection.execute(query).mappings()
    ]


def factors_of(connection: Connection, card: int) -> list[FactorDraft]:
    """Return the contributions behind a card, loudest first."""
    query = select(FACTORS).where(FACTORS.c.card == card).order_by(FACTORS.c.place)
    rows = connection.execute(query).mappings()
    return [FactorDraft(r["name"], r["zh"], r["points"], r["words"]) for r in rows]


def transitions_of(connection: Connection, card: int) -> list[Transition]:
    """Return the changes of a card, oldest first."""
    query = select(TRANSITIONS).where(TRANSITIONS.c.card == card).order_by(TRANSITIONS.c.id)
    return [
        Transition(
            row["id"], row["card"], row["at"], date.fromisoformat(row["day"]), row["by"],
            row["role"], row["what"], row["from_stage"], row["to_stage"], row["why"],
            from_signed(row["event"]), bool(row["undone"]),
        ) for row in connection.execute(query).mappings()
    ]


@dataclass(frozen=True)
class RecordedOutcome:
    """One outcome as it was recorded."""

    id: int
    card: int
    day: date
    by: str
    outcome: str
    mode: str
    answers: dict[str, str]
    note: int | None
    undone: bool


def outcomes_of(connection: Connection, card: int | None = None) -> list[RecordedOutcome]:
    """Return recorded outcomes, of one card or all, oldest first."""
    query = select(OUTCOMES).order_by(OUTCOMES.c.id)
    if card is not None:
        query = query.where(OUTCOMES.c.card == card)
    return [
        RecordedOutcome(
            row["id"], row["card"], date.fromisoformat(row["day"]), row["by"], row["outcome"],
            row["mode"], json.loads(row["answers"]), row["note"], bool(row["undone"]),
        ) for row in connection.execute(query).mappings()
    ]


def used_of(connection: Connection, village: int, today: date) -> int:
    """Return how many cards a village got in the month of a day, up to that day."""
    query = select(func.count()).select_from(CARDS).where(
        CARDS.c.region == village, CARDS.c.opened_on >= today.replace(day=1).isoformat(),
        CARDS.c.opened_on <= today.isoformat(),
    )
    return int(connection.execute(query).scalar_one())


def n_live(connection: Connection) -> dict[int, int]:
    """Return how many live cards each village has."""
    query = select(CARDS.c.region, func.count()).where(is_live()).group_by(CARDS.c.region)
    return {row[0]: row[1] for row in connection.execute(query)}


def live_among(connection: Connection, households: Sequence[int]) -> list[int]:
    """Return which of these households, signed keys, have a live card."""
    found: list[int] = []
    for some in _ids(list(households)):
        query = select(CARDS.c.household).where(is_live(), CARDS.c.household.in_(some))
        found += connection.execute(query).scalars()
    return found


def not_sent(connection: Connection, village: int, day: date | None = None) -> PastDeal | None:
    """Return a village's deal of a day, the latest by default; its lines say what did not fit."""
    deals = list(past_deals(connection, village=village, day=day))
    return deals[-1] if deals else None


def villages_dealt(connection: Connection, prefix: str = "") -> list[int]:
    """Return the villages of a place that ever had a deal, rising."""
    query = select(DEALS.c.village).distinct().where(in_scope(prefix, DEALS.c.village))
    return list(connection.execute(query.order_by(DEALS.c.village)).scalars())


def last_deal_day(connection: Connection) -> date | None:
    """Return the day of the newest deal."""
    newest = connection.execute(select(func.max(DEALS.c.day))).scalar()
    return None if newest is None else date.fromisoformat(newest)


def canonical_deals(connection: Connection) -> Iterator[bytes]:
    """Yield the content of every deal in a fixed order and form, for the digest.

    Per village and day the candidates in order with score, benefit, dealt or why not; no moment, no
    position, no card number.
    """
    for past in past_deals(connection):
        lines = [list(line.values()) for line in past.lines]
        content = [past.day.isoformat(), past.village.region, past.village.capacity, lines]
        yield msgspec.json.encode(content) + b"\n"


@dataclass(frozen=True)
class OutboxRow:
    """One thing that is to leave the desk."""

    id: int
    kind: str
    transition: int
    body: dict[str, Any]


def waiting_rows(
    connection: Connection, *, kinds: tuple[str, ...] | None = None, most: int = 10_000,
) -> list[OutboxRow]:
    """Return what was not sent yet, oldest first."""
    query = select(OUTBOX).where(OUTBOX.c.sent_at.is_(None)).order_by(OUTBOX.c.id).limit(most)
    if kinds is not None:
        query = query.where(OUTBOX.c.kind.in_(kinds))
    return [_outbox_row(row) for row in connection.execute(query).mappings()]


def _outbox_row(row: RowMapping) -> OutboxRow:
    return OutboxRow(row["id"], row["kind"], row["transition"], json.loads(row["body"]))


def _ids(ids: list[int]) -> Iterator[list[int]]:
    """Cut numbers to SQLite's limit on bound values."""
    for start in range(0, len(ids), 500):
        yield ids[start : start + 500]


def take_rows(
    connection: Connection, *, now: int, until: int, kinds: tuple[str, ...] | None, most: int,
) -> list[OutboxRow]:
    """Take what was not sent yet, oldest first, so that nobody else sends it before a moment."""
    free = or_(OUTBOX.c.taken_until.is_(None), OUTBOX.c.taken_until <= now)
    query = select(OUTBOX).where(OUTBOX.c.sent_at.is_(None), free).order_by(OUTBOX.c.id)
    if kinds is not None:
        query = query.where(OUTBOX.c.kind.in_(kinds))
    query = query.limit(most).with_for_update(skip_locked=True)
    rows = [_outbox_row(row) for row in connection.execute(query).mappings()]
    for some in _ids([row.id for row in rows]):
        taken = update(OUTBOX).where(OUTBOX.c.id.in_(some)).values(taken_until=until)
        connection.execute(taken)
    return rows


def mark_sent(connection: Connection, ids: list[int], seconds: int) -> None:
    """Note that rows of the outbox were delivered."""
    for some in _ids(ids):
        connection.execute(update(OUTBOX).where(OUTBOX.c.id.in_(some)).values(sent_at=seconds))
