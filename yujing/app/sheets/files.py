"""Sheets among the files of a command: read, delivered, answered beside the file."""

import os
from pathlib import Path

from streams.door.grant import Grant
from streams.sheets.workbook import is_sheet, read_bytes
from yujing.app.county import County
from yujing.app.event_files import Wishes, result_of
from yujing.app.intake import Counts
from yujing.app.output import Fields, Output
from yujing.app.sheets.order import Delivered, SheetOrder
from yujing.app.sheets.results import ResultFile, result_path
from yujing.errors import UnreadableFileError

_START = 512


def is_sheet_file(path: Path) -> bool:
    """Say whether a file is a sheet; one that cannot be opened is what its name says."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except OSError:
        return is_sheet(b"", path.name)
    try:
        return is_sheet(os.read(descriptor, _START), path.name)
    except OSError:
        return is_sheet(b"", path.name)
    finally:
        os.close(descriptor)


def take_sheet_file(
    county: County, path: Path, grant: Grant, wishes: Wishes, output: Output
) -> Fields:
    """Deliver a sheet, write its answer, and return what `--json` says about it.

    Raises
    ------
    DependencyError
        If a store refused; the same file again does what is left.
    """
    from yujing.app.sheets.delivery import deliver  # takes long to load; most files are events

    try:
        content = read_bytes(path)
    except UnreadableFileError as error:
        return result_of(path, None, Counts(), None, str(error))
    order = SheetOrder(
        path.name, content, grant, f"system account {os.getuid()}", "cli",
        wishes.month, wishes.confirm_retractions,
    )  # fmt: skip
    delivered = deliver(county, order, output)
    for sheet in delivered.left:
        output.message(f"{path.name}: sheet {sheet.name!r} was left: {sheet.why}")
    if delivered.retracted or delivered.held_back:
        output.message(
            f"{path.name}: {delivered.retracted} facts withdrawn, {delivered.held_back} kept "
            "though their rows are missing"
        )
    report = _write(county, path, wishes, delivered, output)
    return result_of(
        path, delivered.sha256, delivered.counts, report, delivered.error,
        mappings=delivered.mappings,
    )  # fmt: skip


def _write(
    county: County, path: Path, wishes: Wishes, delivered: Delivered, output: Output
) -> Path | None:
    if delivered.write_answer is None:
        return None
    target = result_path(path, wishes.results, f".{delivered.kind}")
    result = ResultFile(target, county.settings.data, output)
    try:
        result.write(delivered.write_answer)
        return result.close()
    finally:
        result.drop()
