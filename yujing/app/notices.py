"""Notes from one owner to another: the facts of this subject, read them again from the log.

Whoever takes a fact whose subject is at home in another partition tells the owner there; so does
whoever takes in a person that came from another household. An owner that has a note rebuilds the
subject from the log, which has every fact, whoever appended it. Notes stay: a share of the state is
a fold of prefixes of its lanes and of the notes up to a number, so that a partition that comes back
after a while is brought up to date by both.
"""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
from sqlalchemy import Engine, func, insert, select

from streams.kafka.tables import NOTICES, ROOM
from yujing.storage.revisions import migrate_sql
from yujing.storage.signed import all_signed, from_signed
from yujing.storage.sql import reading, take_turn, writing

Keys = npt.NDArray[np.uint64]
Ints = npt.NDArray[np.int64]
MOST_AT_ONCE = 10_000


class Notices:
    """The notes on the desk's database.

    Parameters
    ----------
    engine
        The desk's database, fenced where the caller owns partitions; missing tables are made.
    """

    def __init__(self, engine: Engine) -> None:
        migrate_sql(engine, ROOM)
        self._engine = engine

    def tell(self, partitions: Ints, subjects: Keys, *, at: int) -> int:
        """Leave a note about each subject for the owner of its partition; return how many.

        Parameters
        ----------
        at
            When the news was known that it is about, seconds since 1970.
        """
        pairs = sorted(set(zip(partitions.tolist(), all_signed(subjects), strict=True)))
        if not pairs:
            return 0
        rows = [{"partition": p, "subject": key, "at": at} for p, key in pairs]
        with writing(self._engine) as connection:
            take_turn(connection, "notices")  # numbers become visible in their order
            connection.execute(insert(NOTICES), rows)
        return len(rows)

    def newest(self) -> int:
        """Return the number of the newest note, 0 without one."""
        with reading(self._engine) as connection:
            return int(connection.execute(select(func.max(NOTICES.c.id))).scalar() or 0)

    def after(self, known: Mapping[int, int]) -> tuple[dict[int, int], dict[int, int]]:
        """Return the subjects of notes that are not known yet.

        Parameters
        ----------
        known
            For each partition asked about the number of the last note that was followed.

        Returns
        -------
        Subjects with the latest `at` of their notes, and `known` as it is once they are followed;
        at most `MOST_AT_ONCE` notes.
        """
        if not known:
            return {}, {}
        with reading(self._engine) as connection:
            rows = connection.execute(
                select(NOTICES.c.id, NOTICES.c.partition, NOTICES.c.subject, NOTICES.c.at)
                .where(NOTICES.c.partition.in_(sorted(known)), NOTICES.c.id > min(known.values()))
                .order_by(NOTICES.c.id)
                .limit(MOST_AT_ONCE)
            ).all()
        then: dict[int, int] = dict(known)
        subjects: dict[int, int] = {}
        for number, partition, subject, at in rows:
            if number > known[partition]:
                then[partition] = number
                key = from_signed(subject)
                subjects[key] = max(at, subjects.get(key, 0))
        return subjects, then
