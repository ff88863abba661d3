"""What came from each source on which day: the ground of freshness and lateness.

Whatever way rows come in - HTTP, files, sheets, packages - they pass `note_rows`, in both shapes of
the installation. In the distributed one an accepted row is one that Kafka has.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sqlalchemy import ColumnElement, Engine, func, select

from streams.fact import FactArray
from streams.pipeline import Outcome
from streams.wire.catalogue import BY_KIND
from yujing.app.source_tables import SOURCE_DAY
from yujing.domain.codes import Source, members
from yujing.domain.days import months_of_days
from yujing.storage.sql import Merge, reading, upsert, writing

OUTCOMES = tuple(outcome.word for outcome in Outcome)
NOT_READ = 0  # kind and month of rows that could not be read
_OWN = Source.YUJING.value


@dataclass(frozen=True, slots=True)
class SourceDay:
    """What came from a source on a day of one event type about one month.

    Parameters
    ----------
    day, month
        Day of arrival and month that is told of, as numbers.
    event
        Name of the event type; empty for rows that could not be read.
    read
        Rows that were new or known.
    refused
        Rows in conflict or rejected.
    unmatched
        Rows of people who are not registered.
    last_at
        Moment of the last one, seconds since 1970.
    """

    source: str
    day: int
    month: int
    event: str
    read: int
    refused: int
    unmatched: int
    last_at: int


def counts_of(
    facts: FactArray, outcomes: npt.NDArray[np.uint8], n_unread: int, sender: str
) -> dict[tuple[str, int, int], Counter[str]]:
    """Return how many rows had which outcome, by source, event type and month.

    Parameters
    ----------
    facts, outcomes
        What was read, and what became of each.
    n_unread
        Rows that could not be read.
    sender
        Source on whose account they came.
    """
    words = members(Source)
    months = np.where(facts["month"] != 0, facts["month"], months_of_days(facts["occurred_to"]))
    columns = (facts["source"], facts["kind"], months, outcomes)
    rows, numbers = np.unique(
        np.stack([column.astype(np.int64) for column in columns]), axis=1, return_counts=True
    )
    found: dict[tuple[str, int, int], Counter[str]] = {}
    for (source, kind, month, outcome), n in zip(rows.T.tolist(), numbers.tolist(), strict=True):
        if words[source].value != _OWN:
            found.setdefault((words[source].value, kind, month), Counter())[OUTCOMES[outcome]] += n
    if n_unread and sender != _OWN:
        found.setdefault((sender, NOT_READ, NOT_READ), Counter())[Outcome.REJECTED.word] += n_unread
    return found


def note_rows(
    engine: Engine,
    counts: dict[tuple[str, int, int], Counter[str]],
    *,
    day: int,
    at: int,
) -> None:
    """Add a batch to what came on a day.

    Parameters
    ----------
    engine
        The desk's database.
    counts
        From `counts_of`.
    day, at
        The county's day as a number, and the moment.
    """
    if not counts:
        return
    rows = [
        {
            "source": source, "day": day, "kind": kind, "month": month,
            **{word: of[word] for word in OUTCOMES}, "first_at": at, "last_at": at,
        }
        for (source, kind, month), of in sorted(counts.items())  # one order: no two wait crosswise
    ]  # fmt: skip
    added = {word: _sum_of(word) for word in OUTCOMES}
    with writing(engine) as connection:
        add = upsert(
            connection,
            SOURCE_DAY,
            key=("source", "day", "kind", "month"),
            columns={**added, "last_at": lambda _old, new: new.last_at},
        )
        connection.execute(add, rows)


def source_days(
    engine: Engine, *, since: int = 0, sources: Sequence[str] | None = None
) -> list[SourceDay]:
    """Return what came since a day, the oldest first.

    Parameters
    ----------
    since
        Day number.
    sources
        Only of these.
    """
    table = SOURCE_DAY.c
    wanted: list[ColumnElement[bool]] = [table.day >= since]
    if sources is not None:
        wanted.append(table.source.in_(list(sources)))
    query = select(SOURCE_DAY).where(*wanted).order_by(table.day, table.kind, table.month)
    with reading(engine) as connection:
        return [
            SourceDay(
                source=row["source"],
                day=row["day"],
                month=row["month"],
                event=BY_KIND[row["kind"]].name if row["kind"] in BY_KIND else "",
                read=row["accepted"] + row["duplicate"],
                refused=row["conflict"] + row["rejected"],
                unmatched=row["unmatched"],
                last_at=row["last_at"],
            )
            for row in connection.execute(query).mappings()
        ]


def first_days(engine: Engine) -> dict[str, int]:
    """Return the first day on which anything came from each source."""
    table = SOURCE_DAY.c
    query = select(table.source, func.min(table.day)).group_by(table.source)
    with reading(engine) as connection:
        return {source: int(day) for source, day in connection.execute(query)}


def _sum_of(word: str) -> Merge:
    return lambda old, new: old[word] + new[word]
