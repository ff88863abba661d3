"""Money that could be applied for, and who objects: two small lists beside the cards."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, delete, insert, select

from alerts.desk.record import Change, tell
from alerts.desk.tables import MONEY_DUE, PAUSED
from alerts.plans import lack_words
from yujing.storage.signed import from_signed, to_signed
from yujing.storage.sql import insert_new


@dataclass(frozen=True)
class MoneyDue:
    """One subsidy that somebody could get.

    Parameters
    ----------
    status
        possible or missing.
    missing
        Evidence still missing, in Chinese.
    """

    household: int
    person: int
    region: int
    clause: str
    amount_fen: int
    status: str
    missing: tuple[str, ...]


def due_of(table: npt.NDArray[np.void]) -> list[MoneyDue]:
    """Return every subsidy of a `money_due_table`, with the papers to bring."""
    return [
        MoneyDue(
            int(row["household"]), int(row["person"]), int(row["region"]), str(row["clause"]),
            int(row["amount_fen"]), "possible", lack_words(int(row["lack"])),
        ) for row in table
    ]


def replace_money_due(
    connection: Connection, items: Sequence[MoneyDue], households: Sequence[int] | None, day: date,
) -> None:
    """Replace the money due of households, of all with None."""
    if households is None:
        connection.execute(delete(MONEY_DUE))
    else:
        for start in range(0, len(households), 500):
            some = [to_signed(key) for key in households[start : start + 500]]
            connection.execute(delete(MONEY_DUE).where(MONEY_DUE.c.household.in_(some)))
    if items:
        connection.execute(insert(MONEY_DUE), [
            {
                "household": to_signed(item.household), "person": to_signed(item.person),
                "region": item.region, "clause": item.clause, "amount_fen": item.amount_fen,
                "status": item.status, "updated_on": day.isoformat(),
                "missing": json.dumps(list(item.missing), ensure_ascii=False),
            } for item in items
        ])


def money_due(
    connection: Connection, prefix: str = "", *, household: int | None = None,
) -> list[MoneyDue]:
    """Return money due in a place or of a household, by household, person, clause."""
    query = select(MONEY_DUE).order_by(
        MONEY_DUE.c.region, MONEY_DUE.c.household, MONEY_DUE.c.person, MONEY_DUE.c.clause,
    )
    if prefix:
        unit = 10 ** (12 - len(prefix))
        low = int(prefix) * unit
        query = query.where(MONEY_DUE.c.region >= low, MONEY_DUE.c.region < low + unit)
    if household is not None:
        query = query.where(MONEY_DUE.c.household == to_signed(household))
    return [
        MoneyDue(
            from_signed(row["household"]), from_signed(row["person"]), row["region"], row["clause"],
            row["amount_fen"], row["status"], tuple(json.loads(row["missing"])),
        ) for row in connection.execute(query).mappings()
    ]


def pause(connection: Connection, household: int, person: int, due: date, change: Change) -> None:
    """Stop rules and scores from opening cards for a household whose member objects."""
    row = {
        "household": to_signed(household), "person": to_signed(person), "by": change.by,
        "since_on": change.day.isoformat(), "due_on": due.isoformat(),
    }
    connection.execute(insert_new(connection, PAUSED), row)
    tell(connection, "paused", change.at, body={"household": household, "by": change.by})


def paused(connection: Connection) -> dict[int, date]:
    """Return the households whose member objects, with the day by which to answer."""
    rows = connection.execute(select(PAUSED.c.household, PAUSED.c.due_on))
    return {from_signed(row[0]): date.fromisoformat(row[1]) for row in rows}


def resume(connection: Connection, household: int, change: Change) -> None:
    """Let rules and scores speak again."""
    connection.execute(delete(PAUSED).where(PAUSED.c.household == to_signed(household)))
    tell(connection, "resumed", change.at, body={"household": household, "by": change.by})
