"""A deal at the desk: claims of village and day, cards, held bursts, the record of the choice."""

import json
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import msgspec
import numpy as np
from sqlalchemy import Connection, delete, insert, select

from alerts.dealing import COUNTY_UNIT, Deal, Verdict, VillageDeal
from alerts.desk.opening import live_cards_of, open_card, renew_card
from alerts.desk.record import SYSTEM, tell
from alerts.desk.tables import COUNTY_SIZES, DEALS, HELD, HELD_CARDS, STANDING
from alerts.drafts import Drafting
from alerts.hysteresis import Standing
from alerts.rules import RED, REPORT
from yujing.storage.signed import from_signed, to_signed
from yujing.storage.sql import insert_new, insert_row, take_turn

TURN = "deal"   # what touches every village: of two that try at once the second finds it done
COLUMNS = (
    "household", "person", "kind", "level", "reason", "kinds", "p12", "u90", "benefit_fen",
    "chance", "verdict",
)


@dataclass(frozen=True)
class Applied:
    """What a deal did at the desk."""

    opened: tuple[int, ...]
    updated: tuple[int, ...]
    audits: tuple[int, ...]
    held: tuple[int, ...]
    claimed: tuple[int, ...]   # villages


def apply_deal(
    connection: Connection, deal: Deal, drafting: Drafting, *, at: datetime, position: int,
    late_sources: Sequence[str] = (),
) -> Applied:
    """Write a deal in the caller's transaction.

    Villages claimed before get only what cannot wait: reds and people's reports.
    """
    if not deal.urgent:
        take_turn(connection, TURN)
    rows = deal.candidates.rows
    claimed = set() if deal.urgent else _claim(connection, deal, at, position, late_sources)
    day = deal.as_of
    opened, updated, audits = [], [], []
    for index in deal.dealt:
        row = rows[index]
        passes = row["level"] >= RED or row["kind"] == REPORT   # whoever claimed the day
        if deal.urgent or passes or int(row["region"]) in claimed:
            draft = drafting.of_candidate(deal.candidates, int(index))
            card = open_card(connection, draft, day=day, at=at, by=SYSTEM)
            if card is not None:
                opened.append(card)
    now = live_cards_of(connection, [int(rows["household"][index]) for index in deal.updated])
    for index in deal.updated:
        card_now = now.get(int(rows["household"][index]))
        if card_now is not None:
            draft = drafting.of_candidate(deal.candidates, int(index))
            if renew_card(connection, card_now, draft, day=day, at=at):
                updated.append(card_now.id)
    for place, probability in zip(deal.audits, deal.audit_probability, strict=True):
        if int(deal.candidates.regions[place]) in claimed:
            draft = drafting.of_chance(deal.candidates, int(place), float(probability))
            card = open_card(connection, draft, day=day, at=at, by=SYSTEM)
            if card is not None:
                audits.append(card)
    held = tuple(_hold(connection, deal, drafting, at))
    if not deal.urgent:
        _keep_standing(connection, deal.standing)
        _keep_sizes(connection, deal)
        tell(connection, "deal", at, body={
            "day": day.isoformat(), "opened": len(opened), "updated": len(updated),
            "audits": len(audits), "held": len(held), "villages": len(claimed),
        })
    return Applied(tuple(opened), tuple(updated), tuple(audits), held, tuple(sorted(claimed)))


def _claim(
    connection: Connection, deal: Deal, at: datetime, position: int, late_sources: Sequence[str],
) -> set[int]:
    """Claim every village of the deal for its day; return those that nobody had claimed."""
    claimed: set[int] = set()
    in_order = lines_by_village(deal)
    for village in deal.villages:
        lines = in_order.get(village.region, [])
        row = {
            "day": deal.as_of.isoformat(), "village": village.region,
            "claimed_at": int(at.timestamp()), "seed": deal.seed, "position": position,
            "late_sources": json.dumps(list(late_sources), ensure_ascii=False),
            "capacity": village.capacity, "released": village.released, "used": village.used,
            "n_dealt": village.n_dealt, "n_audits": village.n_audits,
            "not_sent": village.not_sent, "not_sent_fen": village.not_sent_fen,
            "candidates": zlib.compress(msgspec.json.encode(lines), 6),
        }
        result = connection.execute(insert_new(connection, DEALS), row)
        if result.rowcount == 1:
            claimed.add(village.region)
    return claimed


def lines_by_village(deal: Deal) -> dict[int, list[list[Any]]]:
    """Return each village's candidates in the order of the deal, as `COLUMNS`.

    Households that chance picked follow at the end, with the probability as their chance.
    """
    lines: dict[int, list[list[Any]]] = {}
    rows, words = deal.candidates.rows, deal.candidates.reasons
    for index in deal.order:
        row = rows[index]
        lines.setdefault(int(row["region"]), []).append([
            f"{int(row['household']):016x}", f"{int(row['person']):016x}", int(row["kind"]),
            int(row["level"]), words[int(row["reason"])], int(row["kinds"]), float(row["p12"]),
            float(row["u90"]), int(row["benefit_fen"]), float(deal.chance[index]),
            Verdict(int(deal.verdict[index])).name,
        ])
    for place, probability in zip(deal.audits, deal.audit_probability, strict=True):
        region = int(deal.candidates.regions[place])
        lines.setdefault(region, []).append([
            f"{int(deal.candidates.population[place]):016x}", f"{0:016x}", 5, 1, "audit", 0, 0.0,
            0.0, 0, float(probability), "AUDIT",
        ])
    return lines


def _hold(
    connection: Connection, deal: Deal, drafting: Drafting, at: datetime,
) -> Iterator[int]:
    """Keep each burst as one item with the drafts of its cards; yield its number.

    Households that wait in a held item already are left out.
    """
    waiting = select(HELD_CARDS.c.household).join(HELD, HELD.c.id == HELD_CARDS.c.held)
    known = set(connection.execute(waiting.where(HELD.c.stage == "waiting")).scalars())
    keys = deal.candidates.rows["household"]
    for burst in deal.bursts:
        places = [int(i) for i in burst.places if to_signed(int(keys[i])) not in known]
        if not places:
            continue
        number = insert_row(connection, HELD, {
            "day": deal.as_of.isoformat(), "county": burst.county, "dimension": burst.dimension,
            "value": to_signed(burst.value), "card_limit": burst.limit, "stage": "waiting",
            "made_at": int(at.timestamp()),
        })
        connection.execute(
            insert(HELD_CARDS),
            [
                {"held": number, "household": to_signed(draft.household),
                 "draft": msgspec.json.encode(draft)}
                for draft in (drafting.of_candidate(deal.candidates, i) for i in places)
            ],
        )
        tell(connection, "held", at, body={
            "held": number, "county": burst.county, "dimension": burst.dimension,
            "n": len(places),
        })
        yield number


def _keep_standing(connection: Connection, standing: Standing) -> None:
    """Replace who stands by score."""
    connection.execute(delete(STANDING))
    if len(standing.households):
        connection.execute(
            insert(STANDING),
            [
                {"household": to_signed(int(key)), "low_runs": int(runs), "day": int(day)}
                for key, runs, day in zip(
                    standing.households, standing.low_runs, standing.days, strict=True)
            ],
        )


def _keep_sizes(connection: Connection, deal: Deal) -> None:
    """Note how many households the counties of a deal have."""
    counties, sizes = np.unique(deal.candidates.regions // COUNTY_UNIT, return_counts=True)
    if not len(counties):
        return
    codes = [int(county) for county in counties]
    connection.execute(delete(COUNTY_SIZES).where(COUNTY_SIZES.c.county.in_(codes)))
    connection.execute(insert(COUNTY_SIZES), [
        {"county": code, "households": int(n), "as_of": deal.as_of.isoformat()}
        for code, n in zip(codes, sizes, strict=True)
    ])


def read_standing(connection: Connection) -> Standing:
    """Return who stood by score after the last deal."""
    rows = connection.execute(select(STANDING)).all()
    if not rows:
        return Standing()
    keys = np.array([from_signed(row[0]) for row in rows], dtype=np.uint64)
    order = np.argsort(keys)
    rest = np.array([[row[1], row[2]] for row in rows], dtype=np.int64)
    return Standing(keys[order], rest[order, 0], rest[order, 1])


@dataclass(frozen=True)
class PastDeal:
    """A village's deal of a day as it was made."""

    day: date
    village: VillageDeal
    position: int
    late_sources: tuple[str, ...]
    lines: tuple[dict[str, Any], ...]


def past_deals(
    connection: Connection, *, village: int | None = None, day: date | None = None,
) -> Iterator[PastDeal]:
    """Yield deals by day and village, all or of one village or day."""
    query = select(DEALS).order_by(DEALS.c.day, DEALS.c.village)
    if village is not None:
        query = query.where(DEALS.c.village == village)
    if day is not None:
        query = query.where(DEALS.c.day == day.isoformat())
    for row in connection.execute(query).mappings():
        lines = msgspec.json.decode(zlib.decompress(row["candidates"]))
        yield PastDeal(
            date.fromisoformat(row["day"]),
            VillageDeal(
                row["village"], row["capacity"], row["released"], row["used"], row["n_dealt"],
                row["n_audits"], row["not_sent"], row["not_sent_fen"],
            ),
            row["position"], tuple(json.loads(row["late_sources"])),
            tuple(dict(zip(COLUMNS, line, strict=True)) for line in lines),
        )
