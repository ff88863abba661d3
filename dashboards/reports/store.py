"""Frozen reports in the desk database: added, signed once, never changed."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec
from sqlalchemy import Engine, RowMapping, insert, select, update

from dashboards.reports.changes import Change, changes
from dashboards.reports.frozen import Body, decode, digest_of, encode
from dashboards.reports.period import Kind, Period
from dashboards.tables import REPORT, ROOM
from yujing.errors import StorageError, UsageError
from yujing.storage.revisions import migrate_sql
from yujing.storage.sql import reading, take_turn, writing

_TURN = "reports"
_WITHOUT_BODY = [column for column in REPORT.c if column.name != "body"]
_COUNTY_UNIT = 10**6


@dataclass(frozen=True)
class CutOff:
    """Up to where events are in a report.

    Parameters
    ----------
    positions
        The highest position of each lane of the log.
    known_before
        Moment before which they were known, seconds since 1970.
    """

    positions: dict[int, int]
    known_before: int


@dataclass(frozen=True)
class Report:
    """A frozen report.

    Parameters
    ----------
    id
        Kind, period, place and version, such as M202610-522632-1.
    kind, period, place, version
        What it is about, and which attempt.
    cut_off
        Up to where events are in it.
    made_at
        When.
    digest
        SHA-256 of the frozen content.
    changes
        What differs from the version before, figure by figure.
    signed_by, signed_at
        Whose word it is, None before.
    """

    id: str
    kind: Kind
    period: str
    place: int
    version: int
    cut_off: CutOff
    made_at: datetime
    digest: str
    changes: tuple[Change, ...]
    signed_by: str | None
    signed_at: datetime | None


class Reports:
    """The reports.

    Parameters
    ----------
    engine
        Desk database; missing tables are made.
    """

    def __init__(self, engine: Engine) -> None:
        migrate_sql(engine, ROOM)
        self._engine = engine

    def keep(self, body: Body, cut_off: CutOff, at: datetime) -> tuple[Report, bool]:
        """Keep a report as the next version, unless the newest one says the same.

        Returns
        -------
        The newest version, and whether it is new.
        """
        content = encode(body)
        kind, place = Kind(body.kind), body.place
        with writing(self._engine) as connection:
            take_turn(connection, _TURN)
            newest = connection.execute(_versions(kind, body.period, place)).mappings().first()
            differing: list[Change] = []
            if newest is not None:
                former = _checked(newest)
                differing = changes(former, body)
                if not differing and former.until == body.until:
                    return _report(newest), False
            version = 1 if newest is None else newest["version"] + 1
            name = report_id(kind, body.period, place, version)
            row = {
                "id": name, "kind": kind.value,
                "period": body.period, "place": place, "version": version,
                "positions": _words({str(k): v for k, v in sorted(cut_off.positions.items())}),
                "known_before": cut_off.known_before, "made_at": int(at.timestamp()),
                "body": content.decode(), "digest": digest_of(content),
                "changes": _words(differing),
            }  # fmt: skip
            connection.execute(insert(REPORT), row)
        return self.get(name), True

    def sign(self, report_id: str, by: str, at: datetime) -> Report:
        """Sign a report by name; it cannot be taken back, only a new version made.

        Raises
        ------
        UsageError
            If there is no such report or name, it is signed, or there is a newer version.
        """
        name = by.strip()
        if not name or not name.isprintable():
            raise UsageError("a report is signed with a name")
        with writing(self._engine) as connection:
            take_turn(connection, _TURN)
            report = _report(self._row(connection, report_id))
            if report.signed_by is not None:
                raise UsageError(f"{report_id} is signed by {report.signed_by} already")
            newest = connection.execute(
                _versions(report.kind, report.period, report.place)
            ).mappings().first()  # fmt: skip
            if newest is not None and newest["id"] != report_id:
                raise UsageError(f"there is a newer version, {newest['id']}; sign that one")
            connection.execute(
                update(REPORT).where(REPORT.c.id == report_id)
                .values(signed_by=name, signed_at=int(at.timestamp()))
            )  # fmt: skip
        return self.get(report_id)

    def list(self) -> list[Report]:
        """Return all reports, the newest first."""
        query = select(*_WITHOUT_BODY).order_by(
            REPORT.c.period.desc(), REPORT.c.kind, REPORT.c.place, REPORT.c.version.desc()
        )
        with reading(self._engine) as connection:
            return [_report(row) for row in connection.execute(query).mappings()]

    def get(self, report_id: str) -> Report:
        """Return a report.

        Raises
        ------
        UsageError
            If there is none.
        """
        with reading(self._engine) as connection:
            return _report(self._row(connection, report_id))

    def body(self, report_id: str) -> Body:
        """Return the frozen content of a report.

        Raises
        ------
        UsageError
            If there is no such report.
        StorageError
            If it is not what was frozen.
        """
        with reading(self._engine) as connection:
            return _checked(self._row(connection, report_id))

    def newest(self, period: Period, place: int) -> Report | None:
        """Return the newest version of a period's report, None before the first."""
        query = _versions(period.kind, period.code, place)
        with reading(self._engine) as connection:
            row = connection.execute(query).mappings().first()
        return None if row is None else _report(row)

    @staticmethod
    def _row(connection: Any, report_id: str) -> RowMapping:
        query = select(REPORT).where(REPORT.c.id == report_id)
        row: RowMapping | None = connection.execute(query).mappings().first()
        if row is None:
            raise UsageError(f"there is no report {report_id!r}; `yujing report list` shows all")
        return row


def report_id(kind: Kind, period: str, place: int, version: int) -> str:
    """Return the name of a version.

    Examples
    --------
    >>> report_id(Kind.MONTHLY, "2026-10", 522632000000, 2)
    'M202610-522632-2'
    """
    short = place // _COUNTY_UNIT if place % _COUNTY_UNIT == 0 else place
    return f"{kind.letter}{period.replace('-', '')}-{short}-{version}"


def _versions(kind: Kind, period: str, place: int) -> Any:
    """Return the query of all versions of a report, the newest first."""
    return (
        select(REPORT)
        .where(REPORT.c.kind == kind.value, REPORT.c.period == period, REPORT.c.place == place)
        .order_by(REPORT.c.version.desc())
    )


def _checked(row: RowMapping) -> Body:
    content = row["body"].encode()
    if digest_of(content) != row["digest"]:
        raise StorageError(f"report {row['id']} is not what was frozen: its digest differs")
    return decode(content)


def _report(row: RowMapping) -> Report:
    positions = msgspec.json.decode(row["positions"], type=dict[str, int])
    signed = row["signed_at"]
    return Report(
        id=row["id"], kind=Kind(row["kind"]), period=row["period"], place=row["place"],
        version=row["version"],
        cut_off=CutOff({int(k): v for k, v in positions.items()}, row["known_before"]),
        made_at=datetime.fromtimestamp(row["made_at"], UTC), digest=row["digest"],
        changes=tuple(msgspec.json.decode(row["changes"], type=list[Change])),
        signed_by=row["signed_by"],
        signed_at=None if signed is None else datetime.fromtimestamp(signed, UTC),
    )  # fmt: skip


def _words(value: Any) -> str:
    return msgspec.json.encode(value).decode()
