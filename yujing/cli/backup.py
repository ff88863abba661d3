"""`yujing backup` and `yujing restore`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

if TYPE_CHECKING:
    from yujing.app.output import Output
    from yujing.settings import Settings

Json = Annotated[bool, Parameter(negative=())]


def backup(directory: Path, *, recovery_sheet: Path | None = None, json: Json = False) -> int:
    """Write log, desk, vault, models and own policy as of one moment; a running service goes on.

    The vault's key is not in it: without the key names cannot be read and persons not matched.

    Parameters
    ----------
    directory
        A new or empty directory outside the data directory.
    recovery_sheet
        A new file (.html or .txt) for the key and what to do with it: to be printed and deleted.
    json
        Print one JSON object.
    """
    from yujing.cli.perform import call

    sheet = None if recovery_sheet is None else str(recovery_sheet.absolute())
    return call("backup", json=json, directory=str(directory.absolute()), sheet=sheet)


def restore(
    directory: Path,
    *,
    type_key: Annotated[bool, Parameter(negative=())] = False,
    json: Json = False,
) -> int:
    """Make the county of YUJING_DATA from a backup; the data directory must be new or empty.

    Parameters
    ----------
    directory
        The backup.
    type_key
        Read the rows of the key from standard input, as they stand on the recovery sheet, and make
        the key file.
    json
        Print one JSON object.
    """
    from yujing.cli.perform import guarded

    def work(settings: "Settings", output: "Output") -> int:
        from yujing.app.restore import restore as restore_backup

        typed = _typed(output) if type_key else None
        return restore_backup(settings, directory.absolute(), output, typed=typed)

    return guarded(work, json=json)


def _typed(output: "Output") -> list[str]:
    """Return the rows of the key; not echoed on a terminal."""
    import sys
    from getpass import getpass

    from yujing.app.recovery_sheet import ROWS

    if not sys.stdin.isatty():
        return [line for line in sys.stdin.read().splitlines() if line.strip()]
    output.message(f"type the {ROWS} rows of the key as they stand on the recovery sheet")
    return [getpass(f"row {place}: ") for place in range(1, ROWS + 1)]
