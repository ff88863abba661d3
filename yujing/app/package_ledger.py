"""Whose packages are taken, and which were: in the desk's database."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Engine, RowMapping, insert, select, update

from streams.packages.address import Address
from yujing.access.scope import Scope
from yujing.app.source_tables import PACKAGE, PACKAGE_SENDER
from yujing.domain.codes import Source
from yujing.errors import UsageError
from yujing.storage.sql import insert_new, reading, writing


@dataclass(frozen=True, slots=True)
class Sender:
    """Who may send packages, for which source, about which places."""

    id: int
    address: str
    source: Source
    regions: tuple[str, ...]
    label: str
    added_at: int
    revoked_at: int | None


class Senders:
    """The senders that an operator trusts.

    Parameters
    ----------
    engine
        The desk's database.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def trust(
        self, address: Address, source: Source, regions: Sequence[str], *, label: str, at: int,
        by: str,
    ) -> Sender:  # fmt: skip
        """Take packages of a sender from now on; who was trusted before gets the new rights.

        Raises
        ------
        UsageError
            If no region is given, or one is no beginning of a code.
        """
        if not regions:
            raise UsageError("a sender needs at least one region, for example 520526")
        for region in regions:
            Scope(region)
        values = {
            "source": source.value, "regions": " ".join(regions), "label": label,
            "added_at": at, "added_by": by, "revoked_at": None,
        }  # fmt: skip
        table = PACKAGE_SENDER.c
        with writing(self._engine) as connection:
            there = connection.execute(
                select(table.id).where(table.address == address.text).with_for_update()
            ).first()
            if there is None:
                connection.execute(insert(PACKAGE_SENDER).values(address=address.text, **values))
            else:
                connection.execute(
                    update(PACKAGE_SENDER).where(table.id == there.id).values(**values)
                )
        return next(one for one in self.list() if one.address == address.text)

    def find(self, address: str) -> Sender | None:
        """Return a sender that is trusted, None for anybody else."""
        table = PACKAGE_SENDER.c
        query = select(PACKAGE_SENDER).where(table.address == address, table.revoked_at.is_(None))
        with reading(self._engine) as connection:
            row = connection.execute(query).mappings().first()
        return None if row is None else _sender(row)

    def list(self) -> list[Sender]:
        """Return all senders, also those who are no longer trusted."""
        query = select(PACKAGE_SENDER).order_by(PACKAGE_SENDER.c.id)
        with reading(self._engine) as connection:
            return [_sender(row) for row in connection.execute(query).mappings()]

    def distrust(self, number: int, *, at: int) -> None:
        """Take no more packages of a sender.

        Raises
        ------
        UsageError
            If there is none of that number.
        """
        table = PACKAGE_SENDER.c
        with writing(self._engine) as connection:
            done = connection.execute(
                update(PACKAGE_SENDER)
                .where(table.id == number)
                .values(revoked_at=at)
                .execution_options(preserve_rowcount=True)
            )
            if not done.rowcount:
                raise UsageError(f"no sender number {number}")


class Taken:
    """The packages that were taken, by id.

    Parameters
    ----------
    engine
        The desk's database.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def begin(self, package: str, sender: Sender, n_files: int, *, at: int) -> bool:
        """Write down that a package is being taken; return whether it was taken whole before."""
        row = {"id": package, "sender": sender.id, "files": n_files, "taken": 0, "begun_at": at}
        with writing(self._engine) as connection:
            connection.execute(insert_new(connection, PACKAGE), row)
        return self.done(package)

    def done(self, package: str) -> bool:
        """Return whether a package was taken whole."""
        query = select(PACKAGE.c.done_at).where(PACKAGE.c.id == package)
        with reading(self._engine) as connection:
            return connection.execute(query).scalar() is not None

    def finish(self, package: str, n_rows: int, *, at: int) -> None:
        """Write down that a package was taken whole."""
        with writing(self._engine) as connection:
            connection.execute(
                update(PACKAGE).where(PACKAGE.c.id == package).values(taken=n_rows, done_at=at)
            )


def _sender(row: RowMapping) -> Sender:
    return Sender(
        id=row["id"],
        address=row["address"],
        source=Source(row["source"]),
        regions=tuple(row["regions"].split()),
        label=row["label"],
        added_at=row["added_at"],
        revoked_at=row["revoked_at"],
    )
