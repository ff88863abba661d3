"""The ledger of cut-offs: which day is to be dealt, who has read up to it, what each part found.

All workers see the same ledger. Each line is written once and never changed, so that a worker that
dies between two lines, or writes one again, does no harm.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, Engine, Table, delete, func, insert, select, update

from streams.kafka.tables import (
    CUT_OFFS,
    OWNERS,
    PART_OF,
    REACHED,
    SWEEP_CONTEXTS,
    SWEEP_PARTS,
)
from yujing.errors import UsageError
from yujing.storage.sql import insert_new, reading, writing

LATE_AFTER_S = 30 * 60  # a deal waits so long for inputs that are behind


@dataclass(frozen=True)
class CutOff:
    """A day that is to be dealt.

    Parameters
    ----------
    day
        The day of the deal.
    known_before
        Facts known before this second count, seconds since 1970.
    positions
        The end of every lane when it was asked for.
    asked_at
        Seconds since 1970.
    """

    day: date
    known_before: int
    positions: Mapping[int, int]
    asked_at: int

    def overdue(self, now: int) -> bool:
        """Return whether nobody waits for inputs any more that are behind."""
        return now >= self.asked_at + LATE_AFTER_S


class CutOffs:
    """The ledger on the desk's database.

    Parameters
    ----------
    engine
        The desk's database, fenced where the caller owns partitions.
    n_partitions
        Of every input topic: so many have to be swept.
    """

    def __init__(self, engine: Engine, n_partitions: int) -> None:
        self._engine, self._n = engine, n_partitions

    def ask(
        self, day: date, *, known_before: int, positions: Mapping[int, int], at: int
    ) -> bool:
        """Ask for a day's deal; return whether it is new: a day is asked for once.

        Parameters
        ----------
        known_before
            Facts known before this second count, seconds since 1970.
        positions
            The ends of all lanes, read after every door has delivered what it stamped earlier.
        at
            Seconds since 1970.

        Raises
        ------
        UsageError
            If a later day was asked for before: deals go forward.
        """
        ends = {str(lane): position for lane, position in sorted(positions.items())}
        with writing(self._engine) as connection:
            last = connection.execute(select(func.max(CUT_OFFS.c.day))).scalar()
            if last is not None and last > day.isoformat():
                raise UsageError(f"{day} lies before {last}, which was asked for already")
            made = connection.execute(
                insert_new(connection, CUT_OFFS).values(
                    day=day.isoformat(), known_before=known_before, positions=json.dumps(ends),
                    asked_at=at,
                )
            )  # fmt: skip
        return bool(made.rowcount)

    def pending(self) -> list[CutOff]:
        """Return what is not dealt yet, oldest first; it is dealt in this order."""
        query = select(CUT_OFFS).where(CUT_OFFS.c.dealt_at.is_(None)).order_by(CUT_OFFS.c.day)
        with reading(self._engine) as connection:
            return [
                CutOff(
                    date.fromisoformat(row["day"]), row["known_before"],
                    {int(lane): end for lane, end in json.loads(row["positions"]).items()},
                    row["asked_at"],
                )
                for row in connection.execute(query).mappings()
            ]  # fmt: skip

    def last_dealt(self) -> date | None:
        """Return the last day that was dealt through the ledger."""
        query = select(func.max(CUT_OFFS.c.day)).where(CUT_OFFS.c.dealt_at.is_not(None))
        with reading(self._engine) as connection:
            day = connection.execute(query).scalar()
        return None if day is None else date.fromisoformat(day)

    # --- who has read so far

    def mark_reached(self, day: date, partitions: Collection[int]) -> None:
        """Note that the owner of these partitions has read up to the cut-off."""
        rows = [{"day": day.isoformat(), "partition": p} for p in sorted(partitions)]
        if rows:
            with writing(self._engine) as connection:
                connection.execute(insert_new(connection, REACHED), rows)

    def reached(self, day: date) -> frozenset[int]:
        """Return the partitions that were read up to the cut-off."""
        return self._partitions(REACHED, day)

    def all_reached(self, day: date) -> bool:
        """Return whether every partition was."""
        return len(self.reached(day)) == self._n

    # --- what the county looks like

    def put_contexts(self, day: date, contents: Mapping[int, bytes]) -> None:
        """Keep what partitions add to the county's context; what is there already stays."""
        rows = [
            {"day": day.isoformat(), "partition": p, "content": content}
            for p, content in sorted(contents.items())
        ]
        if rows:
            with writing(self._engine) as connection:
                connection.execute(insert_new(connection, SWEEP_CONTEXTS), rows)

    def with_context(self, day: date) -> frozenset[int]:
        """Return the partitions whose context is there."""
        return self._partitions(SWEEP_CONTEXTS, day)

    def contexts_of(self, day: date) -> list[bytes] | None:
        """Return the contexts in the order of partitions, None while one is missing."""
        query = (
            select(SWEEP_CONTEXTS.c.content)
            .where(SWEEP_CONTEXTS.c.day == day.isoformat())
            .order_by(SWEEP_CONTEXTS.c.partition)
        )
        with reading(self._engine) as connection:
            contents = [bytes(row[0]) for row in connection.execute(query)]
        return contents if len(contents) == self._n else None

    # --- what was found

    def put_part(
        self, day: date, partitions: Collection[int], content: bytes, *, at: int
    ) -> bool:
        """Keep the part of some partitions; return False, and keep nothing, if one was swept."""
        mine = sorted(partitions)
        name = f"{day.isoformat()}/{mine[0]}"
        with writing(self._engine) as connection:
            swept = connection.execute(
                select(func.count())
                .select_from(PART_OF)
                .where(PART_OF.c.day == day.isoformat(), PART_OF.c.partition.in_(mine))
            ).scalar_one()
            if swept:
                return False
            connection.execute(
                insert(PART_OF),
                [{"day": day.isoformat(), "partition": p, "part": name} for p in mine],
            )
            connection.execute(
                insert(SWEEP_PARTS).values(
                    day=day.isoformat(), part=name, epoch=_epoch(connection, mine),
                    content=content, made_at=at,
                )
            )  # fmt: skip
        return True

    def swept(self, day: date) -> frozenset[int]:
        """Return the partitions whose part is there."""
        return self._partitions(PART_OF, day)

    def parts_of(self, day: date) -> list[bytes] | None:
        """Return the parts of a day, None while one is missing."""
        if len(self.swept(day)) < self._n:
            return None
        query = (
            select(SWEEP_PARTS.c.content)
            .where(SWEEP_PARTS.c.day == day.isoformat())
            .order_by(SWEEP_PARTS.c.part)
        )
        with reading(self._engine) as connection:
            return [bytes(row[0]) for row in connection.execute(query)]

    def sweep_again(self, day: date) -> None:
        """Drop the parts of a day: they do not fit each other, their owners make them anew."""
        with writing(self._engine) as connection:
            _drop(connection, (SWEEP_PARTS, PART_OF), day)

    def mark_dealt(self, day: date, *, at: int) -> None:
        """Note that a day is dealt, and drop what was kept for it."""
        with writing(self._engine) as connection:
            connection.execute(
                update(CUT_OFFS)
                .where(CUT_OFFS.c.day == day.isoformat(), CUT_OFFS.c.dealt_at.is_(None))
                .values(dealt_at=at)
            )
            _drop(connection, (SWEEP_PARTS, PART_OF, SWEEP_CONTEXTS, REACHED), day)

    def _partitions(self, table: Table, day: date) -> frozenset[int]:
        query = select(table.c.partition).where(table.c.day == day.isoformat())
        with reading(self._engine) as connection:
            return frozenset(connection.execute(query).scalars())


def _epoch(connection: Connection, partitions: list[int]) -> int:
    """Return the highest epoch of the owners of some partitions, 0 without any."""
    query = select(func.max(OWNERS.c.epoch)).where(OWNERS.c.partition.in_(partitions))
    return int(connection.execute(query).scalar() or 0)


def _drop(connection: Connection, tables: Iterable[Table], day: date) -> None:
    for table in tables:
        connection.execute(delete(table).where(table.c.day <= day.isoformat()))
