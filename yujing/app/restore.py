"""`yujing restore`: a backup becomes a county again, whole or not at all.

Everything is checked before anything is written: the manifest, every file, the key. An embedded
county is put together beside its place, its digest is compared with that of the manifest, and only
then does it get its name.
"""

import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path

import numpy as np
from sqlalchemy import Connection, Table, select

from streams.kafka.topics import TOPICS
from streams.log.position import COUNTER_LANE, offset_of, partition_of
from streams.vault.keys import Keys, load
from yujing.app import backup_log, backup_sql
from yujing.app.backup import COPIED, LOG, SQL, shape_of
from yujing.app.backup_manifest import Manifest, check_files, check_key, read_manifest
from yujing.app.county import County
from yujing.app.digest import digest, digest_events
from yujing.app.migrate import DESK_ROOMS, VAULT_ROOMS, clickhouse_migrations
from yujing.app.output import DONE, Output
from yujing.app.recovery_sheet import key_of
from yujing.app.stores import Stores, stores_of
from yujing.errors import StateMismatchError, UnreadableFileError, UsageError
from yujing.settings import Settings
from yujing.storage.migration import ClickHouseStore, migrate
from yujing.storage.private import private_directory, write_private
from yujing.storage.revisions import migrate_sql
from yujing.storage.sql import writing

OFFSETS_FILE = "offsets.csv"
_SQL_SUFFIX = ".msgpack.zst"
_LOG_SUFFIX = ".arrow.zst"


def restore(
    settings: Settings, directory: Path, output: Output, *, typed: list[str] | None = None
) -> int:
    """Make the county of the settings from a backup.

    Parameters
    ----------
    settings
        The data directory must be new or empty.
    directory
        The backup.
    output
        Hears of the progress and gets one result.
    typed
        Rows of the key as typed from the recovery sheet; the key file is then made.

    Raises
    ------
    UsageError
        If the data directory holds something, or there is a key file although one was typed.
    UnreadableFileError
        If the backup is not whole or was altered.
    SettingsError
        If the key does not fit.
    StateMismatchError
        If what was restored has another digest; nothing is left.
    """
    _check_empty(settings)
    manifest = read_manifest(directory)
    if typed is not None:
        _keep_key(settings, manifest, typed)
    if manifest.shape != shape_of(settings):
        raise UsageError(
            f"this backup is of a county that is {manifest.shape}; the settings name one that is "
            f"{shape_of(settings)}: positions in its log would mean nothing there"
        )
    check_key(manifest, load(settings.key_path), settings.key_path)
    for n, _ in enumerate(check_files(directory, manifest)):
        output.progress("check the files", n + 1, len(manifest.files))
    if settings.distributed:
        found = _into(settings, directory, manifest, output)
        path = _tell_offsets(settings, manifest)
        output.message(f"{path} says where the workers go on; see docs/operations.md")
    else:
        found = _beside(settings, directory, manifest, output)
    output.result(
        {
            "directory": str(settings.data),
            "made_at": manifest.made_at,
            "events": manifest.rows.get(backup_log.EVENTS, 0),
            "digest": found,
        }
    )
    return DONE


def _check_empty(settings: Settings) -> None:
    data = settings.data
    if data.exists() and (not data.is_dir() or any(data.iterdir())):
        raise UsageError(f"{data} is not empty; a backup is restored into a new data directory")


def _keep_key(settings: Settings, manifest: Manifest, typed: list[str]) -> None:
    """Make the key file, once the key is known to fit."""
    path = settings.key_path
    key = key_of(typed)
    check_key(manifest, Keys(bytes.fromhex(key)), path)
    if path.exists():
        raise UsageError(f"{path} is there already; leave --type-key out, or move the file away")
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_private(path, key.encode() + b"\n")


def _draft_of(settings: Settings) -> Path:
    settings.data.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return Path(tempfile.mkdtemp(prefix=f".{settings.data.name}-", dir=settings.data.parent))


def _beside(
    settings: Settings, directory: Path, manifest: Manifest, output: Output
) -> dict[str, str | None]:
    """Put an embedded county together beside its place, then give it its name."""
    draft = _draft_of(settings)
    try:
        found = _into(settings.model_copy(update={"data": draft}), directory, manifest, output)
        if settings.data.exists():
            settings.data.rmdir()
        draft.rename(settings.data)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    finally:
        tempfile.tempdir = None  # the county's own lies under the draft's name
    return found


def _into(
    settings: Settings, directory: Path, manifest: Manifest, output: Output
) -> dict[str, str | None]:
    """Fill the stores of the settings and return the digest of what is in them."""
    for name in COPIED:
        if (directory / name).is_dir():
            target = private_directory(settings.data / name)
            shutil.copytree(directory / name, target, dirs_exist_ok=True)
    with ExitStack() as closing:
        stores = stores_of(settings, closing)
        with stores.holding():
            _fill_sql(stores, directory, manifest, output)
            _fill_log(stores, directory, manifest, output)
    with County.open(settings) as county:  # brings the tables up to date
        output.progress("digest", 0, None)
        if settings.distributed:
            found: dict[str, str | None] = {"events": digest_events(county)}
        else:
            found = digest(county)
    _compare(found, manifest)
    return found


def _fill_sql(stores: Stores, directory: Path, manifest: Manifest, output: Output) -> None:
    """Make the tables as they were when the backup was made, and fill them."""
    versions = manifest.schema["sql"]
    left = {
        path.name.removesuffix(_SQL_SUFFIX): path
        for path in sorted((directory / SQL).glob(f"*{_SQL_SUFFIX}"))
    }
    n_tables = len(left)
    desk, vault = stores.desk(), stores.vault()
    for room in (*DESK_ROOMS, *VAULT_ROOMS):
        if versions.get(room.name, "") > room.head:
            raise UnreadableFileError(
                f"a newer release made this backup: its {room.name} is at {versions[room.name]}"
            )
    for engine, rooms in ((desk, DESK_ROOMS), (vault, VAULT_ROOMS)):
        migrate_sql(engine, *(room for room in rooms if room.name in versions), to=versions)
    for engine in {id(engine): engine for engine in (desk, vault)}.values():
        with writing(engine) as connection:
            tables = backup_sql.tables_of(connection)
            _check_no_rows(connection, tables)
            for table in tables:
                path = left.pop(table.name, None)
                if path is None:
                    continue
                output.progress("tables of the desk and the vault", n_tables - len(left), n_tables)
                _same(table.name, backup_sql.fill(connection, table, path), manifest)
                last = manifest.numbered.get(table.name)
                if last is not None:
                    backup_sql.number_on(connection, table, last)
    if left:
        raise UnreadableFileError(f"this release has no table {next(iter(left))}")


def _check_no_rows(connection: Connection, tables: list[Table]) -> None:
    for table in tables:
        if connection.execute(select(table).limit(1)).first() is not None:
            raise UsageError(f"the table {table.name} holds rows; restore into empty databases")


def _fill_log(stores: Stores, directory: Path, manifest: Manifest, output: Output) -> None:
    """Make the tables of the log as they were, and fill them; opening the county does the rest."""
    client, known = stores.clickhouse(), clickhouse_migrations()
    for room, number in manifest.schema["clickhouse"].items():
        ran = [one for one in known if one.room == room and one.number <= int(number)]
        if not ran or ran[-1].number != int(number):
            raise UnreadableFileError(
                f"a newer release made this backup: its {room} is at {number}"
            )
        migrate(ClickHouseStore(client), ran)
    if backup_log.count(client, backup_log.EVENTS):
        raise UsageError("the log holds events; restore into an empty database")
    tables = set(backup_log.tables_of(client))
    for path in sorted((directory / LOG).glob(f"*{_LOG_SUFFIX}")):
        table = path.name.removesuffix(_LOG_SUFFIX)
        if table not in tables:
            raise UnreadableFileError(f"this release has no table {table} in its log")
        total = manifest.rows.get(table, 0)

        def heard(n: int, task: str = table, total: int = total) -> None:
            output.progress(task, n, max(n, total))

        _same(table, backup_log.fill(client, table, path, heard), manifest)


def _tell_offsets(settings: Settings, manifest: Manifest) -> Path:
    """Write where the workers go on reading, as `kafka-consumer-groups --from-file` takes it.

    The last message of the point is read again: of an envelope only a part may be in it.
    """
    lines = []
    for lane, last in sorted((int(lane), last) for lane, last in manifest.point.items()):
        if lane == COUNTER_LANE:
            continue
        topic, partition = partition_of(lane)
        offset = int(offset_of(np.array([last], dtype=np.uint64))[0])
        lines.append(f"{TOPICS[topic].name},{partition},{offset}\n")
    path = private_directory(settings.data) / OFFSETS_FILE
    path.write_text("".join(lines), encoding="ascii")
    return path


def _same(table: str, n: int, manifest: Manifest) -> None:
    if n != manifest.rows.get(table):
        raise UnreadableFileError(
            f"the table {table} has {n} rows; the manifest says {manifest.rows.get(table)}"
        )


def _compare(found: dict[str, str | None], manifest: Manifest) -> None:
    different = [name for name, known in manifest.digest.items() if found.get(name) != known]
    if different:
        raise StateMismatchError(
            f"what was restored differs from the backup in {', '.join(different)}; nothing is left"
        )
