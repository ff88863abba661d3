"""`yujing restore`: a backup becomes a county again, whole or not at all.

Everything is checked before anything is written: the manifest, every file, the key. An embedded
county is put together beside its place, its digest is compared with that of the manifest, and only
then does it get its name.
"""

import shutil
import tempfile
from pathlib import Path

from sqlalchemy import Engine

from dashboards.snapshots import Snapshots
from streams.vault.keys import Keys, load
from yujing.app import backup_log, backup_sql
from yujing.app.backup import COPIED, LOG, SQL
from yujing.app.backup_manifest import Manifest, check_files, check_key, read_manifest
from yujing.app.county import County
from yujing.app.digest import digest
from yujing.app.output import DONE, Output
from yujing.app.recovery_sheet import key_of
from yujing.errors import StateMismatchError, UnreadableFileError, UsageError
from yujing.settings import Settings
from yujing.storage.private import private_directory, write_private
from yujing.storage.sql import writing

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
    check_key(manifest, load(settings.key_path), settings.key_path)
    for n, _ in enumerate(check_files(directory, manifest)):
        output.progress("check the files", n + 1, len(manifest.files))
    draft = _draft_of(settings)
    try:
        with County.open(settings.model_copy(update={"data": draft})) as county:
            _fill(county, directory, manifest, output)
            output.progress("digest", 0, None)
            found = digest(county)
        _compare(found, manifest)
        if settings.data.exists():
            settings.data.rmdir()
        draft.rename(settings.data)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    finally:
        tempfile.tempdir = None  # the county's own lies under the draft's name
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


def _fill(county: County, directory: Path, manifest: Manifest, output: Output) -> None:
    for name in COPIED:
        if (directory / name).is_dir():
            target = private_directory(county.settings.data / name)
            shutil.copytree(directory / name, target, dirs_exist_ok=True)
    _fill_sql(county, directory, manifest, output)
    _fill_log(county, directory, manifest, output)


def _fill_sql(county: County, directory: Path, manifest: Manifest, output: Output) -> None:
    files = {
        path.name.removesuffix(_SQL_SUFFIX): path
        for path in sorted((directory / SQL).glob(f"*{_SQL_SUFFIX}"))
    }
    left = dict(files)
    for engine in _engines(county):
        with writing(engine) as connection:
            for table in backup_sql.tables_of(connection):
                path = left.pop(table.name, None)
                if path is None:
                    continue
                output.progress("tables of the desk and the vault", len(files) - len(left), None)
                _same(table.name, backup_sql.fill(connection, table, path), manifest)
                last = manifest.numbered.get(table.name)
                if last is not None:
                    backup_sql.number_on(connection, table, last)
    if left:
        raise UnreadableFileError(f"this release has no table {next(iter(left))}")


def _engines(county: County) -> list[Engine]:
    """Return the databases with the tables of all rooms."""
    _ = county.access, county.desk, county.unmatched, county.vault, county.deadletters
    Snapshots(county.engine)
    return list({id(engine): engine for engine in (county.engine, county.vault_engine)}.values())


def _fill_log(county: County, directory: Path, manifest: Manifest, output: Output) -> None:
    client, known = county.clickhouse, set(backup_log.tables_of(county.clickhouse))
    for path in sorted((directory / LOG).glob(f"*{_LOG_SUFFIX}")):
        table = path.name.removesuffix(_LOG_SUFFIX)
        if table not in known:
            raise UnreadableFileError(f"this release has no table {table} in its log")
        total = manifest.rows.get(table, 0)

        def heard(n: int, task: str = table, total: int = total) -> None:
            output.progress(task, n, max(n, total))

        _same(table, backup_log.fill(client, table, path, heard), manifest)


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
