"""Who owns which partitions, and the fence that keeps everybody else from writing.

Taking a partition raises its epoch. Every writing transaction of a worker first reads the epochs of
what it believes to own: a worker that was frozen while others took over changes nothing.
"""

from collections.abc import Collection

from sqlalchemy import Connection, Engine, select, update

from streams.kafka.tables import OWNERS, ROOM
from yujing.errors import FencedError
from yujing.storage.revisions import migrate_sql
from yujing.storage.sql import insert_new, writing


class Ownership:
    """The partitions of one worker.

    Parameters
    ----------
    engine
        The desk's database; missing tables are made.
    worker
        Name of this worker.
    """

    def __init__(self, engine: Engine, worker: str) -> None:
        migrate_sql(engine, ROOM)
        self._engine, self._worker = engine, worker
        self._epochs: dict[int, int] = {}
        self.fenced = engine.execution_options(fence=self.fence)

    @property
    def partitions(self) -> frozenset[int]:
        """What this worker believes to own."""
        return frozenset(self._epochs)

    def take(self, positions: dict[int, str], *, at: int) -> dict[int, int]:
        """Take partitions; from now on a former owner is fenced off.

        Parameters
        ----------
        positions
            For each partition, in words, from where it is read: an owner that died without
            getting on has died of what it read.
        at
            Seconds since 1970.

        Returns
        -------
        How many owners in a row died at this very position, by partition.
        """
        deaths: dict[int, int] = {}
        epochs = dict(self._epochs)
        with writing(self._engine) as connection:
            for partition in sorted(positions):
                connection.execute(insert_new(connection, OWNERS), self._first(partition, at))
                row = (
                    connection.execute(
                        select(OWNERS).where(OWNERS.c.partition == partition).with_for_update()
                    )
                    .mappings()
                    .one()
                )
                died = not row["clean"] and row["start_position"] == positions[partition]
                deaths[partition] = row["deaths"] + 1 if died else 0
                epochs[partition] = row["epoch"] + 1
                connection.execute(
                    update(OWNERS).where(OWNERS.c.partition == partition).values(
                        epoch=row["epoch"] + 1, worker=self._worker, since=at,
                        start_position=positions[partition], deaths=deaths[partition], clean=False,
                    )
                )  # fmt: skip
        self._epochs = epochs
        return deaths

    def _first(self, partition: int, at: int) -> dict[str, object]:
        return {
            "partition": partition, "epoch": 0, "worker": "", "since": at, "start_position": "",
            "deaths": 0, "clean": True,
        }  # fmt: skip

    def leave(self, partitions: Collection[int]) -> None:
        """Give partitions back in order; nothing is in hand."""
        mine = {p: self._epochs.pop(p) for p in partitions if p in self._epochs}
        if not mine:
            return
        with writing(self._engine) as connection:
            for partition, epoch in sorted(mine.items()):
                connection.execute(
                    update(OWNERS)
                    .where(OWNERS.c.partition == partition, OWNERS.c.epoch == epoch)
                    .values(clean=True)
                )

    def fence(self, connection: Connection) -> None:
        """Refuse the transaction unless everything is still owned.

        Raises
        ------
        FencedError
            If another worker took a partition over.
        """
        if not self._epochs:
            return
        rows = connection.execute(
            select(OWNERS.c.partition, OWNERS.c.epoch)
            .where(OWNERS.c.partition.in_(sorted(self._epochs)))
            .order_by(OWNERS.c.partition)
            .with_for_update(read=True)
        )
        now = dict(tuple(row) for row in rows)
        lost = sorted(p for p, epoch in self._epochs.items() if now.get(p) != epoch)
        if lost:
            raise FencedError(f"partitions {lost} have another owner")
