"""Bursts that wait: a supervisor releases them, and they become cards, or discards them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import msgspec
from sqlalchemy import Connection, func, insert, select, update

from alerts.desk.opening import open_card
from alerts.desk.record import Change, tell
from alerts.desk.tables import COOL_DOWNS, HELD, HELD_CARDS
from alerts.drafts import CardDraft
from yujing.domain.policy import Policy
from yujing.errors import TransitionError
from yujing.storage.signed import from_signed, to_signed

WAITING, RELEASED, DISCARDED = "waiting", "released", "discarded"


@dataclass(frozen=True)
class HeldBurst:
    """One held item."""

    id: int
    day: date
    county: int
    dimension: str
    value: int
    limit: int
    stage: str
    n: int


def held_bursts(connection: Connection, *, waiting_only: bool = True) -> list[HeldBurst]:
    """Return held items, oldest first."""
    n = select(func.count()).where(HELD_CARDS.c.held == HELD.c.id).scalar_subquery()
    query = select(HELD, n.label("n")).order_by(HELD.c.id)
    if waiting_only:
        query = query.where(HELD.c.stage == WAITING)
    return [
        HeldBurst(
            row["id"], date.fromisoformat(row["day"]), row["county"], row["dimension"],
            from_signed(row["value"]), row["card_limit"], row["stage"], row["n"],
        ) for row in connection.execute(query).mappings()
    ]


def held_drafts(connection: Connection, number: int) -> list[CardDraft]:
    """Return the cards of a held item as they would be opened."""
    query = select(HELD_CARDS.c.draft).where(HELD_CARDS.c.held == number)
    rows = connection.execute(query.order_by(HELD_CARDS.c.household)).scalars()
    return [msgspec.json.decode(row, type=CardDraft) for row in rows]


def release(connection: Connection, number: int, change: Change) -> list[int]:
    """Open every card of a held item; return their numbers.

    Raises
    ------
    TransitionError
        If it was decided already.
    """
    _decide(connection, number, RELEASED, change)
    opened = []
    for draft in held_drafts(connection, number):
        card = open_card(
            connection, draft, day=change.day, at=change.at, by=change.by,
            why=change.why or "集中出现的提醒，已由负责人放行",
        )
        if card is not None:
            opened.append(card)
    return opened


def discard(connection: Connection, number: int, change: Change, *, policy: Policy) -> int:
    """Discard a held item: the same reason is silent for its households; return how many.

    Raises
    ------
    TransitionError
        If it was decided already.
    """
    _decide(connection, number, DISCARDED, change)
    drafts = held_drafts(connection, number)
    for draft in drafts:
        days = policy.whole("cool_down.days", region=draft.region, day=change.day)
        connection.execute(insert(COOL_DOWNS).values(
            household=to_signed(draft.household), card=0, kinds=draft.kinds, level=draft.level,
            score_reason=draft.score_reason, why="discarded", transition=0,
            until_on=(change.day + timedelta(days=days)).isoformat(),
        ))
    return len(drafts)


def _decide(connection: Connection, number: int, stage: str, change: Change) -> None:
    """Claim the decision by compare and set."""
    at: datetime = change.at
    result = connection.execute(
        update(HELD).where(HELD.c.id == number, HELD.c.stage == WAITING).values(
            stage=stage, decided_at=int(at.timestamp()), decided_by=change.by,
        )
    )
    if result.rowcount != 1:
        raise TransitionError("这一批提醒已经处理过了")
    tell(connection, "held", at, body={"held": number, "stage": stage, "by": change.by})
