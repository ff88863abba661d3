"""Standing numbers of the desk: cards, outcomes, bursts, money due. Read in SQL, by township.

A code may end in words of the desk (`money.due/M2/possible`): panels take them apart.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import numpy as np
from sqlalchemy import Connection, Engine, text

from dashboards.standing.asked import asked
from dashboards.standing.cells import CELL, TOWNSHIP_UNIT, Cells, merged
from yujing.storage.sql import reading

LOOK_BACK = timedelta(days=90)  # outcomes older than this say nothing about the work of today
REPEAT_DAYS = 30
_TOWNSHIP = f"region / {TOWNSHIP_UNIT} * {TOWNSHIP_UNIT}"
_LIVE = "stage IN ('open', 'acknowledged')"

# code: columns township, value, n, amount, and for some a word that ends the code
_QUERIES = {
    "cards.live": f"SELECT {_TOWNSHIP} AS township, level AS value, count(*) AS n, "
    f"sum(benefit_fen) AS amount, '' AS word FROM cards WHERE {_LIVE} GROUP BY 1, 2",
    "cards.overdue": f"SELECT {_TOWNSHIP} AS township, level AS value, count(*) AS n, "
    f"0 AS amount, stage AS word FROM cards WHERE {_LIVE} AND due_on < :today "
    "AND (snoozed_until IS NULL OR snoozed_until < :today) GROUP BY 1, 2, stage",
    "cards.opened": f"SELECT {_TOWNSHIP} AS township, rule AS value, count(*) AS n, 0 AS amount, "
    "kind AS word FROM cards WHERE opened_on BETWEEN :since AND :today GROUP BY 1, 2, kind",
    "cards.ended": f"SELECT {_TOWNSHIP} AS township, rule AS value, count(*) AS n, 0 AS amount, "
    "stage AS word FROM cards WHERE ended_on BETWEEN :since AND :today GROUP BY 1, 2, stage",
    "cards.outcome": "SELECT c.region / :unit * :unit AS township, o.rule AS value, "
    "count(*) AS n, 0 AS amount, o.outcome AS word FROM outcomes o JOIN cards c ON c.id = o.card "
    "WHERE o.undone = 0 AND o.day BETWEEN :since AND :today GROUP BY 1, 2, o.outcome",
    "visits": "SELECT c.region / :unit * :unit AS township, 0 AS value, count(*) AS n, "
    "0 AS amount, o.mode AS word FROM outcomes o JOIN cards c ON c.id = o.card "
    "WHERE o.undone = 0 AND o.day BETWEEN :since AND :today GROUP BY 1, o.mode",
    "held": "SELECT 0 AS township, 0 AS value, count(c.household) AS n, 0 AS amount, "
    "h.dimension AS word FROM held h JOIN held_cards c ON c.held = h.id "
    "WHERE h.stage = 'waiting' GROUP BY h.dimension",
    "not_sent": "SELECT village / :unit * :unit AS township, 0 AS value, sum(not_sent) AS n, "
    "sum(not_sent_fen) AS amount, '' AS word FROM deals d "
    "WHERE day = (SELECT max(day) FROM deals WHERE village = d.village) GROUP BY 1",
    "deals": "SELECT village / :unit * :unit AS township, 0 AS value, "
    "sum(n_dealt + n_audits) AS n, sum(capacity) AS amount, '' AS word FROM deals "
    "WHERE day BETWEEN :month AND :today GROUP BY 1",
    "money.due": f"SELECT {_TOWNSHIP} AS township, 0 AS value, count(*) AS n, "
    "sum(amount_fen) AS amount, clause || '/' || status AS word FROM money_due "
    "GROUP BY 1, clause, status",
}  # fmt: skip
_FIRST_CONTACT = (
    "SELECT c.region / :unit * :unit AS township, c.opened_on, min(o.day) AS contact "
    "FROM cards c LEFT JOIN outcomes o ON o.card = c.id AND o.undone = 0 "
    "AND o.outcome != 'no_contact' WHERE c.opened_on BETWEEN :since AND :today GROUP BY 1, 2, c.id"
)
NOT_YET = -1  # value of cards without a first contact


def desk_cells(engine: Engine, as_of: date) -> Cells:
    """Return the standing numbers of the desk on a day.

    Parameters
    ----------
    engine
        The desk database.
    as_of
        The day: what is live is live now, what is counted over time is counted up to it.
    """
    span = {
        "today": as_of.isoformat(), "since": (as_of - LOOK_BACK).isoformat(),
        "month": as_of.replace(day=1).isoformat(), "unit": TOWNSHIP_UNIT,
    }  # fmt: skip
    with reading(engine) as connection:
        parts = [asked(connection, _QUERIES, span)]
        parts.append({"cards.first_contact": _first_contacts(connection, span)})
    return merged(parts)


def _first_contacts(connection: Connection, span: Mapping[str, Any]) -> Any:
    """Return cards by the days from opening to the first contact, `NOT_YET` where there is none."""
    names = {name: value for name, value in span.items() if f":{name}" in _FIRST_CONTACT}
    rows = []
    for township, opened_on, contact in connection.execute(text(_FIRST_CONTACT), names):
        days = NOT_YET
        if contact is not None:
            days = max((date.fromisoformat(contact) - date.fromisoformat(opened_on)).days, 0)
        rows.append((int(township), days, 1, 0))
    return np.array(rows, dtype=CELL)
