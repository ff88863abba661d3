"""The register of deliveries: which sheet came when, which version it bears, what became of it."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, Engine, func, select, update

from streams.door.record_id import names_a_person
from yujing.app.intake import Counts
from yujing.app.sheets.versions import MOST_DELIVERIES, version_of
from yujing.app.tables import DELIVERY
from yujing.errors import StorageError
from yujing.storage.sql import insert_row, reading, take_turn, writing

TAKING, DONE, REFUSED = "taking", "done", "refused"


@dataclass(frozen=True)
class Announced:
    """A sheet that is about to be taken.

    Parameters
    ----------
    source, mapping
        Whose sheet, and which.
    sha256
        Of the file.
    file
        Its name.
    by, via
        Who sent it, and which way.
    day
        Of its version, since 2000-01-01; for a sheet without a date of its own, today.
    sheet_day
        The sheet's own date as ISO text, None without one.
    months
        Months that it speaks of, as "2023-03 2023-04".
    confirmed
        Whether many retractions are meant.
    """

    source: str
    mapping: str
    sha256: str
    file: str
    by: str
    via: str
    day: int
    sheet_day: str | None
    months: str
    confirmed: bool = False


@dataclass(frozen=True)
class Numbered:
    """A delivery with its place in the register.

    Parameters
    ----------
    id
        Of the row.
    version
        Of its facts.
    confirmed
        Whether many retractions are meant, as was said when it was first sent.
    resumed
        Whether it was begun before and never ended.
    """

    id: int
    version: int
    confirmed: bool
    resumed: bool


class Deliveries:
    """The register on the desk's database; any thread may call it.

    Parameters
    ----------
    engine
        The desk's database.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def unfinished(self, one: Announced) -> Numbered | None:
        """Return the delivery of the same content that was begun and never ended."""
        with reading(self._engine) as connection:
            return _unfinished(connection, one)

    def begin(self, one: Announced, *, at: int) -> Numbered:
        """Give a delivery its number; one that was begun and never ended keeps its own.

        Parameters
        ----------
        at
            Now, seconds since 1970.

        Raises
        ------
        StorageError
            If a mapping got more than 65,535 deliveries in a day.
        """
        with writing(self._engine) as connection:
            take_turn(connection, f"delivery {one.source} {one.mapping}")
            found = _unfinished(connection, one)
            if found is not None:
                if one.confirmed and not found.confirmed:
                    connection.execute(
                        update(DELIVERY).where(DELIVERY.c.id == found.id).values(confirmed=True)
                    )
                    return Numbered(found.id, found.version, True, True)
                return found
            number = _next_number(connection, one)
            row = _row(one, number, at) | {"state": TAKING}
            new = insert_row(connection, DELIVERY, row)
        return Numbered(new, version_of(one.day, number), one.confirmed, False)

    def refuse(self, one: Announced, error: str, *, at: int) -> None:
        """Note a sheet that was refused whole."""
        with writing(self._engine) as connection:
            take_turn(connection, f"delivery {one.source} {one.mapping}")
            number = _next_number(connection, one)
            row = _row(one, number, at) | {"state": REFUSED, "error": error, "done_at": at}
            insert_row(connection, DELIVERY, row)

    def list(self, *, source: str | None = None, limit: int = 50) -> Sequence[dict[str, Any]]:
        """Return the last deliveries, newest first.

        Parameters
        ----------
        source
            Only those of one source.
        limit
            Most of them.
        """
        query = select(DELIVERY).order_by(DELIVERY.c.id.desc()).limit(limit)
        if source is not None:
            query = query.where(DELIVERY.c.source == source)
        with reading(self._engine) as connection:
            rows = connection.execute(query).mappings().all()
        return [dict(row) | {"counts": json.loads(row["counts"])} for row in rows]


def finish(
    connection: Connection,
    delivery: int,
    counts: Counts,
    *,
    retracted: int,
    held_back: int,
    at: int,
) -> None:
    """Note in a transaction that a delivery is in."""
    told = asdict(counts) | {"retracted": retracted, "held_back": held_back}
    connection.execute(
        update(DELIVERY)
        .where(DELIVERY.c.id == delivery)
        .values(state=DONE, counts=json.dumps(told), done_at=at)
    )


def shown_name(file: str) -> str:
    """Return the name of a file as the register keeps it: not if it holds a number of a person.

    Examples
    --------
    >>> shown_name("务工月监测2023-03.xlsx"), shown_name("张三13800138000.xlsx")
    ('务工月监测2023-03.xlsx', '')
    """
    ascii_only = "".join(c if c.isascii() else " " for c in file)
    return "" if names_a_person(ascii_only) else file[:200]


def _unfinished(connection: Connection, one: Announced) -> Numbered | None:
    c = DELIVERY.c
    query = (
        select(c.id, c.day, c.number, c.confirmed)
        .where(
            c.sha256 == one.sha256, c.source == one.source, c.mapping == one.mapping,
            c.months == one.months, c.state == TAKING,
        )
        .order_by(c.id.desc())
    )  # fmt: skip
    row = connection.execute(query).first()
    if row is None:
        return None
    return Numbered(row.id, version_of(row.day, row.number), bool(row.confirmed), True)


def _next_number(connection: Connection, one: Announced) -> int:
    c = DELIVERY.c
    last = connection.execute(
        select(func.max(c.number)).where(
            c.source == one.source, c.mapping == one.mapping, c.day == one.day
        )
    ).scalar()
    number = int(last or 0) + 1
    if number > MOST_DELIVERIES:
        raise StorageError(f"{one.mapping} came too often on one day", permanent=True)
    return number


def _row(one: Announced, number: int, at: int) -> dict[str, object]:
    return {
        "source": one.source, "mapping": one.mapping, "sha256": one.sha256,
        "file": shown_name(one.file), "by_whom": one.by, "via": one.via, "received_at": at,
        "sheet_day": one.sheet_day, "months": one.months, "day": one.day, "number": number,
        "confirmed": one.confirmed, "counts": "{}", "error": None, "done_at": None,
    }  # fmt: skip
