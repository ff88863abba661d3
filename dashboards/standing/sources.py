"""Standing numbers of sources and of what people found where sources sent them. Read in SQL.

Numbers of a source as a whole have township 0: a delivery has no place.
"""

from datetime import date
from typing import Any

from sqlalchemy import Engine

from dashboards.standing.asked import asked, present
from dashboards.standing.cells import TOWNSHIP_UNIT, Cells
from dashboards.standing.desk import LOOK_BACK
from dashboards.standing.measures.risks import P12_EDGES
from yujing.domain.days import to_day
from yujing.storage.sql import reading

THOUSAND = 1_000  # amounts of weights are in thousandths
_DELIVERED = ("accepted", "rejected", "duplicate", "conflict", "unmatched")
_PLACE = "c.region / :unit * :unit AS township"
_FOUND = (
    "FROM outcomes o JOIN cards c ON c.id = o.card "
    "WHERE o.undone = 0 AND o.outcome != 'no_contact' AND o.day BETWEEN :since AND :today"
)
_BAND = " ".join(f"WHEN c.p12 < {edge} THEN {band}" for band, edge in enumerate(P12_EDGES))
_WEIGHT = f"{THOUSAND} / c.audit_probability"

# code: table, and columns township, value, n, amount and a word that ends the code
_QUERIES = {
    **{
        f"source.{name}": (
            "source_day",
            f"SELECT 0 AS township, 0 AS value, sum({name}) AS n, 0 AS amount, source AS word "
            "FROM source_day WHERE day BETWEEN :first_day AND :last_day GROUP BY source",
        )
        for name in _DELIVERED
    },
    "source.last": (
        "source_day",
        "SELECT 0 AS township, max(day) AS value, 1 AS n, 0 AS amount, source AS word "
        "FROM source_day WHERE accepted + duplicate > 0 AND day <= :last_day GROUP BY source",
    ),
    "unmatched": (
        "unmatched",
        "SELECT 0 AS township, source AS value, count(*) AS n, min(known_at) AS amount, "
        "'' AS word FROM unmatched GROUP BY source",
    ),
    "differences": (
        "differences",
        "SELECT region / :unit * :unit AS township, 0 AS value, count(*) AS n, 0 AS amount, "
        "first_source || '/' || second_source AS word FROM differences WHERE stage = 'open' "
        "GROUP BY 1, first_source, second_source",
    ),
    "quality": (
        "quality_row",
        "SELECT region / :unit * :unit AS township, 0 AS value, count(*) AS n, 0 AS amount, "
        "rule AS word FROM quality_row WHERE mended IS NULL GROUP BY 1, rule",
    ),
    "feed.cards": (
        "cards",
        "SELECT region / :unit * :unit AS township, source AS value, count(*) AS n, 0 AS amount, "
        "'' AS word FROM cards WHERE opened_on BETWEEN :since AND :today GROUP BY 1, source",
    ),
    "feed.outcome": (
        "outcomes",
        f"SELECT {_PLACE}, c.source AS value, count(*) AS n, 0 AS amount, o.outcome AS word "
        f"{_FOUND} GROUP BY 1, c.source, o.outcome",
    ),
    "kind.outcome": (
        "outcomes",
        f"SELECT {_PLACE}, 0 AS value, count(*) AS n, 0 AS amount, "
        f"c.kind || '/' || o.outcome AS word {_FOUND} GROUP BY 1, c.kind, o.outcome",
    ),
    "band.outcome": (
        "outcomes",
        f"SELECT {_PLACE}, CASE {_BAND} ELSE {len(P12_EDGES)} END AS value, count(*) AS n, "
        f"0 AS amount, o.outcome AS word {_FOUND} GROUP BY 1, 2, o.outcome",
    ),
    "audit.outcome": (
        "outcomes",
        f"SELECT {_PLACE}, 0 AS value, count(*) AS n, sum({_WEIGHT}) AS amount, "
        f"o.outcome AS word {_FOUND} AND c.audit_probability > 0 GROUP BY 1, o.outcome",
    ),
    "outbox": (
        "outbox",
        "SELECT 0 AS township, 0 AS value, count(*) AS n, min(made_at) AS amount, kind AS word "
        "FROM outbox WHERE sent_at IS NULL GROUP BY kind",
    ),
    "sweep": (
        "sweep",
        "SELECT 0 AS township, 0 AS value, count(*) AS n, max(done_at) AS amount, kind AS word "
        "FROM sweep WHERE as_of BETWEEN :since AND :today GROUP BY kind",
    ),
}  # fmt: skip
_OF_THE_VAULT = {
    "doubles": (
        "doubles",
        "SELECT 0 AS township, 0 AS value, count(*) AS n, 0 AS amount, why AS word "
        "FROM doubles WHERE decision IS NULL GROUP BY why",
    ),
    "dead": (
        "dead_letters",
        "SELECT 0 AS township, 0 AS value, count(*) AS n, min(kept_at) AS amount, source AS word "
        "FROM dead_letters WHERE replayed_at IS NULL GROUP BY source",
    ),
}  # fmt: skip


def source_cells(desk: Engine, vault: Engine, as_of: date) -> Cells:
    """Return how many rows sources sent, what waits, and what visits said of their alerts.

    Parameters
    ----------
    desk, vault
        The databases; of the vault only rows are counted.
    as_of
        The day.
    """
    since = as_of - LOOK_BACK
    span: dict[str, Any] = {
        "today": as_of.isoformat(), "since": since.isoformat(), "unit": TOWNSHIP_UNIT,
        "first_day": to_day(since), "last_day": to_day(as_of),
    }  # fmt: skip
    cells: Cells = {}
    for engine, queries in ((desk, _QUERIES), (vault, _OF_THE_VAULT)):
        with reading(engine) as connection:
            cells |= asked(connection, present(connection, queries), span)
    return cells
