"""The baseline of `yujing ingest`: the standard library, one row at a time, into SQLite.

It does what it takes to end with the same effective facts: refuses the same rows, knows copies,
keeps what waits for a registration. It keeps no state, no vault and no findings, and one JSON text
a row.
"""

import hashlib
import json
import sqlite3
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from streams.wire.catalogue import EVENT_TYPES
from streams.wire.event_type import Subject
from yujing.domain.codes import Source, members
from yujing.domain.days import EPOCH
from yujing.storage.clickhouse import connect

BATCH = 20_000
_EPOCH, _NEVER = EPOCH.toordinal(), date(1900, 1, 1)
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
SUBJECTS = {event_type.name: event_type.subject for event_type in EVENT_TYPES}
TABLES = """
CREATE TABLE events (source TEXT, record TEXT, version INTEGER, retracted INTEGER, subject TEXT,
                     day TEXT, body TEXT);
CREATE UNIQUE INDEX names ON events (record, source, version);
CREATE TABLE registered (subject TEXT PRIMARY KEY) WITHOUT ROWID;
"""
EFFECTIVE = """
SELECT source, record, version, day FROM (
    SELECT *, max(version) AS highest FROM events
    WHERE subject = '' OR subject IN (SELECT subject FROM registered) GROUP BY record, source
) WHERE retracted = 0
"""
# Record, source, version and first day of a fact.
Fact = tuple[str, str, int, str]


class PlainStore:
    """Events in SQLite.

    Parameters
    ----------
    path
        A file that is not there yet.
    """

    def __init__(self, path: Path) -> None:
        self._store = sqlite3.connect(path)
        self._store.execute("PRAGMA journal_mode = WAL")
        self._store.executescript(TABLES)

    def take(self, files: Sequence[Path]) -> None:
        """Take in files of events."""
        now = datetime.now().astimezone()
        for path in files:
            with path.open("rb") as lines:
                rows, registered = [], []
                for line in lines:
                    event = json.loads(line)
                    if not _possible(event, now):
                        continue
                    rows.append(_row(event, line))
                    registered += _registers(event)
                    if len(rows) == BATCH:
                        self._put(rows, registered)
                        rows, registered = [], []
                self._put(rows, registered)

    def _put(self, rows: list[tuple[Any, ...]], registered: list[str]) -> None:
        with self._store:
            self._store.executemany("INSERT OR IGNORE INTO events VALUES (?,?,?,?,?,?,?)", rows)
            self._store.executemany(
                "INSERT OR IGNORE INTO registered VALUES (?)", ((name,) for name in registered)
            )

    def digest(self) -> str:
        """Return the digest of the effective facts."""
        return digest_of(self._store.execute(EFFECTIVE))

    def close(self) -> None:
        """Close the file."""
        self._store.close()


def digest_of(facts: Iterable[Fact]) -> str:
    """Return a digest that does not depend on the order: the sum of the facts' hashes."""
    n = total = 0
    for fact in facts:
        n += 1
        line = "\x1f".join(map(str, fact)).encode()
        total += int.from_bytes(hashlib.blake2b(line, digest_size=16).digest(), "big")
    return f"{n} facts, {total % 2**128:032x}"


def digest_of_log(data: Path) -> str:
    """Return the same digest of the log of a data directory that nobody holds."""
    client = connect(data / "log", data / "tmp")
    try:
        rows = client.query_arrow("SELECT source, record_id, version, occurred_from FROM facts")
        return digest_of(fact for batch in rows.to_batches() for fact in _facts_of(batch))
    finally:
        client.close()


def _facts_of(rows: Any) -> Iterator[Fact]:
    words = [source.value for source in members(Source)]
    for source, record, version, day in zip(*(c.to_pylist() for c in rows.columns), strict=True):
        yield words[source], record, version, date.fromordinal(_EPOCH + day).isoformat()


def _possible(event: dict[str, Any], now: datetime) -> bool:
    """Return whether the door lets the event in."""
    reported = datetime.fromisoformat(event["reported_at"])
    begin = date.fromisoformat(event["occurred_from"]) if event.get("occurred_from") else _NEVER
    end = date.fromisoformat(event["occurred_to"]) if event.get("occurred_to") else begin
    latest = reported.date() + timedelta(days=31)
    ahead = begin > latest and event["event_type"] != "employment.plan"
    if reported > now or ahead or begin > end or begin < _NEVER:
        return False
    return all(
        _is_id_number(event[name], reported.date())
        for name in ("id_number", "other_id_number")
        if event.get(name)
    )


def _is_id_number(text: str, today: date) -> bool:
    number = _plain(text)
    if len(number) != 18 or not number[:17].isdigit():
        return False
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number[:17], WEIGHTS, strict=True))
    return born <= today and "10X98765432"[total % 11] == number[17]


def _plain(text: str) -> str:
    plain = text if text.isascii() else unicodedata.normalize("NFKC", text)
    plain = "".join(plain.split())[:18].upper()
    if len(plain) == 15:
        plain = f"{plain[:6]}19{plain[6:]}"
        total = sum(int(digit) * weight for digit, weight in zip(plain, WEIGHTS, strict=True))
        plain += "10X98765432"[total % 11]
    return plain


def _row(event: dict[str, Any], line: bytes) -> tuple[Any, ...]:
    return (
        event["source_system"],
        event["source_record_id"],
        event["source_version"],
        event.get("op") == "retract",
        _subject(event),
        event.get("occurred_from", ""),
        line.decode(),
    )


def _subject(event: dict[str, Any]) -> str:
    """Return whom an event waits for; nobody waits for a place."""
    kind = SUBJECTS[event["event_type"]]
    if kind is Subject.AREA:
        return ""
    if kind is Subject.HOUSEHOLD or (kind is Subject.EITHER and not event.get("id_number")):
        return str(event["household_no"])
    return _plain(event["id_number"])


def _registers(event: dict[str, Any]) -> list[str]:
    if event["event_type"] == "household.upsert":
        return [str(event["household_no"])]
    if event["event_type"] != "member.upsert":
        return []
    household = event.get("household_no")
    return [_plain(event["id_number"]), *([household] if household else [])]
