"""Event tables: many events of one type as columns, and what noise does to them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from streams.simulator.array import Array, Ints
from streams.simulator.column import Column
from yujing.domain.codes import Precision, ReporterRole, Source, number

UPSERT, CORRECT, RETRACT = range(3)
DAY_SECONDS = 86_400


@dataclass(frozen=True)
class Table:
    """Events of one type.

    Attributes
    ----------
    event
        Name of the event type.
    prefix
        Beginning of its record ids; the number of the record follows.
    person, household
        Rows of the world, -1 none. A person is named by ID number, a household by its number.
    region
        12-digit code, 0 none.
    first, last
        Day numbers.
    reported
        Seconds since 1970 on the wall clock of Shanghai.
    payload
        Name of the field -> column.
    """

    event: str
    prefix: str
    source: Array
    role: Array
    person: Ints
    household: Ints
    region: Ints
    first: Ints
    last: Ints
    precision: Array
    reported: Ints
    record: Ints
    version: Ints
    op: Array
    payload: dict[str, Column] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.first)

    def take(self, rows: Ints) -> "Table":
        """Return the table of the given rows."""
        columns = {name: getattr(self, name)[rows] for name in _ROW_COLUMNS}
        payload = {name: column.take(rows) for name, column in self.payload.items()}
        return replace(self, payload=payload, **columns)

    def but(self, **changes: Any) -> "Table":
        """Return the table with another prefix, other row columns or other payload columns."""
        payload = {**self.payload, **{k: v for k, v in changes.items() if k not in _OWN}}
        own = {k: v for k, v in changes.items() if k in _OWN}
        return replace(self, payload=payload, **own)

    def sorted(self) -> "Table":
        """Return the table in the order of `reported`."""
        return self.take(np.argsort(self.reported, kind="stable"))


_ROW_COLUMNS = (
    "source", "role", "person", "household", "region", "first", "last", "precision", "reported",
    "record", "version", "op",
)
_OWN = (*_ROW_COLUMNS, "prefix")


def table(
    event: str, prefix: str, *, source: Source | Array, first: Ints, reported: Ints,
    role: ReporterRole = ReporterRole.DEPARTMENT, person: Ints | None = None,
    household: Ints | None = None, region: Ints | None = None, last: Ints | None = None,
    precision: Array | None = None, record: Ints | None = None,
    payload: Mapping[str, Column] | None = None, **more: Column,
) -> Table:
    """Return a table of first versions; what is not given is none or the usual."""
    n = len(first)
    nobody = np.full(n, -1)
    return Table(
        event, prefix,
        source=np.full(n, number(source)) if isinstance(source, Source) else source,
        role=np.full(n, number(role)), person=nobody if person is None else person,
        household=nobody if household is None else household,
        region=np.zeros(n, np.int64) if region is None else region,
        first=first, last=first if last is None else np.maximum(last, first),
        precision=np.full(n, number(Precision.DAY)) if precision is None else precision,
        reported=reported, record=np.arange(n) if record is None else record,
        version=np.ones(n, np.int64), op=np.zeros(n, np.uint8), payload={**more, **(payload or {})},
    )


def at_hour(rng: np.random.Generator, days: Ints, *, first: int = 8, last: int = 19) -> Ints:
    """Return moments on the given days, within office hours."""
    return days * DAY_SECONDS + rng.integers(first * 3600, last * 3600, len(days))


def lateness(rng: np.random.Generator, n: int, median: float, p95: float) -> Ints:
    """Return days of delay with a given median and 95 % point (lognormal)."""
    spread = np.log(p95 / median) / 1.645
    return (median * np.exp(rng.normal(0, spread, n))).astype(np.int64)


def corrected(
    rng: np.random.Generator, right: Table, wrong: Table, share: float, *, days: float = 25
) -> list[Table]:
    """Return `right` with a share of rows first reported as in `wrong` and mended later.

    The versions before the mending are those of `wrong`; the mended ones are version 2.
    """
    n = len(right)
    chosen = rng.random(n) < share
    rows = np.flatnonzero(chosen)
    mended = right.take(rows)
    later = rng.exponential(days, len(rows)) * DAY_SECONDS + 3600
    mended = mended.but(
        version=mended.version + 1, op=np.full(len(rows), CORRECT, np.uint8),
        reported=mended.reported + later.astype(np.int64))
    return [right.take(np.flatnonzero(~chosen)), wrong.take(rows), mended]


def repeated(rng: np.random.Generator, tables: Sequence[Table], share: float) -> list[Table]:
    """Return copies of a share of the rows, sent again up to forty days later."""
    copies = []
    for one in tables:
        rows = np.flatnonzero(rng.random(len(one)) < share)
        copy = one.take(rows)
        later = rng.integers(600, 40 * DAY_SECONDS, len(rows))
        copies.append(copy.but(reported=copy.reported + later))
    return copies


def mistaken(
    rng: np.random.Generator, of: Table, share: float, people: Ints, *, days: float = 30
) -> list[Table]:
    """Return events that never happened (a row under another person) and their withdrawal.

    Their record numbers lie beyond those of `of`.
    """
    n = int(rng.binomial(len(of), share)) if len(of) else 0
    rows = rng.integers(0, max(len(of), 1), n)
    wrong = of.take(rows)
    wrong = wrong.but(
        person=people[rng.integers(0, max(len(people), 1), n)],
        record=int(of.record.max(initial=0)) + 1 + np.arange(n), version=np.ones(n, np.int64))
    later = (rng.exponential(days, n) * DAY_SECONDS).astype(np.int64) + 3600
    withdrawn = wrong.but(
        version=np.full(n, 2), op=np.full(n, RETRACT, np.uint8), reported=wrong.reported + later)
    return [wrong, withdrawn]
