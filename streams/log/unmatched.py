"""Events about people and households that nobody has registered: they wait outside the log.

They are kept in the desk's database with their first `known_at`. When their subject is registered
they are released: read, appended to the log, then dropped here. A kill in between leaves them in
both places, which the log absorbs.
"""

import hashlib
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, Engine, Row, bindparam, delete, func, select

from streams.fact import FACT, FactArray
from streams.log.unmatched_tables import ROOM, UNMATCHED
from yujing.errors import StorageError
from yujing.storage.revisions import migrate_sql
from yujing.storage.signed import all_signed
from yujing.storage.sql import insert_new, reading, upsert, writing

KEPT_DAYS = 90  # design rule: purged after 90 days; the caller turns it into a moment
LAYOUT = hashlib.sha256(repr(FACT.descr).encode()).hexdigest()[:16]


_KEYS_OF_A_QUERY = 500  # well below the number of parameters that SQLite takes


class Unmatched:
    """The waiting room of events without a registered subject; any thread may call it.

    Parameters
    ----------
    engine
        The desk's database; missing tables are made.
    """

    def __init__(self, engine: Engine) -> None:
        migrate_sql(engine, ROOM)
        self._engine = engine

    def keep(self, facts: FactArray, record_ids: list[str], *, at: int = 0) -> int:
        """Keep event versions, all or none; one that waits already keeps its first `known_at`.

        Parameters
        ----------
        facts
            Rows of `FACT`.
        record_ids
            What the source calls each record.
        at
            Now, seconds since 1970; 0 counts them from their `known_at`.

        Returns
        -------
        How many were not waiting yet.
        """
        if len(facts) == 0:
            return 0
        columns = (
            all_signed(facts["fact"]),
            facts["version"].tolist(),
            all_signed(facts["content"]),
            all_signed(facts["subject"]),
            facts["source"].tolist(),
            facts["known_at"].tolist(),
            record_ids,
            [LAYOUT] * len(facts),
            rows_to_bytes(facts),
            [at] * len(facts) if at else facts["known_at"].tolist(),
        )
        rows = [dict(zip(_NAMES, row, strict=True)) for row in sorted(zip(*columns, strict=True))]
        with writing(self._engine) as connection:
            new: int = connection.execute(insert_new(connection, UNMATCHED), rows).rowcount
            if new < len(rows):
                earlier = upsert(
                    connection,
                    UNMATCHED,
                    key=("fact", "version", "content"),
                    columns=("known_at", "record_id", "layout", "row"),
                    where=lambda old, given: given.known_at < old.known_at,
                )
                connection.execute(earlier, rows)
            return new

    def release(self, subjects: npt.NDArray[np.uint64]) -> tuple[FactArray, list[str]]:
        """Return what waits for these subjects; it stays until `drop` is told that the log has it.

        Parameters
        ----------
        subjects
            Keys that are registered now; any number.

        Returns
        -------
        Facts in the order of `known_at`, position 0, and their record ids.

        Raises
        ------
        StorageError
            If a row was written by another version of the program with other columns.
        """
        with reading(self._engine) as connection:
            waiting = {row[0] for row in connection.execute(_SUBJECTS)}
            wanted = [key for key in all_signed(np.unique(subjects)) if key in waiting]
            rows: list[Row[int, str, str, bytes]] = []
            for start in range(0, len(wanted), _KEYS_OF_A_QUERY):
                some = UNMATCHED.c.subject.in_(wanted[start : start + _KEYS_OF_A_QUERY])
                rows += connection.execute(_ROWS.where(some)).all()
        rows.sort(key=lambda row: (row[0], row[3]))
        if any(layout != LAYOUT for _, _, layout, _ in rows):
            raise StorageError("waiting events have columns of another version", permanent=True)
        facts = np.frombuffer(b"".join(row[3] for row in rows), dtype=FACT).copy()
        facts["position"] = 0
        return facts, [row[1] for row in rows]

    def versions_of(self, keys: npt.NDArray[np.uint64]) -> tuple[FactArray, list[str]]:
        """Return every version that waits of these facts, and its record id.

        Parameters
        ----------
        keys
            Keys of facts; any number, any order.
        """
        wanted = all_signed(np.unique(keys))
        rows: list[Row[int, str, str, bytes]] = []
        with reading(self._engine) as connection:
            for start in range(0, len(wanted), _KEYS_OF_A_QUERY):
                some = UNMATCHED.c.fact.in_(wanted[start : start + _KEYS_OF_A_QUERY])
                rows += connection.execute(_ROWS.where(some, UNMATCHED.c.layout == LAYOUT)).all()
        facts = np.frombuffer(b"".join(row[3] for row in rows), dtype=FACT).copy()
        return facts, [row[1] for row in rows]

    def drop(self, facts: FactArray) -> int:
        """Drop event versions that the log has, and return how many waited."""
        keys = zip(
            all_signed(facts["fact"]),
            facts["version"].tolist(),
            all_signed(facts["content"]),
            strict=True,
        )
        rows = [dict(zip(_KEY, key, strict=True)) for key in sorted(keys)]
        if not rows:
            return 0
        with writing(self._engine) as connection:
            dropped: int = connection.execute(_DROP, rows).rowcount
            return dropped

    def subjects(self) -> npt.NDArray[np.uint64]:
        """Return the keys that events wait for, ordered."""
        with reading(self._engine) as connection:
            keys = [row[0] for row in connection.execute(_SUBJECTS)]
        return np.sort(np.array(keys, dtype=np.int64).view(np.uint64))

    def count(self) -> int:
        """Return how many event versions wait."""
        with reading(self._engine) as connection:
            return _count(connection)

    def count_by_source(self) -> dict[int, int]:
        """Return how many event versions of each source wait, by the number of the source."""
        source = UNMATCHED.c.source
        query = select(source, func.count()).group_by(source).order_by(source)
        with reading(self._engine) as connection:
            return {int(number): int(n) for number, n in connection.execute(query)}

    def purge(self, before: int) -> int:
        """Erase what was first kept before a moment (seconds since 1970); return how many."""
        with writing(self._engine) as connection:
            return connection.execute(
                delete(UNMATCHED).where(UNMATCHED.c.kept_at < before)
            ).rowcount


def rows_to_bytes(facts: FactArray) -> list[bytes]:
    """Return the bytes of each fact.

    Examples
    --------
    >>> from streams.fact import empty_facts
    >>> len(rows_to_bytes(empty_facts(2))[0]) == FACT.itemsize
    True
    """
    return list(_cut(np.ascontiguousarray(facts).tobytes(), FACT.itemsize))


def _cut(whole: bytes, size: int) -> Iterator[bytes]:
    for start in range(0, len(whole), size):
        yield whole[start : start + size]


def _count(connection: Connection) -> int:
    return int(connection.execute(select(func.count()).select_from(UNMATCHED)).scalar_one())


_NAMES = [column.name for column in UNMATCHED.columns]
_KEY = ("of_fact", "of_version", "of_content")
_SUBJECTS = select(UNMATCHED.c.subject).distinct()
_ROWS = select(UNMATCHED.c.known_at, UNMATCHED.c.record_id, UNMATCHED.c.layout, UNMATCHED.c.row)
_DROP = delete(UNMATCHED).where(
    UNMATCHED.c.fact == bindparam("of_fact"),
    UNMATCHED.c.version == bindparam("of_version"),
    UNMATCHED.c.content == bindparam("of_content"),
)
