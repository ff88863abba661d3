"""One line of a list: a card with its household in words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from sqlalchemy import Engine, func, select

from alerts.desk.desk import Desk
from alerts.desk.money import MoneyDue
from alerts.desk.record import Card
from alerts.desk.tables import CARDS, DEALS, OUTCOMES
from alerts.pages.words import SHAPES, due_words
from alerts.plans import clause_of
from yujing.access.scope import Scope
from yujing.domain.codes import Category, HouseholdType, members, number, zh
from yujing.storage.signed import from_signed, to_signed
from yujing.storage.sql import reading
from yujing.web import people
from yujing.web.page import Ask
from yujing.web.services import Services
from yujing.web.words import yuan

_RELOCATED = number(Category.RELOCATED)
_KEYS_OF_A_QUERY = 500  # below the number of parameters that SQLite takes


@dataclass(frozen=True)
class Level:
    """How urgent, by shape, word and colour."""

    number: int
    shape: str
    word: str


@dataclass(frozen=True)
class Line:
    """A card on a list.

    Parameters
    ----------
    card
        The card.
    level, due
        In words.
    name, n_members, kind
        Of the household; the name is masked, the kind may be empty.
    village
        Name of the village.
    help
        The most that could be applied for, in words; empty without.
    last_contact
        Day of the last contact, None without one.
    """

    card: Card
    level: Level
    due: str
    overdue: bool
    name: str
    n_members: int
    kind: str
    village: str
    help: str
    last_contact: date | None


def level_of(services: Services[Desk], card_level: int, region: int, today: date) -> Level:
    """Return a level as this county calls it."""
    word = services.policy.colour(card_level, region=region, day=today)
    return Level(card_level, SHAPES[card_level], word)


def lines(services: Services[Desk], ask: Ask, cards: Sequence[Card]) -> list[Line]:
    """Return cards as lines, in their order."""
    keys = [card.household for card in cards]
    with services.reading():
        state = services.state()
        homes = people.households(state, services.vault, keys, as_of=ask.today)
        kinds = household_kinds(state, keys)
    contacts = last_contacts(services.desk_engine, keys)
    money = best_money(services.desk, cards)
    return [
        Line(
            card=card,
            level=level_of(services, card.level, card.region, ask.today),
            due=due_words(card.due_on, ask.today, services.calendar, level=card.level),
            overdue=card.due_on < ask.today,
            name=homes[card.household].name,
            n_members=len(homes[card.household].members),
            kind=kinds.get(card.household, ""),
            village=services.place(card.region),
            help=money.get(card.household, ""),
            last_contact=contacts.get(card.household),
        )
        for card in cards
    ]


def in_order(found: Iterable[Line]) -> list[Line]:
    """Return lines by level, then due, then who has waited longest for a contact."""
    return sorted(
        found,
        key=lambda line: (
            -line.card.level,
            line.card.due_on,
            line.last_contact or date.min,
            line.card.id,
        ),
    )


def household_kinds(state: Any, keys: Iterable[int]) -> dict[int, str]:
    """Return what kind each household is, in a word; without the unknown ones."""
    wanted = np.unique(np.array(list(keys), dtype=np.uint64))
    rows = state.household_rows(wanted)
    types = members(HouseholdType)
    kinds = {}
    for key, row in zip(wanted.tolist(), rows.tolist(), strict=True):
        if row < 0:
            continue
        home = state.households[row]
        opened = int(home["category_open"][_RELOCATED])
        closed = int(home["category_close"][_RELOCATED])
        kind = types[int(home["household_type"])]
        if opened and closed < opened:
            kinds[key] = "搬迁户"
        elif kind is not HouseholdType.UNKNOWN:
            kinds[key] = zh(kind)
    return kinds


def last_contacts(engine: Engine, households: Sequence[int]) -> dict[int, date]:
    """Return the day of the last contact with each household."""
    found: dict[int, date] = {}
    with reading(engine) as connection:
        for start in range(0, len(households), _KEYS_OF_A_QUERY):
            some = [to_signed(key) for key in households[start : start + _KEYS_OF_A_QUERY]]
            query = (
                select(CARDS.c.household, func.max(OUTCOMES.c.day))
                .join(OUTCOMES, OUTCOMES.c.card == CARDS.c.id)
                .where(
                    CARDS.c.household.in_(some),
                    OUTCOMES.c.undone == 0,
                    OUTCOMES.c.outcome != "no_contact",
                )
                .group_by(CARDS.c.household)
            )
            for key, day in connection.execute(query):
                found[from_signed(key)] = date.fromisoformat(day)
    return found


def best_money(desk: Desk, cards: Sequence[Card]) -> Mapping[int, str]:
    """Return the largest amount that each household could apply for, in words."""
    wanted = {card.household for card in cards}
    if not wanted:
        return {}
    prefixes = {f"{card.region:012d}" for card in cards}
    best: dict[int, MoneyDue] = {}
    for prefix in prefixes:
        for item in desk.money_due(prefix):
            known = best.get(item.household)
            if item.household in wanted and (known is None or item.amount_fen > known.amount_fen):
                best[item.household] = item
    return {key: _money_words(item) for key, item in best.items()}


def _money_words(item: MoneyDue) -> str:
    title = clause_of(item.clause).title
    missing = f"（还差：{item.missing[0]}）" if item.missing else ""
    return f"可申请：{title} {yuan(item.amount_fen)}{missing}"


def dealt_at(engine: Engine, scope: Scope) -> int | None:
    """Return the moment of the latest deal in a region, None before the first."""
    least, largest = scope.bounds
    query = select(func.max(DEALS.c.claimed_at)).where(DEALS.c.village.between(least, largest))
    with reading(engine) as connection:
        value = connection.execute(query).scalar()
    return None if value is None else int(value)


def latest_deals(engine: Engine, scope: Scope) -> dict[int, date]:
    """Return the day of the latest deal of each village of a region."""
    least, largest = scope.bounds
    query = (
        select(DEALS.c.village, func.max(DEALS.c.day))
        .where(DEALS.c.village.between(least, largest))
        .group_by(DEALS.c.village)
    )
    with reading(engine) as connection:
        rows = connection.execute(query.order_by(DEALS.c.village)).all()
    return {int(village): date.fromisoformat(day) for village, day in rows}
