"""`yujing backup`: one consistent point of log, desk, vault, models and own policy, while it runs.

The lock of the county is held only while the point is fixed: the digest is taken, the last position
of the log is noted, and a reading transaction is begun on each database. Everything is then written
as of that point, while events and visits go on. The vault's key is never in a backup.
"""

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from sqlalchemy import Connection, Engine, Table

from dashboards.snapshots import Snapshots
from streams.log.columns import from_arrow
from yujing.app import backup_log, backup_sql
from yujing.app.backup_manifest import (
    FORMAT,
    Manifest,
    describe,
    keep_on_disk,
    write_manifest,
)
from yujing.app.county import County
from yujing.app.digest import VERSION_COLUMNS, digest, digest_versions
from yujing.app.output import DONE, Output
from yujing.app.recovery_sheet import write_sheet
from yujing.app.requests import Arguments
from yujing.errors import UsageError
from yujing.settings import Settings
from yujing.storage.sql import reading

LOG, SQL = "log", "sql"
COPIED = ("models", "policy", "mappings")  # small files, each written whole or not at all


@dataclass(frozen=True)
class Point:
    """One moment of a county, held open."""

    made_at: str
    positions: Mapping[int, int]
    digest: dict[str, str | None]
    connections: list[Connection]
    tables: list[tuple[Connection, Table]]


def answer(county: County, arguments: Arguments, output: Output) -> int:
    """Back up as the command line asks."""
    sheet = arguments["sheet"]
    directory = Path(arguments["directory"])
    if sheet is not None:
        _check_place(Path(sheet), county.settings.data, directory)
    manifest = back_up(county, directory, output)
    if sheet is not None:
        write_sheet(Path(sheet), county.settings.key_path, directory, manifest.made_at)
        output.message(f"the key is on {sheet}: print it, keep it apart from the backup, delete it")
    output.result(
        {
            "directory": str(directory),
            "made_at": manifest.made_at,
            "events": manifest.rows.get(backup_log.EVENTS, 0),
            "files": len(manifest.files),
            "bytes": sum(entry.bytes for entry in manifest.files.values()),
            "digest": manifest.digest,
        }
    )
    return DONE


def back_up(county: County, directory: Path, output: Output) -> Manifest:
    """Write a backup into a directory that is new or empty; it is there whole or not at all.

    Raises
    ------
    UsageError
        If the directory holds something, or lies inside the data directory.
    StorageError
        If a store is away; nothing is left.
    """
    data = county.settings.data
    if directory.resolve().is_relative_to(data.resolve()):
        raise UsageError(f"{directory} lies inside the data directory; a backup belongs elsewhere")
    if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
        raise UsageError(f"{directory} is not empty; give a new directory for each backup")
    directory.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{directory.name}-", dir=directory.parent))
    try:
        manifest = _write(county, draft, output)
        keep_on_disk(draft)
        if directory.exists():
            directory.rmdir()
        draft.rename(directory)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    return manifest


def _write(county: County, draft: Path, output: Output) -> Manifest:
    for name in (LOG, SQL):
        (draft / name).mkdir(mode=0o700)
    rows: dict[str, int] = {}
    with fixed(county, output) as point:
        for n, (connection, table) in enumerate(point.tables):
            output.progress("tables of the desk and the vault", n, len(point.tables))
            rows[table.name] = backup_sql.dump(
                connection, table, draft / SQL / f"{table.name}.msgpack.zst"
            )
        numbered: dict[str, int] = {}
        versions: dict[str, str] = {}
        for connection in point.connections:
            mine = [table for one, table in point.tables if one is connection]
            numbered |= backup_sql.numbered(connection, mine)
            versions |= backup_sql.versions_of(connection)
    rows |= _write_log(county, draft, point.positions, output)
    for name in COPIED:
        source = county.settings.data / name
        if source.is_dir():
            shutil.copytree(source, draft / name, ignore=shutil.ignore_patterns("*.new", "*.draft"))
    for path in draft.rglob("*"):
        path.chmod(0o700 if path.is_dir() else 0o600)
    return write_manifest(
        draft,
        Manifest(
            format=FORMAT,
            yujing=version("yujing"),
            made_at=point.made_at,
            shape=shape_of(county.settings),
            point={str(lane): last for lane, last in point.positions.items()},
            digest=point.digest,
            schema={"sql": versions, "clickhouse": backup_log.versions_of(county.clickhouse)},
            rows=rows,
            numbered=numbered,
            files={
                str(path.relative_to(draft)): describe(path)
                for path in sorted(draft.rglob("*"))
                if path.is_file()
            },
            key="",
        ),
        county.keys,
    )


@contextmanager
def fixed(county: County, output: Output) -> Iterator[Point]:
    """Hold one moment of a county open; the county is locked only until the block begins.

    On servers no lock stops the workers: the databases are fixed first and the log after them, so
    that it holds at least what the desk knows, and the digest is that of the events.
    """
    with ExitStack() as open_until_dumped:
        with county.busy:
            engines = _engines(county)
            embedded = not county.settings.distributed
            if embedded:
                output.progress("digest", 0, None)
            taken = digest(county) if embedded else {}
            connections = [open_until_dumped.enter_context(reading(engine)) for engine in engines]
            # reading the catalogue begins the moment of each transaction
            tables = [(c, table) for c in connections for table in backup_sql.tables_of(c)]
            positions = backup_log.covered_by(county.clickhouse)
            made_at = county.now().isoformat(timespec="seconds")
        if not embedded:
            taken = {"events": _digest_at(county, positions)}
        yield Point(made_at, positions, taken, connections, tables)


def _engines(county: County) -> list[Engine]:
    """Return the databases, desk before vault: a note is kept before the visit that names it."""
    _ = county.access, county.desk, county.unmatched, county.vault, county.deadletters
    Snapshots(county.engine)
    return list({id(engine): engine for engine in (county.engine, county.vault_engine)}.values())


def _digest_at(county: County, positions: Mapping[int, int]) -> str:
    rows = backup_log.columns_at(county.clickhouse, VERSION_COLUMNS, positions)
    return digest_versions(from_arrow(rows, VERSION_COLUMNS))


def shape_of(settings: Settings) -> str:
    """Return `embedded` or `distributed`."""
    return "distributed" if settings.distributed else "embedded"


def _write_log(
    county: County, draft: Path, positions: Mapping[int, int], output: Output
) -> dict[str, int]:
    rows = {}
    for table in backup_log.tables_of(county.clickhouse):
        total = backup_log.count(county.clickhouse, table)

        def heard(n: int, task: str = table, total: int = total) -> None:
            output.progress(task, n, max(n, total))

        path = draft / LOG / f"{table}.arrow.zst"
        rows[table] = backup_log.dump(county.clickhouse, table, path, positions, heard)
    return rows


def _check_place(sheet: Path, data: Path, directory: Path) -> None:
    """Refuse a place for the recovery sheet that would carry the key with the data."""
    for place, name in ((data, "the data directory"), (directory, "the backup")):
        if sheet.resolve().is_relative_to(place.resolve()):
            raise UsageError(f"{sheet} lies inside {name}; the key must be kept apart from it")
    if sheet.exists():
        raise UsageError(f"{sheet} is there already; nothing was written")
